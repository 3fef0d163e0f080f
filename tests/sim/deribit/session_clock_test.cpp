#include "sim/deribit/session_clock.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using sim::session_clock;

namespace {

constexpr base::time_point start{};

session_clock clock_of_the_wire() {
  session_clock clock{{600ms, 0ms, 60'500ms, false}, start};
  clock.set_interval(10s, start);
  return clock;
}

} // namespace

TEST_CASE("a silent client is asked and told 10.6 s after it spoke") {
  auto clock = clock_of_the_wire();
  const auto early = clock.check(start + 10'599ms, false);
  CHECK_FALSE(early.ask);
  CHECK_FALSE(early.beat);
  const auto due = clock.check(start + 10'600ms, false);
  CHECK(due.ask);
  CHECK(due.beat);
}

TEST_CASE("a busy feed silences the heartbeat, not the test_request") {
  auto clock = clock_of_the_wire();
  clock.server_spoke(start + 10s);
  const auto due = clock.check(start + 10'600ms, true);
  CHECK(due.ask);
  CHECK_FALSE(due.beat);
}

TEST_CASE("an unanswered test_request closes one interval later") {
  auto clock = clock_of_the_wire();
  REQUIRE(clock.check(start + 10'600ms, false).ask);
  CHECK_FALSE(clock.check(start + 20'599ms, false).close_unanswered);
  CHECK(clock.check(start + 20'600ms, false).close_unanswered);
}

TEST_CASE("only public/test answers a test_request, and the next comes 10.6 s after it") {
  auto clock = clock_of_the_wire();
  REQUIRE(clock.check(start + 10'600ms, false).ask);
  CHECK_FALSE(clock.client_spoke(false, start + 11s));
  CHECK(clock.client_spoke(true, start + 12s) == 1400ms);
  CHECK_FALSE(clock.check(start + 22'599ms, false).ask);
  CHECK(clock.check(start + 22'600ms, false).ask);
}

TEST_CASE("the lenient reading lets any request answer") {
  session_clock clock{{600ms, 0ms, 0ms, true}, start};
  clock.set_interval(10s, start);
  REQUIRE(clock.check(start + 10'600ms, false).ask);
  CHECK(clock.client_spoke(false, start + 11s) == 400ms);
}

TEST_CASE("a fixed grace does not follow the interval") {
  session_clock clock{{600ms, 10s, 0ms, false}, start};
  clock.set_interval(60s, start);
  REQUIRE(clock.check(start + 60'600ms, false).ask);
  CHECK(clock.check(start + 70'600ms, false).close_unanswered);
}

TEST_CASE("without heartbeat and subscription a connection is idle after 60.5 s") {
  session_clock clock{{600ms, 0ms, 60'500ms, false}, start};
  CHECK_FALSE(clock.check(start + 60'499ms, false).close_idle);
  CHECK(clock.check(start + 60'500ms, false).close_idle);
  CHECK_FALSE(clock.check(start + 600s, true).close_idle);
  clock.client_spoke(false, start + 60s);
  CHECK_FALSE(clock.check(start + 120s, false).close_idle);
}

TEST_CASE("a heartbeat that is switched off asks no more") {
  auto clock = clock_of_the_wire();
  clock.disable(start + 1s);
  CHECK_FALSE(clock.check(start + 30s, true).ask);
}

TEST_CASE("being held still on purpose starts the timers afresh") {
  auto clock = clock_of_the_wire();
  REQUIRE(clock.check(start + 10'600ms, false).ask);
  clock.restart(start + 20s);
  CHECK_FALSE(clock.check(start + 21s, false).close_unanswered);
}
