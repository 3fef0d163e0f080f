// Random plans under random failures, commands and changes: what must hold whatever happens.
#include "tests/supervisors/random_life.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace cafnode::test;

namespace {

/// CAFNODE_LIVES in the environment lives that many.
std::uint64_t lives() {
  const auto* given = std::getenv("CAFNODE_LIVES");
  return given ? std::strtoull(given, nullptr, 10) : 3000;
}

} // namespace

TEST_CASE("whatever happens, the rules of a supervisor hold") {
  // No three live incarnations and no call answered twice: the rig checks these itself.
  for (std::uint64_t seed = 1; seed <= lives(); ++seed) {
    CAPTURE(seed);
    random_life life{seed};
    life.live();
    if (seed % 4 != 0) // the others are ended in the middle of it
      life.check_rest();
    life.check_end();
  }
}

TEST_CASE("a life is the same each time it is run with one seed") {
  const auto story = [](std::uint64_t seed) {
    random_life life{seed};
    life.live();
    return life.said();
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    CHECK(story(seed) == story(seed));
}
