#include "runtime/net/handshake_gate.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace cafnode::net {

using steady = std::chrono::steady_clock;

struct handshake_gate::turn {
  std::function<void()> go; // none once it was called or given up
  steady::time_point since{};
};

handshake_gate::place::place(std::shared_ptr<handshake_gate> gate, std::shared_ptr<turn> mine)
    : gate_{std::move(gate)}, turn_{std::move(mine)} {}

handshake_gate::place& handshake_gate::place::operator=(place&& other) noexcept {
  if (this != &other) {
    give_up();
    gate_ = std::move(other.gate_);
    turn_ = std::move(other.turn_);
  }
  return *this;
}

handshake_gate::place::~place() {
  give_up();
}

void handshake_gate::place::give_up() noexcept {
  const auto gate = std::exchange(gate_, nullptr);
  const auto mine = std::exchange(turn_, nullptr);
  if (gate && mine)
    gate->leave(*mine);
}

handshake_gate::handshake_gate(boost::asio::io_context& io, gate_limits limits)
    : io_{io}, limits_{limits}, timer_{io.get_executor()} {}

handshake_gate::place handshake_gate::enter(std::function<void()> go) {
  auto mine = std::make_shared<turn>();
  mine->go = std::move(go);
  waiting_.push_back(mine);
  admit();
  return {shared_from_this(), std::move(mine)};
}

void handshake_gate::shut() noexcept {
  shut_ = true;
  waiting_.clear();
  holding_.clear();
  show();
}

void handshake_gate::leave(turn& gone) noexcept {
  gone.go = nullptr;
  const auto is_it = [&gone](const auto& each) { return each.get() == &gone; };
  std::erase_if(waiting_, is_it);
  std::erase_if(holding_, is_it);
  if (!shut_)
    admit();
}

void handshake_gate::admit() {
  while (!waiting_.empty() && holding_.size() < limits_.places) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next->since = steady::now();
    holding_.push_back(next);
    // Behind whatever the sockets have brought meanwhile: live connections go first.
    boost::asio::post(io_.get_executor(), [next = std::move(next)] {
      if (const auto go = std::exchange(next->go, nullptr))
        go();
    });
  }
  watch_oldest();
  show();
}

void handshake_gate::watch_oldest() {
  if (watched_ || waiting_.empty() || holding_.empty())
    return; // nobody waits for the place of the oldest
  watched_ = true;
  timer_.expires_at(holding_.front()->since + limits_.counts_for);
  timer_.async_wait([self = weak_from_this()](const error_code& error) {
    if (const auto gate = self.lock(); gate && !error)
      gate->expire_holders();
  });
}

void handshake_gate::expire_holders() {
  watched_ = false;
  const auto begun_before = steady::now() - limits_.counts_for;
  while (!holding_.empty() && holding_.front()->since <= begun_before)
    holding_.pop_front();
  admit();
}

void handshake_gate::show() noexcept {
  figures_->under_way.store(static_cast<std::uint32_t>(holding_.size()), std::memory_order_relaxed);
  figures_->waiting.store(static_cast<std::uint32_t>(waiting_.size()), std::memory_order_relaxed);
}

} // namespace cafnode::net
