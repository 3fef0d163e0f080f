#include "bench/contestant.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace cafnode::bench;
using namespace std::chrono_literals;

SCENARIO("figures come back from a process of its own, in order and exact") {
  const figures sent{{"p50_us", 0.1}, {"restarts_per_s", 123456789.25}};
  CHECK(measure_apart([&] { return sent; }, 30s) == sent);
}

SCENARIO("what a contestant throws is thrown here") {
  CHECK_THROWS_WITH_AS(static_cast<void>(measure_apart([]() -> figures { throw std::runtime_error{"no luck"}; }, 30s)),
                       doctest::Contains("no luck"), std::runtime_error);
}

SCENARIO("a program's lines are its figures") {
  CHECK(measure_program({"printf", "start_ms 1.5\nstop_ms 2\n"}, 30s) == figures{{"start_ms", 1.5}, {"stop_ms", 2}});
}

SCENARIO("a program that is not there, or does not end in time, is a failure") {
  CHECK_THROWS_AS(static_cast<void>(measure_program({"caf-node-has-no-such-program"}, 30s)), std::runtime_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(measure_program({"sleep", "600"}, 1s)), doctest::Contains("within 1 s"),
                       std::runtime_error);
}
