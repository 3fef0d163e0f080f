#include "runtime/base/time.hpp"

#include <doctest/doctest.h>

using namespace cafnode::base;
using namespace std::chrono_literals;

SCENARIO("a moment moves both its clocks") {
  const moment start{time_point{5s}, wall_time{7s}};
  const auto later = start + 1500ms;
  CHECK(later.steady == time_point{6500ms});
  CHECK(later.wall == wall_time{8500ms});
  CHECK((start + 1ns).wall == start.wall);
}

SCENARIO("Unix milliseconds are floored, before 1970 as well") {
  CHECK(to_unix_ms(wall_time{1'576'074'319'000'999us}) == 1'576'074'319'000);
  CHECK(to_unix_ms(wall_time{0us}) == 0);
  CHECK(to_unix_ms(wall_time{-1us}) == -1);
}
