#include "runtime/net/http_backlog.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/http_server.hpp"
#include "tests/support/net_served.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace cafnode::test;

namespace {

/// Streams that writers of the test's own take over.
class stream_source {
public:
  net::http_handler handler() {
    return [this](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
      const std::lock_guard lock{mutex_};
      writers_.emplace_back([this, stream = reply->stream(200, "application/x-ndjson")] { play_(*stream); });
    };
  }

  explicit stream_source(std::function<void(net::http_stream&)> play) : play_{std::move(play)} {}

  stream_source(const stream_source&) = delete;
  stream_source& operator=(const stream_source&) = delete;

  ~stream_source() {
    for (auto& writer : writers_)
      writer.join();
  }

private:
  std::function<void(net::http_stream&)> play_;
  std::mutex mutex_;
  std::vector<std::thread> writers_;
};

} // namespace

TEST_CASE("a stream hands over its lines in order as they come, until the client has had enough") {
  stream_source source{[](net::http_stream& stream) {
    for (int line = 0; stream.write(std::to_string(line) + "\n"); ++line)
      std::this_thread::yield();
  }};
  const net_served server{source.handler()};
  std::string lines;
  const auto got = net::http_follow(server.call("/events?follow=1"), [&lines](std::string_view line) {
    lines += line;
    return line != "12";
  });
  REQUIRE(got.has_value());
  CHECK(got.value().status == 200);
  CHECK(lines == "0123456789101112");
}

TEST_CASE("a stream that finishes ends the client's following, with its last line") {
  stream_source source{[](net::http_stream& stream) {
    CHECK(stream.write("one\r\ntw"));
    CHECK(stream.write(""));
    CHECK(stream.write("o\nrest"));
    stream.finish();
    CHECK_FALSE(stream.write("more"));
  }};
  const net_served server{source.handler()};
  std::vector<std::string> lines;
  const auto got = net::http_follow(server.call("/"), [&lines](std::string_view line) {
    lines.emplace_back(line);
    return true;
  });
  REQUIRE(got.has_value());
  CHECK(lines == std::vector<std::string>{"one", "two", "rest"});
}

TEST_CASE("a stream to a client that does not read ends, having held no more than its bound") {
  std::atomic<bool> ended{false};
  stream_source source{[&ended](net::http_stream& stream) {
    const std::string block(10'000, 'x');
    while (stream.write(block))
      std::this_thread::yield();
    ended = true;
  }};
  const net_served server{source.handler()};
  net_raw_client client{server.port};
  client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (!ended)
    std::this_thread::yield();
  CHECK(ended);
}

TEST_CASE("a stream is not chunked for HTTP/1.0, and empty for HEAD") {
  stream_source source{[](net::http_stream& stream) { stream.write("text"); }};
  const net_served server{source.handler()};
  net_raw_client old{server.port};
  old.write("GET / HTTP/1.0\r\n\r\n");
  const auto answer = old.read_to_end();
  CHECK(answer.find("chunked") == std::string::npos);
  CHECK(answer.substr(answer.find("\r\n\r\n")) == "\r\n\r\ntext");
  net_raw_client head{server.port};
  head.write("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto only = head.read_to_end();
  CHECK(only.substr(only.size() - 4) == "\r\n\r\n");
}

TEST_CASE("an answer that is not a success is given whole to who wanted to follow") {
  const net_served server{[](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
    reply->send({404, "application/json", "{\"error\":\"no such page\"}\n"});
  }};
  int lines = 0;
  const auto got = net::http_follow(server.call("/"), [&lines](std::string_view) { return ++lines > 0; });
  REQUIRE(got.has_value());
  CHECK(got.value().status == 404);
  CHECK(got.value().body == "{\"error\":\"no such page\"}\n");
  CHECK(lines == 0);
}

TEST_CASE("a backlog holds its bound in what waits and what is being written") {
  using verdict = net::http_backlog::verdict;
  net::http_backlog backlog;
  const std::string half(net::http_backlog::bytes_max / 2, 'x');
  CHECK(backlog.put(half) == verdict::wake);
  CHECK(backlog.take().size() == half.size());
  CHECK(backlog.put(half) == verdict::wake);
  CHECK(backlog.put("x") == verdict::full);
  CHECK(backlog.put("x") == verdict::gone);
}

TEST_CASE("a backlog that is finished is exhausted once all is taken") {
  using verdict = net::http_backlog::verdict;
  net::http_backlog backlog;
  CHECK(backlog.put("a") == verdict::wake);
  CHECK(backlog.put("b") == verdict::taken);
  CHECK(backlog.finish());
  CHECK_FALSE(backlog.finish());
  CHECK(backlog.put("c") == verdict::gone);
  CHECK_FALSE(backlog.exhausted());
  CHECK(backlog.take() == "ab");
  CHECK(backlog.exhausted());
}
