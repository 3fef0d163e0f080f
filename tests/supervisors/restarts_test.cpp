// What follows from the end of a child, decided without anything being done about it.
#include "supervisors/restart_plan.hpp"
#include "supervisors/restarts.hpp"
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;
using code = process::reason_code;

namespace {

consequence crash(parts_rig& rig, std::string_view id, code why = code::crashed) {
  rig.driver.ended(rig.child(id), {why, {}});
  auto out = rig.failures.on_end(rig.child(id));
  (void)rig.said();
  (void)rig.told();
  return out;
}

} // namespace

SCENARIO("a group that waits waits for the longest, and for none shorter") {
  group_wait wait;
  const base::time_point start{};
  CHECK(!wait.is_on());
  CHECK(wait.join(start, 100ms) == 100ms);
  CHECK(wait.join(start + 50ms, 20ms) == 50ms);
  CHECK(wait.join(start + 50ms, 200ms) == 200ms);
  CHECK(wait.left(start + 240ms) == 10ms);
  CHECK(wait.left(start + 251ms) == 0ms);
  CHECK(wait.end());
  CHECK(!wait.end());
  CHECK(wait.left(start) == 0ms);
}

SCENARIO("the end of a child comes to work, to the end of its supervisor, or to neither") {
  parts_rig rig{flags(strategy::one_for_one, 1),
                {worker("a"), worker("t", restart_type::temporary), worker("q", restart_type::transient)}};
  for (const auto* id : {"a", "t", "q"})
    rig.running(id);
  WHEN("a permanent one ends") {
    const auto first = crash(rig, "a");
    THEN("it is started again, without a wait") {
      REQUIRE(first.work);
      CHECK(first.work->start == std::vector{rig.child("a").slot});
      CHECK(!first.work->delay);
      CHECK(!first.end);
      CHECK(rig.child("a").phase == child_phase::waiting_for_turn);
    }
    AND_WHEN("it ends more often than is allowed") {
      rig.running("a");
      const auto second = crash(rig, "a");
      THEN("the supervisor gives up") {
        CHECK(!second.work);
        REQUIRE(second.end);
        CHECK(second.end->code == code::shutdown);
      }
    }
  }
  WHEN("a temporary one ends") {
    const auto what = crash(rig, "t");
    THEN("it is forgotten") {
      CHECK(!what.work);
      CHECK(!what.end);
      CHECK(rig.children.find("t") == nullptr);
    }
  }
  WHEN("a transient one ends in good order") {
    const auto what = crash(rig, "q", code::normal);
    THEN("it rests") {
      CHECK(!what.work);
      CHECK(rig.child("q").phase == child_phase::stopped);
    }
  }
}

SCENARIO("a paced restart waits, and its wait ends with the work to start") {
  parts_rig rig{paced(strategy::one_for_one, 100ms, 400ms), {worker("a")}};
  auto& a = rig.running("a");
  const auto what = crash(rig, "a");
  REQUIRE(what.work);
  CHECK(what.work->delay == 100ms);
  rig.failures.wait(*what.work);
  CHECK(a.phase == child_phase::waiting_for_time);
  CHECK(rig.said() == words{"arm delay a 100"});
  CHECK(rig.told() == words{"restart_scheduled a"});
  const auto work = rig.failures.end_wait(a);
  CHECK(a.phase == child_phase::waiting_for_turn);
  CHECK(work.start == std::vector{a.slot});
  CHECK(!work.delay);
}

SCENARIO("a group comes back together, with those that were started by hand while it waited") {
  parts_rig rig{paced(strategy::one_for_all, 100ms, 400ms), {worker("a"), worker("b")}};
  rig.running("a");
  auto& b = rig.child("b");
  const auto what = crash(rig, "a");
  REQUIRE(what.work);
  rig.failures.wait(*what.work);
  CHECK(rig.failures.group_waits());
  CHECK(rig.said() == words{"arm group_delay 100"});
  rig.running("b");
  WHEN("its timer comes too early") {
    rig.pass(60ms);
    THEN("the rest is waited for") {
      CHECK(!rig.failures.end_group_wait());
      CHECK(rig.said() == words{"arm group_delay 40"});
    }
  }
  WHEN("the wait is over") {
    rig.pass(100ms);
    const auto work = rig.failures.end_group_wait();
    THEN("all of it is started, and who runs is stopped before") {
      REQUIRE(work);
      CHECK(work->start == rig.children.slots());
      CHECK(work->stop == std::vector{b.slot});
      CHECK(!rig.failures.group_waits());
    }
  }
}

SCENARIO("a restart that fails comes back by a message, or is paced like any other") {
  parts_rig plain{flags(strategy::one_for_one), {worker("a")}};
  auto& a = plain.running("a");
  (void)crash(plain, "a");
  plain.driver.start(a);
  plain.driver.start_failed(a, {code::refused, {}});
  (void)plain.said();
  const auto what = plain.failures.on_failed_start(nullptr, a, {code::refused, {}});
  CHECK(!what.work);
  CHECK(plain.said() == words{"retry a"});
  CHECK(a.phase == child_phase::waiting_for_turn);
  CHECK(plain.failures.again(a).work);
}

SCENARIO("other paces begin anew, and no others") {
  parts_rig rig{paced(strategy::one_for_one, 100ms, 400ms), {worker("a")}};
  auto& a = rig.running("a");
  (void)crash(rig, "a");
  REQUIRE(a.trouble->pace);
  rig.failures.forget_paces(false, true);
  CHECK(a.trouble->pace);
  rig.failures.forget_paces(true, false);
  CHECK(!a.trouble->pace);
}

SCENARIO("an outage is told of once all is back, and not when it was called off") {
  parts_rig rig{flags(strategy::one_for_one), {worker("a")}};
  auto& a = rig.running("a");
  (void)crash(rig, "a");
  rig.pass(30ms);
  rig.running("a");
  WHEN("it is back") {
    rig.away.complete({a.slot});
    THEN("that is told, once") {
      CHECK(rig.records == words{"a failed: crashed; restarted a; back after 30 ms"});
      rig.away.complete({a.slot});
      CHECK(rig.records.size() == 1);
    }
  }
  WHEN("its restart was called off") {
    outages::call_off(a);
    rig.away.complete({a.slot});
    THEN("nothing is told") {
      CHECK(rig.records.empty());
    }
  }
}
