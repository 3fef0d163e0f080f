#include "control/record_shelf.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using control::record_shelf;

namespace {

supervision::restart_record record_of(std::uint32_t number) {
  supervision::restart_record record;
  record.child = "alpha";
  record.incarnation = number;
  return record;
}

} // namespace

SCENARIO("the last 16 restarts of a supervisor are kept, oldest first") {
  record_shelf shelf;
  for (std::uint32_t number = 1; number <= 20; ++number)
    shelf.keep("tokyo", record_of(number));
  shelf.keep("osaka", record_of(99));
  const auto kept = shelf.of("tokyo");
  REQUIRE(kept.size() == record_shelf::supervisor_max);
  CHECK(kept.front().record.incarnation == 5);
  CHECK(kept.back().record.incarnation == 20);
  CHECK(shelf.of("osaka").size() == 1);
  CHECK(shelf.of("nobody").empty());
}

SCENARIO("there is a bound on all restarts that are kept, and the oldest of all goes") {
  record_shelf shelf{3};
  for (const char* supervisor : {"a", "b", "a", "c"})
    shelf.keep(supervisor, record_of(1));
  CHECK(shelf.size() == 3);
  CHECK(shelf.of("a").size() == 1);
  CHECK(shelf.of("b").size() == 1);
  shelf.keep("d", record_of(1));
  CHECK(shelf.of("b").empty());
  CHECK(shelf.of("a").size() == 1);
}
