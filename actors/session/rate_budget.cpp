#include "actors/session/rate_budget.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

rate_budget::rate_budget(rate_limits limits, base::time_point now)
    : limits_{limits}, latest_{now}, matching_{limits.matching, now}, other_{limits.other, now} {
  CAFNODE_INVARIANT(limits.reserve_percent >= 0 && limits.reserve_percent < 100, "the reserve is 0 to 99 %");
}

base::time_point rate_budget::latest(base::time_point now) const {
  latest_ = std::max(latest_, now);
  return latest_;
}

bool rate_budget::take_order(base::time_point now) {
  const std::lock_guard guard{mutex_};
  return matching_.take(1, latest(now), limits_.matching.pool * limits_.reserve_percent / 100);
}

bool rate_budget::take_cancel(base::time_point now) {
  const std::lock_guard guard{mutex_};
  return matching_.take(1, latest(now));
}

bool rate_budget::take_query(std::int64_t credits, base::time_point now) {
  const std::lock_guard guard{mutex_};
  return other_.take(credits, latest(now));
}

bool rate_budget::take_spare(std::int64_t credits, base::time_point now) {
  const std::lock_guard guard{mutex_};
  return other_.take(credits, latest(now), limits_.other.pool / 2);
}

base::duration rate_budget::query_wait(std::int64_t credits, base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return other_.wait_for(credits, latest(now));
}

void rate_budget::drain(base::time_point now) {
  const std::lock_guard guard{mutex_};
  matching_.drain(latest(now));
  other_.drain(latest(now));
}

std::int64_t rate_budget::matching_left(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return matching_.available(latest(now));
}

std::int64_t rate_budget::credits_left(base::time_point now) const {
  const std::lock_guard guard{mutex_};
  return other_.available(latest(now));
}

} // namespace cafnode::session
