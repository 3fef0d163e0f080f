#include "actors/session/phase.hpp"

#include "runtime/base/invariant.hpp"

namespace cafnode::session {

namespace {

bool may_follow(phase from, phase to) {
  if (from == phase::closed || from == to)
    return false;
  if (to == phase::closed)
    return true;
  if (from == phase::draining)
    return false;
  if (to == phase::draining)
    return from != phase::idle;
  if (from == phase::live)
    return to == phase::reconciling; // its order gate was replaced
  return static_cast<int>(to) == static_cast<int>(from) + 1;
}

} // namespace

std::string_view to_string(phase value) noexcept {
  switch (value) {
  case phase::idle:
    return "idle";
  case phase::dialing:
    return "dialing";
  case phase::authenticating:
    return "authenticating";
  case phase::subscribing:
    return "subscribing";
  case phase::reconciling:
    return "reconciling";
  case phase::live:
    return "live";
  case phase::draining:
    return "draining";
  case phase::closed:
    return "closed";
  }
  return "unknown";
}

std::optional<base::duration> limit_of(phase value, const phase_limits& limits) noexcept {
  switch (value) {
  case phase::dialing:
    return limits.dialing;
  case phase::authenticating:
    return limits.authenticating;
  case phase::subscribing:
    return limits.subscribing;
  case phase::reconciling:
    return limits.reconciling;
  default:
    return std::nullopt;
  }
}

phase_change phase_track::advance(phase to, base::time_point now) {
  CAFNODE_INVARIANT(may_follow(current_, to), "a connection took a step that its phases do not allow");
  CAFNODE_INVARIANT(now >= since_, "the clock ran backwards");
  const phase_change change{current_, to, now - since_};
  current_ = to;
  since_ = now;
  return change;
}

} // namespace cafnode::session
