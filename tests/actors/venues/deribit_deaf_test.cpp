#include "actors/venues/deaf_meter.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using venues::deaf_meter;
using venues::give_up;

SCENARIO("three questions in a row without an answer, over fifteen seconds, are an exchange that answers nothing") {
  const base::time_point start{1h};
  deaf_meter meter;
  CHECK_FALSE(meter.unanswered(start));
  CHECK_FALSE(meter.unanswered(start + 5s));
  CHECK_FALSE(meter.unanswered(start + 14'999ms));
  CHECK(meter.unanswered(start + 16s));
  WHEN("something is answered, however late, it begins anew") {
    meter.answered();
    CHECK_FALSE(meter.unanswered(start + 17s));
    CHECK_FALSE(meter.unanswered(start + 27s));
    CHECK(meter.unanswered(start + 37s));
  }
}

SCENARIO("what a process that was stopped finds overdue at once counts once") {
  const base::time_point start{1h};
  deaf_meter meter;
  CHECK_FALSE(meter.unanswered(start));
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(meter.unanswered(start + 60s + i * 10ms));
}

SCENARIO("a burst of heartbeat questions ends nothing and is answered by a few answers") {
  deribit_rig rig;
  rig.go_live();
  const auto before = rig.count("public/test");
  for (int i = 0; i < 1000; ++i)
    rig.machine->answer_heartbeat(rig.now, rig.out);
  CHECK(rig.out.closed.empty());
  CHECK(rig.count("public/test") - before == 4);
  rig.answer(rig.last("public/test"), R"({"version":"1.2.26"})");
  rig.machine->answer_heartbeat(rig.now, rig.out);
  CHECK(rig.count("public/test") - before == 5);
}

SCENARIO("an exchange that goes on with its feed and its heartbeats, and answers nothing, is left") {
  deribit_rig rig;
  rig.go_live();
  const auto ask = [&] {
    rig.machine->answer_heartbeat(rig.now, rig.out);
    const auto id = rig.last("public/test");
    for (int i = 0; i < 10; ++i) {
      rig.pass(1s);
      rig.receive(R"({"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}})");
    }
    return id;
  };
  GIVEN("no answer at all") {
    for (int i = 0; i < 6 && rig.out.closed.empty(); ++i)
      ask();
    REQUIRE(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(rig.out.close_text.find("answers nothing") != std::string::npos);
  }
  GIVEN("an answer now and then, and late") {
    for (int i = 0; i < 20; ++i) {
      const auto id = ask();
      if (i % 2 == 1)
        rig.answer(id, R"({"version":"1.2.26"})");
    }
    CHECK(rig.out.closed.empty());
  }
}
