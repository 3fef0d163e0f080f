#include "actors/session/heartbeat_watch.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::time_point;

namespace {

constexpr heartbeat_limits limits{1s, 20s};

} // namespace

SCENARIO("a connection that says nothing is probed at half the limit and dead at the whole") {
  const time_point start{100s};
  heartbeat_watch watch{limits, start};
  CHECK(watch.next_look({}) == start + 10s);
  CHECK(watch.look({}, start + 9'999ms) == watch_verdict::fine);
  CHECK(watch.look({}, start + 10s) == watch_verdict::probe);
  CHECK(watch.next_look({}) == start + 20s);
  CHECK(watch.look({}, start + 11s) == watch_verdict::fine);
  CHECK(watch.look({}, start + 20s) == watch_verdict::silent);
}

SCENARIO("any frame starts the silence over, and the next silence is probed again") {
  const time_point start{100s};
  heartbeat_watch watch{limits, start};
  REQUIRE(watch.look({}, start + 10s) == watch_verdict::probe);
  const auto frame = start + 11s;
  CHECK(watch.look(frame, start + 20s) == watch_verdict::fine);
  CHECK(watch.next_look(frame) == frame + 10s);
  CHECK(watch.look(frame, frame + 10s) == watch_verdict::probe);
  CHECK(watch.look(frame, frame + 20s) == watch_verdict::silent);
}

SCENARIO("a frame from before the watch began does not shorten its patience") {
  const time_point start{100s};
  heartbeat_watch watch{limits, start};
  CHECK(watch.look(time_point{1s}, start + 9s) == watch_verdict::fine);
}

SCENARIO("an answer is measured from the first question that waits for it") {
  const time_point start{100s};
  heartbeat_watch watch{limits, start};
  CHECK_FALSE(watch.answered(start).has_value());
  watch.asked(start + 1s);
  watch.asked(start + 2s);
  const auto span = watch.answered(start + 2500ms);
  REQUIRE(span.has_value());
  CHECK(*span == 1500ms);
  CHECK(watch.missed(*span));
  CHECK_FALSE(watch.missed(1s));
  CHECK_FALSE(watch.answered(start + 3s).has_value());
}
