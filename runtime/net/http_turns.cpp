#include "runtime/net/http_turns.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace cafnode::net {

void http_turns::await(std::function<bool()> next) {
  waiting_.push_back(std::move(next));
  if (!std::exchange(turning_, true))
    turn();
}

void http_turns::turn() {
  boost::asio::post(executor_, [self = shared_from_this()] {
    bool served = false;
    while (!served && !self->waiting_.empty()) {
      const auto next = std::move(self->waiting_.front());
      self->waiting_.pop_front();
      served = next();
    }
    self->turning_ = !self->waiting_.empty();
    if (self->turning_)
      self->turn(); // in the next pass: what is ready now goes first
  });
}

} // namespace cafnode::net
