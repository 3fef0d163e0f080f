#include "apps/node/file_plan.hpp"

#include <doctest/doctest.h>

using namespace cafnode::node;

SCENARIO("the control API takes what the connections leave, up to its most") {
  const auto plenty = plan_files(1'048'576, {2, 5'000});
  CHECK(plenty.fits());
  CHECK(plenty.control_connections == 256);
  const auto tight = plan_files(80, {2, 4});
  CHECK(tight.fits());
  CHECK(tight.needed == 80);
  CHECK(tight.control_connections == 8);
}

SCENARIO("both listeners at their most, with those who ask for health, stay within the limit") {
  for (std::uint64_t limit = 80; limit < 700; ++limit) {
    const auto plan = plan_files(limit, {2, 4});
    CHECK(16 + 16 + 2 * 4 + 4 * 2 + 2 * (plan.control_connections + 8) <= limit);
  }
}

SCENARIO("what cannot fit is refused, and it is said what would") {
  const file_needs needs{2, 100};
  const auto plan = plan_files(80, needs);
  CHECK_FALSE(plan.fits());
  CHECK(plan.control_connections == 0);
  CHECK(plan.connections_max == 4);
  CHECK(plan_files(80, {2, plan.connections_max}).fits());
  CHECK_FALSE(plan_files(80, {2, plan.connections_max + 1}).fits());
  CHECK(plan_files(plan.needed, needs).fits());
  CHECK_FALSE(plan_files(plan.needed - 1, needs).fits());
  const auto text = explain(plan, needs);
  CHECK(text.find("100 connections to exchanges need 272 open files, and this process may have 80") == 0);
  CHECK(text.find("LimitNOFILE=") != std::string::npos);
  CHECK(text.find("at most 4 connections") != std::string::npos);
}

SCENARIO("a limit that is not even enough for the node itself leaves no connection") {
  CHECK(plan_files(0, {1, 1}).connections_max == 0);
  CHECK(plan_files(20, {64, 1}).connections_max == 0);
}
