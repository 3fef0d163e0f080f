#include "runtime/net/http_backlog.hpp"

#include <utility>

namespace cafnode::net {

http_backlog::verdict http_backlog::put(std::string_view text) {
  const std::lock_guard lock{mutex_};
  if (gone_ || finished_)
    return verdict::gone;
  if (waiting_.size() + in_flight_ + text.size() > bytes_max) {
    gone_ = true;
    return verdict::full;
  }
  const bool first = waiting_.empty();
  waiting_.append(text);
  return first && !text.empty() ? verdict::wake : verdict::taken;
}

bool http_backlog::finish() {
  const std::lock_guard lock{mutex_};
  return !std::exchange(finished_, true);
}

void http_backlog::leave() {
  const std::lock_guard lock{mutex_};
  gone_ = true;
  std::string{}.swap(waiting_);
}

std::string http_backlog::take() {
  const std::lock_guard lock{mutex_};
  in_flight_ += waiting_.size();
  return std::exchange(waiting_, {});
}

void http_backlog::written() {
  const std::lock_guard lock{mutex_};
  in_flight_ = 0;
}

bool http_backlog::exhausted() const {
  const std::lock_guard lock{mutex_};
  return finished_ && waiting_.empty();
}

} // namespace cafnode::net
