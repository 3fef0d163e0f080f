#include "chaos/judge/known_violations.hpp"
#include "chaos/judge/verdict.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace cafnode::chaos;

SCENARIO("the same seed is the same life, whatever was lived before") {
  const auto first = live(plan_of(11, {}));
  static_cast<void>(live(plan_of(12, {})));
  const auto again = live(plan_of(11, {}));
  CHECK(first.fingerprint == again.fingerprint);
  CHECK(first.orders == again.orders);
  CHECK(first.fingerprint != live(plan_of(12, {})).fingerprint);
}

SCENARIO("a life without faults places its orders, and nothing but what is known is held against it") {
  life_size calm;
  calm.faults = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto out = live(plan_of(seed, calm));
    CHECK(out.orders > 20);
    for (const auto& one : out.violations)
      CHECK_MESSAGE(is_known(one.rule), one.rule, " ", one.label, "\n", one.story);
  }
}

SCENARIO("lives under faults: nothing but what is known, every danger occurs, and what is known still is") {
  std::map<std::string, std::size_t> rules;
  std::vector<std::size_t> hits(fault_kinds, 0);
  std::size_t fills = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const auto out = live(plan_of(seed, {}));
    fills += out.fills;
    for (std::size_t kind = 0; kind < fault_kinds; ++kind)
      hits[kind] += out.hits[kind];
    for (const auto& one : out.violations) {
      ++rules[one.rule];
      CHECK_MESSAGE(is_known(one.rule), one.rule, " ", one.label, "\n", one.story);
    }
  }
  CHECK(fills > 100);
  for (std::size_t kind = 0; kind < fault_kinds; ++kind)
    CHECK_MESSAGE(hits[kind] > 0, to_string(static_cast<fault_kind>(kind)), " never struck");
  for (const auto& known : known_violations)
    CHECK_MESSAGE(rules[std::string{known.rule}] > 0, known.rule, " is not seen any more: take it out of the list");
}
