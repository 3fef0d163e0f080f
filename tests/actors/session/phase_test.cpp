#include "actors/session/phase.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::time_point;

SCENARIO("a connection goes through every phase of its resume, and each step tells how long the last took") {
  const time_point start{50s};
  phase_track track{start};
  auto at = start;
  for (const auto next : {phase::dialing, phase::authenticating, phase::subscribing, phase::reconciling, phase::live,
                          phase::draining, phase::closed}) {
    const auto before = track.current();
    at += 7ms;
    const auto change = track.advance(next, at);
    CHECK(change.from == before);
    CHECK(change.to == next);
    CHECK(change.in_phase == 7ms);
    CHECK(track.since() == at);
  }
}

SCENARIO("a live connection reconciles again when its order gate was replaced") {
  phase_track track{time_point{}};
  for (const auto next : {phase::dialing, phase::authenticating, phase::subscribing, phase::reconciling, phase::live,
                          phase::reconciling, phase::live})
    track.advance(next, time_point{});
  CHECK(track.current() == phase::live);
}

SCENARIO("every phase has a name of its own") {
  CHECK(to_string(phase::idle) == "idle");
  CHECK(to_string(phase::reconciling) == "reconciling");
  CHECK(to_string(phase::closed) == "closed");
}
