#include "apps/file_plan.hpp"

#include <doctest/doctest.h>

using namespace cafnode::node;

SCENARIO("the control API takes what the connections leave, up to its most") {
  const auto plenty = plan_files(1'048'576, {2, 5'000});
  CHECK(plenty.fits());
  CHECK(plenty.control_connections == 256);
  const auto tight = plan_files(64, {2, 4});
  CHECK(tight.fits());
  CHECK(tight.needed == 64);
  CHECK(tight.control_connections == 16);
}

SCENARIO("what cannot fit is refused, and it is said what would") {
  const file_needs needs{2, 100};
  const auto plan = plan_files(64, needs);
  CHECK_FALSE(plan.fits());
  CHECK(plan.control_connections == 0);
  CHECK(plan.connections_max == 4);
  CHECK(plan_files(64, {2, plan.connections_max}).fits());
  CHECK_FALSE(plan_files(64, {2, plan.connections_max + 1}).fits());
  CHECK(plan_files(plan.needed, needs).fits());
  CHECK_FALSE(plan_files(plan.needed - 1, needs).fits());
  const auto text = explain(plan, needs);
  CHECK(text.find("100 connections to exchanges need 256 open files, and this process may have 64") == 0);
  CHECK(text.find("LimitNOFILE=") != std::string::npos);
  CHECK(text.find("at most 4 connections") != std::string::npos);
}

SCENARIO("a limit that is not even enough for the node itself leaves no connection") {
  CHECK(plan_files(0, {1, 1}).connections_max == 0);
  CHECK(plan_files(20, {64, 1}).connections_max == 0);
}
