#include "runtime/observe/flight_recorder.hpp"

#include <doctest/doctest.h>

using namespace cafnode::observe;
using cafnode::base::moment;

SCENARIO("a ring keeps the last entries of its actor, oldest first") {
  flight_recorder recorder{{3, 4}};
  const auto ring = recorder.ring("/tokyo/alpha");
  for (const auto* what : {"a", "b", "c", "d", "e"})
    ring->record({}, what);
  const auto entries = ring->entries();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].what == "c");
  CHECK(entries[2].what == "e");
  CHECK(ring->overwritten() == 2);
}

SCENARIO("a restarted actor goes on in the ring of its predecessor") {
  flight_recorder recorder{{8, 4}};
  recorder.ring("x")->record({}, "before");
  recorder.ring("x")->record({}, "after");
  CHECK(recorder.find("x")->entries().size() == 2);
  CHECK(recorder.find("y") == nullptr);
  CHECK(recorder.labels() == 1);
}

SCENARIO("labels are bounded: the one asked for longest ago goes, and its holder is not harmed") {
  flight_recorder recorder{{8, 2}};
  const auto first = recorder.ring("first");
  static_cast<void>(recorder.ring("second"));
  static_cast<void>(recorder.ring("first"));
  static_cast<void>(recorder.ring("third"));
  CHECK(recorder.labels() == 2);
  CHECK(recorder.find("second") == nullptr);
  CHECK(recorder.find("first") == first);
  static_cast<void>(recorder.ring("fourth"));
  CHECK(recorder.find("first") == nullptr);
  first->record({}, "still fine");
  CHECK(first->entries().size() == 1);
}

SCENARIO("a ring is shown as JSON") {
  flight_ring ring{"x", 4};
  CHECK(to_json(ring) == "[]");
  ring.record(moment{}, "dial", {kv("port", 443)});
  ring.record(moment{}, "say \"x\"");
  CHECK(to_json(ring) == R"([{"at":"1970-01-01T00:00:00.000000Z","what":"dial","fields":{"port":443}},)"
                         R"({"at":"1970-01-01T00:00:00.000000Z","what":"say \"x\"","fields":{}}])");
}
