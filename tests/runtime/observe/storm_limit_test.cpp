#include "runtime/observe/storm_limit.hpp"

#include <doctest/doctest.h>

using cafnode::base::time_point;
using cafnode::observe::storm_limit;
using namespace std::chrono_literals;

SCENARIO("a message that storms is held back, and the next that passes says how many were") {
  storm_limit limit{{{3, 1}, 16}};
  for (int i = 0; i < 3; ++i)
    CHECK(limit.pass("a", time_point{}) == 0);
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(limit.pass("a", time_point{}).has_value());
  CHECK(limit.pass("a", time_point{1s}) == 5);
  CHECK_FALSE(limit.pass("a", time_point{1s}).has_value());
  CHECK(limit.pass("a", time_point{2s}) == 1);
}

SCENARIO("one message's storm does not hold back another") {
  storm_limit limit{{{1, 1}, 16}};
  CHECK(limit.pass("a", time_point{}) == 0);
  CHECK_FALSE(limit.pass("a", time_point{}).has_value());
  CHECK(limit.pass("b", time_point{}) == 0);
}

SCENARIO("messages without number share one budget, and idle ones make room") {
  storm_limit limit{{{2, 1}, 4}};
  for (int i = 0; i < 1000; ++i)
    static_cast<void>(limit.pass("key" + std::to_string(i), time_point{}));
  CHECK(limit.keys() == 5);
  CHECK_FALSE(limit.pass("one more", time_point{}).has_value());
  CHECK(limit.pass("one more", time_point{1h}) == 0);
  CHECK(limit.keys() <= 5);
}

SCENARIO("a clock that runs backwards counts as one that stands") {
  storm_limit limit{{{1, 1}, 4}};
  CHECK(limit.pass("a", time_point{10s}).has_value());
  CHECK_FALSE(limit.pass("a", time_point{1s}).has_value());
  CHECK(limit.pass("a", time_point{11s}) == 1);
}
