#include "chaos/life/life_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode::chaos;

SCENARIO("a seed is expanded into the same plan each time, and another seed into another") {
  CHECK(to_text(plan_of(7, {})) == to_text(plan_of(7, {})));
  CHECK(to_text(plan_of(7, {})) != to_text(plan_of(8, {})));
}

SCENARIO("what is left out of a plan leaves the rest as it was, so that a failing life can be made smaller") {
  life_size fewer;
  fewer.faults = 3;
  const auto whole = plan_of(7, {});
  const auto part = plan_of(7, fewer);
  REQUIRE(part.operations.size() == whole.operations.size());
  for (std::size_t i = 0; i < whole.operations.size(); ++i) {
    CHECK(part.operations[i].at == whole.operations[i].at);
    CHECK(part.operations[i].amount.raw() == whole.operations[i].amount.raw());
  }
  CHECK(part.exchange_seed == whole.exchange_seed);
  CHECK(part.accounts == whole.accounts);
}

SCENARIO("every kind of fault and of request is drawn, in time's order and within the life") {
  std::vector<std::size_t> faults(fault_kinds, 0);
  std::vector<std::size_t> acts(3, 0);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto plan = plan_of(seed, {});
    CHECK(std::ranges::is_sorted(plan.faults, {}, &planned_fault::at));
    CHECK(std::ranges::is_sorted(plan.operations, {}, &user_operation::at));
    for (const auto& fault : plan.faults) {
      ++faults[static_cast<std::size_t>(fault.kind)];
      CHECK(fault.connection < plan.size.connections);
    }
    for (const auto& operation : plan.operations) {
      ++acts[static_cast<std::size_t>(operation.act)];
      CHECK(operation.at <= plan.size.span);
    }
  }
  for (const auto count : faults)
    CHECK(count > 10);
  for (const auto count : acts)
    CHECK(count > 100);
}
