#include "actors/session/dial_pace.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using cafnode::base::time_point;
using cafnode::session::dial_pace;

SCENARIO("an address takes a burst at once, then one dial after each interval, in the order of asking") {
  dial_pace pace{3, 100ms};
  for (int i = 0; i < 3; ++i)
    CHECK(pace.book(time_point{}) == 0ms);
  CHECK(pace.book(time_point{}) == 100ms);
  CHECK(pace.book(time_point{}) == 200ms);
  CHECK(pace.book(time_point{150ms}) == 150ms);
  CHECK(pace.book(time_point{1h}) == 0ms);
}

SCENARIO("a thread that reaches the pace with an older time gets no moment twice") {
  dial_pace pace{1, 100ms};
  CHECK(pace.book(time_point{1s}) == 0ms);
  CHECK(pace.book(time_point{900ms}) == 200ms);
}
