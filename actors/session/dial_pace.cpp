#include "actors/session/dial_pace.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

dial_pace::dial_pace(std::int64_t burst, base::duration interval)
    : tolerance_{interval * (burst - 1)}, interval_{interval} {
  CAFNODE_INVARIANT(burst >= 1 && burst <= 100'000, "dial pace: a burst is 1 to 100000");
  CAFNODE_INVARIANT(interval > base::duration::zero() && interval <= std::chrono::hours{1},
                    "dial pace: an interval is above zero, and at most an hour");
}

base::duration dial_pace::book(base::time_point now) {
  const std::lock_guard guard{mutex_};
  const auto due = std::max(next_, now);
  next_ = due + interval_;
  return std::max(base::duration::zero(), due - tolerance_ - now);
}

} // namespace cafnode::session
