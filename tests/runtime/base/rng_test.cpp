#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

using cafnode::base::rng;

SCENARIO("the sequence of a seed is splitmix64's, on every machine") {
  rng chance{1234567};
  CHECK(chance.next() == 6457827717110365317ULL);
  CHECK(chance.next() == 3203168211198807973ULL);
  CHECK(chance.next() == 9817491932198370423ULL);
}

SCENARIO("a number lies in its range, ends included") {
  const std::uint64_t seed = 99;
  CAPTURE(seed);
  rng chance{seed};
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) {
    const auto value = chance.between(-2, 2);
    REQUIRE(value >= -2);
    REQUIRE(value <= 2);
    ++seen[static_cast<std::size_t>(value + 2)];
  }
  for (const int count : seen)
    CHECK(count > 800);
  CHECK(chance.between(7, 7) == 7);
}

SCENARIO("the whole range of 64 bits is a range, too") {
  rng chance{5};
  using limits = std::numeric_limits<std::int64_t>;
  bool low = false;
  bool high = false;
  for (int i = 0; i < 100; ++i) {
    const auto value = chance.between(limits::min(), limits::max());
    low = low || value < 0;
    high = high || value > 0;
  }
  CHECK(low);
  CHECK(high);
}

SCENARIO("a chance of none and a chance of all are certain") {
  rng chance{5};
  for (int i = 0; i < 100; ++i) {
    REQUIRE_FALSE(chance.chance(0, 10));
    REQUIRE(chance.chance(10, 10));
  }
}
