#include "runtime/net/send_queue.hpp"

#include "runtime/base/invariant.hpp"

#include <cstring>
#include <utility>

namespace cafnode::net {

void send_queue::block::clear() {
  if (text.capacity() > kept_bytes_max)
    base::wiped_text{}.swap(text);
  if (ends.capacity() * sizeof(std::size_t) > kept_bytes_max)
    std::vector<std::size_t>{}.swap(ends);
  text.clear();
  ends.clear();
  next = 0;
}

std::string_view send_queue::front() const {
  CAFNODE_INVARIANT(front_.next < front_.ends.size(), "the front of an empty send queue was asked for");
  const std::size_t begin = front_.next == 0 ? 0 : front_.ends[front_.next - 1];
  return std::string_view{front_.text}.substr(begin, front_.ends[front_.next] - begin);
}

bool send_queue::push(std::string_view text) {
  if (text.size() > bytes_max_ - bytes_ || messages_ == messages_max)
    return false;
  back_.text.append(text);
  back_.ends.push_back(back_.text.size());
  bytes_ += text.size();
  ++messages_;
  if (front_.ends.empty())
    turn();
  return true;
}

void send_queue::pop() {
  const auto written = front();
  bytes_ -= written.size();
  ::explicit_bzero(front_.text.data() + (written.data() - front_.text.data()), written.size());
  --messages_;
  if (++front_.next == front_.ends.size())
    turn();
}

void send_queue::turn() {
  front_.clear();
  std::swap(front_, back_);
}

} // namespace cafnode::net
