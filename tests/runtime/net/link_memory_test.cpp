#include "runtime/net/frame_buffer.hpp"
#include "runtime/net/send_queue.hpp"

#include <boost/asio/buffer.hpp>
#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace cafnode::net;

namespace {

void fill(frame_buffer& buffer, const std::string& text) {
  buffer.clear();
  const auto room = buffer.to_fill().prepare(text.size());
  boost::asio::buffer_copy(room, boost::asio::buffer(text));
  buffer.to_fill().commit(text.size());
}

} // namespace

TEST_CASE("a frame buffer gives back what a big message took, and keeps what small ones need") {
  frame_buffer buffer;
  fill(buffer, std::string(1'000'000, 'x'));
  CHECK(buffer.view().size() == 1'000'000);
  CHECK(buffer.capacity() >= 1'000'000);
  fill(buffer, "small");
  CHECK(buffer.view() == "small");
  CHECK(buffer.capacity() <= frame_buffer::kept_bytes_max);
  const auto kept = buffer.capacity();
  fill(buffer, "tiny");
  CHECK(buffer.capacity() == kept);
}

TEST_CASE("the bytes behind a frame may be read") {
  frame_buffer buffer;
  std::string seen(frame_padding, '\0');
  std::memcpy(seen.data(), buffer.view().data() + buffer.view().size(), frame_padding);
  for (const std::size_t size : {1, 511, 512, 513, 4096}) {
    fill(buffer, std::string(size, 'x'));
    std::memcpy(seen.data(), buffer.view().data() + buffer.view().size(), frame_padding); // a sanitizer would see
  }
  CHECK(buffer.view().size() == 4096);
}

TEST_CASE("a send queue keeps messages in order while others come") {
  send_queue queue{100};
  CHECK(queue.empty());
  CHECK(queue.push("one"));
  const auto first = queue.front();
  CHECK(queue.push(""));
  CHECK(queue.push("three"));
  CHECK(first == "one"); // what is being written stays where it is
  CHECK(queue.bytes() == 8);
  queue.pop();
  CHECK(queue.front() == "");
  queue.pop();
  CHECK(queue.push("four"));
  CHECK(queue.front() == "three");
  queue.pop();
  CHECK(queue.front() == "four");
  queue.pop();
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("a send queue takes exactly its bound") {
  send_queue queue{10};
  CHECK_FALSE(queue.push(std::string(11, 'x')));
  CHECK(queue.push(std::string(7, 'x')));
  CHECK_FALSE(queue.push(std::string(4, 'x')));
  CHECK(queue.push(std::string(3, 'x')));
  CHECK_FALSE(queue.push("x"));
  CHECK(queue.bytes() == 10);
  queue.pop();
  CHECK(queue.push(std::string(7, 'y')));
}

TEST_CASE("a send queue bounds the number of messages too") {
  send_queue queue{10};
  std::size_t taken = 0;
  while (taken <= send_queue::messages_max && queue.push(""))
    ++taken;
  CHECK(taken == send_queue::messages_max);
}

TEST_CASE("a send queue gives back what a burst took") {
  send_queue queue{std::size_t{1} << 20U};
  for (int count = 0; count < 1000; ++count)
    CHECK(queue.push(std::string(1000, 'x')));
  CHECK(queue.capacity() >= 1'000'000);
  while (!queue.empty())
    queue.pop();
  CHECK(queue.capacity() <= 2 * send_queue::kept_bytes_max);
}

TEST_CASE("a message that was written does not stay behind in the queue") {
  send_queue queue{1000};
  const std::string secret(100, 's'); // longer than what a string holds without memory of its own
  for (int i = 0; i < 3; ++i)
    CHECK(queue.push(secret));
  while (!queue.empty()) {
    const auto written = queue.front();
    CHECK(written == secret);
    queue.pop();
    CHECK(written == std::string(secret.size(), '\0'));
  }
}

TEST_CASE("a message that was read does not stay behind in the buffer") {
  frame_buffer buffer;
  fill(buffer, "a token");
  const auto seen = buffer.view();
  CHECK(seen == "a token");
  buffer.clear();
  CHECK(seen == std::string(7, '\0'));
}
