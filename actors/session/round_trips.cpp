#include "actors/session/round_trips.hpp"

#include <algorithm>
#include <chrono>

namespace cafnode::session {

namespace {

constexpr std::chrono::minutes worst_halves_in{30};

} // namespace

void round_trips::add(base::duration took, base::time_point now) {
  if (!known_) {
    known_ = true;
    usual_ = took;
    spread_ = took / 2;
  } else {
    // As TCP does it (RFC 6298).
    spread_ += (std::chrono::abs(took - usual_) - spread_) / 4;
    usual_ += (took - usual_) / 8;
  }
  for (; worst_ > base::duration::zero() && now - worst_since_ >= worst_halves_in; worst_since_ += worst_halves_in)
    worst_ /= 2;
  if (took >= worst_) {
    worst_ = took;
    worst_since_ = now;
  }
}

base::duration round_trips::patience() const noexcept {
  if (!known_)
    return patience_unknown;
  return std::max({base::duration{patience_min}, 3 * usual_ + 4 * spread_, 2 * worst_});
}

} // namespace cafnode::session
