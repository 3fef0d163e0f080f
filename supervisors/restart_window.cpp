#include "supervisors/restart_window.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::supervision {

restart_window::restart_window(std::size_t intensity, std::chrono::milliseconds period)
    : intensity_{intensity}, period_{period}, whole_seconds_{period % std::chrono::seconds{1} == period.zero()} {
  CAFNODE_INVARIANT(period > period.zero(), "a restart window needs a period");
}

base::duration restart_window::age(base::time_point then, base::time_point now) const {
  if (!whole_seconds_)
    return now - then;
  return std::chrono::floor<std::chrono::seconds>(now) - std::chrono::floor<std::chrono::seconds>(then);
}

restart_verdict restart_window::record(base::time_point now) {
  if (!recent_.empty())
    now = std::max(now, recent_.back());
  while (!recent_.empty() && age(recent_.front(), now) > period_)
    recent_.pop_front();
  recent_.push_back(now);
  if (recent_.size() <= intensity_)
    return restart_verdict::restart;
  if (recent_.size() > intensity_ + 1)
    recent_.pop_front();
  return restart_verdict::give_up;
}

std::size_t restart_window::count(base::time_point now) const {
  const auto counts = [&](base::time_point then) { return age(then, std::max(now, then)) <= period_; };
  const auto first = std::ranges::find_if(recent_, counts);
  return static_cast<std::size_t>(recent_.end() - first);
}

} // namespace cafnode::supervision
