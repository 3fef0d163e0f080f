#include "sim/deribit/session_clock.hpp"

#include "runtime/base/invariant.hpp"

namespace cafnode::sim {

session_clock::session_clock(beat_rules rules, base::time_point opened) noexcept
    : rules_{rules}, client_at_{opened}, server_at_{opened} {}

void session_clock::set_interval(base::duration interval, base::time_point now) {
  CAFNODE_INVARIANT(interval > base::duration::zero(), "a heartbeat interval of nothing");
  interval_ = interval;
  restart(now);
}

void session_clock::disable(base::time_point now) noexcept {
  interval_ = base::duration::zero();
  restart(now);
}

std::optional<base::duration> session_clock::client_spoke(bool is_test, base::time_point now) noexcept {
  client_at_ = now;
  if (!asked_ || (!is_test && !rules_.any_request_answers))
    return std::nullopt;
  const auto delay = now - *asked_;
  asked_.reset();
  return delay;
}

beat_verdict session_clock::check(base::time_point now, bool subscribed) noexcept {
  beat_verdict due;
  if (!enabled()) {
    const bool watched = rules_.idle_limit != base::duration::zero() && !subscribed;
    due.close_idle = watched && now - client_at_ >= rules_.idle_limit;
    return due;
  }
  const auto limit = interval_ + rules_.granularity;
  due.close_unanswered = asked_ && now - *asked_ >= grace();
  if (due.close_unanswered)
    return due;
  due.ask = !asked_ && now - client_at_ >= limit;
  due.beat = now - server_at_ >= limit;
  if (due.ask)
    asked_ = now;
  if (due.ask || due.beat)
    server_at_ = now;
  return due;
}

void session_clock::restart(base::time_point now) noexcept {
  client_at_ = now;
  server_at_ = now;
  asked_.reset();
}

void session_clock::asked_at(base::time_point now) noexcept {
  server_at_ = now;
  if (!asked_ && enabled())
    asked_ = now;
}

base::duration session_clock::grace() const noexcept {
  return rules_.grace == base::duration::zero() ? interval_ : rules_.grace;
}

} // namespace cafnode::sim
