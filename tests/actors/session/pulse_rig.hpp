#pragma once

#include "actors/session/link_pulse.hpp"

// Means of the tests of a link's pulse: one that has streamed, and one that waits.
namespace cafnode::test {

inline constexpr base::time_point start{std::chrono::hours{100}};

/// Streams a frame every `gap` for `span`. Gives the time of the last.
inline base::time_point flow(session::link_pulse& pulse, base::duration gap, base::duration span,
                             base::time_point from = start) {
  auto at = from;
  for (; at < from + span; at += gap)
    pulse.heard(session::frame_role::news, at);
  return at - gap;
}

/// A pulse whose connection is ready at `start`, and whose way is known.
inline session::link_pulse fresh(base::duration round_trip = std::chrono::milliseconds{20}) {
  session::link_pulse pulse{{}};
  pulse.dialing();
  pulse.opened(start);
  pulse.ready(start);
  pulse.acknowledged(round_trip, start);
  return pulse;
}

/// Looks when it is due until something is to be done.
inline session::pulse_verdict wait(session::link_pulse& pulse, base::time_point& at) {
  for (;;) {
    at = pulse.next_look(at);
    if (const auto verdict = pulse.look(at); verdict != session::pulse_verdict::fine)
      return verdict;
  }
}

} // namespace cafnode::test
