#include "supervisors/restart_window.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::supervision {

namespace {

bool is_whole_seconds(std::chrono::milliseconds period) {
  return period % std::chrono::seconds{1} == period.zero();
}

} // namespace

restart_window::restart_window(std::size_t intensity, std::chrono::milliseconds period)
    : intensity_{intensity}, period_{period}, whole_seconds_{is_whole_seconds(period)} {
  CAFNODE_INVARIANT(period > period.zero(), "a restart window needs a period");
}

base::duration restart_window::age(base::time_point then, base::time_point now) const {
  if (!whole_seconds_)
    return now - then;
  return std::chrono::floor<std::chrono::seconds>(now) - std::chrono::floor<std::chrono::seconds>(then);
}

void restart_window::pop_front() {
  ++first_;
  if (first_ * 2 <= times_.size())
    return;
  times_.erase(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

restart_verdict restart_window::record(base::time_point now) {
  if (size() > 0)
    now = std::max(now, times_.back());
  while (size() > 0 && age(times_[first_], now) > period_)
    pop_front();
  times_.push_back(now);
  if (size() <= intensity_)
    return restart_verdict::restart;
  if (size() > intensity_ + 1)
    pop_front();
  return restart_verdict::give_up;
}

std::size_t restart_window::count(base::time_point now) const {
  const auto counts = [&](base::time_point then) { return age(then, std::max(now, then)) <= period_; };
  // Ascending: what no longer counts stands first.
  const auto begin = times_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto first = std::partition_point(begin, times_.end(), [&](base::time_point then) { return !counts(then); });
  return static_cast<std::size_t>(times_.end() - first);
}

void restart_window::change(std::size_t intensity, std::chrono::milliseconds period) {
  CAFNODE_INVARIANT(period > period.zero(), "a restart window needs a period");
  intensity_ = intensity;
  period_ = period;
  whole_seconds_ = is_whole_seconds(period);
  while (size() > intensity_ + 1)
    pop_front();
}

void restart_window::forget() noexcept {
  times_.clear();
  first_ = 0;
}

} // namespace cafnode::supervision
