#include "actors/session/rate_budget.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

// Who waits asks again by himself: not in a hurry, and not so late that turns lie about.
constexpr std::chrono::milliseconds poll_min{5};
constexpr std::chrono::milliseconds poll_max{1000};

} // namespace

rate_budget::rate_budget(rate_limits limits, base::time_point now)
    : limits_{limits},
      latest_{now},
      matching_{limits.matching, now, credit_pool::lost_after_orders},
      other_{limits.other, now},
      subscribe_{limits.subscribe, now} {
  CAFNODE_INVARIANT(limits.reserve_percent >= 0 && limits.reserve_percent < 100, "the reserve is 0 to 99 %");
}

void rate_budget::use(rate_limits limits, base::time_point now) {
  CAFNODE_INVARIANT(limits.reserve_percent >= 0 && limits.reserve_percent < 100, "the reserve is 0 to 99 %");
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  limits_ = limits;
  matching_.resize(limits.matching, at);
  other_.resize(limits.other, at);
  subscribe_.resize(limits.subscribe, at);
}

base::time_point rate_budget::latest(base::time_point now) const {
  latest_ = std::max(latest_, now);
  return latest_;
}

bool rate_budget::take_order(base::time_point now) {
  const std::lock_guard guard{mutex_};
  return matching_.take(1, latest(now), reserve());
}

bool rate_budget::take_cancel(base::time_point now) {
  const std::lock_guard guard{mutex_};
  return matching_.take(1, latest(now));
}

bool rate_budget::take_query(std::int64_t credits, base::time_point now) {
  const std::lock_guard guard{mutex_};
  return other_.take(credits, latest(now));
}

bool rate_budget::can_spare(std::int64_t credits, base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return other_.available(latest(now)) >= credits + limits_.other.pool / 2;
}

void rate_budget::force(const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  matching_.force(cost.matching, at);
  other_.force(cost.other, at);
  subscribe_.force(cost.subscribe, at);
}

void rate_budget::answered(const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  matching_.answered(cost.matching, at);
  other_.answered(cost.other, at);
  subscribe_.answered(cost.subscribe, at);
}

void rate_budget::unsent(const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  matching_.unsent(cost.matching, at);
  other_.unsent(cost.other, at);
  subscribe_.unsent(cost.subscribe, at);
}

void rate_budget::lost(const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  matching_.lost(cost.matching, at);
  other_.lost(cost.other, at);
  subscribe_.lost(cost.subscribe, at);
}

base::duration rate_budget::order_wait(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return matching_.wait_for(1, latest(now), reserve());
}

base::duration rate_budget::cancel_wait(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return matching_.wait_for(1, latest(now));
}

base::duration rate_budget::query_wait(std::int64_t credits, base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return other_.wait_for(credits, latest(now));
}

// -- turns ------------------------------------------------------------------------------------------------------------

venues::credits rate_budget::affordable(const venues::credits& cost) const {
  const std::lock_guard guard{mutex_};
  return {0, std::min(cost.other, limits_.other.pool), std::min(cost.subscribe, limits_.subscribe.pool)};
}

rate_budget::ticket rate_budget::enter(standing as, const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto which = queue_.enter(as, cost);
  give_turns(latest(now));
  return which;
}

void rate_budget::give_turns(base::time_point now) {
  while (const auto cost = queue_.next()) {
    if (other_.wait_for(cost->other, now) > base::duration::zero() ||
        subscribe_.wait_for(cost->subscribe, now) > base::duration::zero())
      return;
    other_.take(cost->other, now);
    subscribe_.take(cost->subscribe, now);
    queue_.grant_next();
  }
}

rate_budget::turn rate_budget::poll(ticket which, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  give_turns(at);
  if (queue_.collect(which))
    return {true, {}};
  return {false, turn_wait(which, at)};
}

/// At the pace at which the ones ahead can be served if they ask for as much as the next one.
base::duration rate_budget::turn_wait(ticket which, base::time_point now) {
  const auto head = queue_.next().value_or(venues::credits{});
  const auto first = std::max(other_.wait_for(head.other, now), subscribe_.wait_for(head.subscribe, now));
  const auto each = std::max(std::chrono::microseconds{head.other * 1'000'000 / limits_.other.per_second},
                             std::chrono::microseconds{head.subscribe * 1'000'000 / limits_.subscribe.per_second});
  const auto ahead = std::min<std::size_t>(queue_.ahead_of(which), 100'000);
  const auto whole = std::min<base::duration>(first, poll_max) + each * static_cast<std::int64_t>(ahead);
  return std::clamp<base::duration>(whole, poll_min, poll_max);
}

void rate_budget::leave(ticket which, const venues::credits& cost, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  if (queue_.collect(which)) {
    other_.unsent(cost.other, at);
    subscribe_.unsent(cost.subscribe, at);
  }
  queue_.leave(which);
}

std::size_t rate_budget::waiting() const {
  const std::lock_guard guard{mutex_};
  return queue_.waiting();
}

void rate_budget::drain(base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto at = latest(now);
  matching_.drain(at);
  other_.drain(at);
  subscribe_.drain(at);
}

std::int64_t rate_budget::matching_left(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return std::max<std::int64_t>(0, matching_.available(latest(now)));
}

std::int64_t rate_budget::credits_left(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return std::max<std::int64_t>(0, other_.available(latest(now)));
}

} // namespace cafnode::session
