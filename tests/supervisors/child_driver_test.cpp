// One child from phase to phase: its process, its timers, and what is told.
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;
using code = process::reason_code;

namespace {

child_spec watched() {
  auto spec = worker("a");
  spec.start_within = 100ms;
  spec.progress_within = 50ms;
  return spec;
}

parts_rig one(child_spec spec) {
  return parts_rig{flags(strategy::one_for_one), {std::move(spec)}};
}

} // namespace

SCENARIO("a child that is waited for is watched until it is up, and then for its progress") {
  auto rig = one(watched());
  auto& a = rig.child("a");
  rig.driver.start(a);
  CHECK(a.phase == child_phase::called);
  CHECK(a.incarnation == 1);
  rig.driver.spawned(a);
  CHECK(a.phase == child_phase::spawned);
  CHECK(rig.said() == words{"start a", "arm start a 100"});
  WHEN("it says that it is ready") {
    rig.driver.up(a, true);
    THEN("it is ready") {
      CHECK(a.phase == child_phase::ready);
      CHECK(rig.said() == words{"cancel start a", "arm progress a 50"});
      CHECK(rig.told() == words{"child_starting a", "child_started a"});
    }
  }
  WHEN("its time is over") {
    rig.driver.start_is_due(a);
    THEN("it is killed, and its start has failed for being late") {
      CHECK(a.phase == child_phase::spawned_killed);
      CHECK(rig.said() == words{"kill a", "arm stuck a 5000"});
      const auto why = rig.driver.give_up_start(a, {code::killed, {}});
      CHECK(why.code == code::start_failed);
      CHECK(rig.said() == words{"release a", "cancel start a", "cancel stuck a"});
    }
  }
}

SCENARIO("a child that announces itself is up at once and ready when it says so") {
  auto rig = one(watched());
  auto& a = rig.child("a");
  rig.driver.start(a);
  rig.driver.up(a, false);
  CHECK(a.phase == child_phase::up);
  CHECK(rig.said() == words{"start a", "arm start a 100"});
  rig.driver.announced(a);
  CHECK(a.phase == child_phase::ready);
  CHECK(rig.said() == words{"cancel start a", "arm progress a 50"});
}

SCENARIO("a child without progress is killed, and fails for what its watchdog found") {
  auto rig = one(watched());
  auto& a = rig.running("a");
  rig.driver.looked(a, true);
  CHECK(rig.said() == words{"arm progress a 50"});
  rig.driver.looked(a, false);
  CHECK(a.phase == child_phase::ready_doomed);
  CHECK(rig.said() == words{"cancel progress a", "kill a", "arm stuck a 5000"});
  WHEN("it ends by that kill") {
    rig.driver.ended(a, {code::killed, {}});
    THEN("that is not the reason") {
      CHECK(a.phase == child_phase::ready_ended);
      CHECK(a.trouble->pending.code == code::stuck);
    }
  }
  WHEN("it is looked at, or asked to end, before") {
    rig.driver.look(a);
    rig.driver.looked(a, false);
    CHECK(rig.said().empty());
    rig.driver.ask_to_end(a);
    THEN("it is not asked: the kill is on its way, and so is its timer") {
      CHECK(a.phase == child_phase::killed);
      CHECK(a.bounded_by == end_timer::stuck);
      CHECK(rig.said() == words{"cancel progress a"});
    }
  }
}

SCENARIO("a child is asked to end, and killed when its grace is over") {
  auto rig = one(worker("a"));
  auto& a = rig.running("a");
  rig.driver.ask_to_end(a);
  CHECK(a.phase == child_phase::asked);
  CHECK(rig.said() == words{"ask a", "arm grace a 5000"});
  rig.driver.kill_late(a, "late");
  CHECK(a.phase == child_phase::killed);
  CHECK(rig.said() == words{"cancel grace a", "kill a", "arm stuck a 5000"});
  rig.driver.stopped(a, {code::killed, "it was"});
  CHECK(a.phase == child_phase::stopped);
  CHECK(a.last_end() == end_reason{code::killed, "it was"});
  CHECK(rig.said() == words{"cancel stuck a", "release a"});
}

SCENARIO("a start says why the incarnation before it ended, and the first has none before it") {
  auto rig = one(worker("a"));
  auto& a = rig.running("a");
  CHECK(rig.events.back().what == transition::child_started);
  CHECK(rig.events.back().reason == code::normal);
  rig.driver.ask_to_end(a);
  rig.driver.stopped(a, {code::shutdown, "it was asked to"});
  WHEN("it is started again") {
    rig.driver.start(a);
    rig.driver.up(a, true);
    CHECK(rig.events.back().incarnation == 2);
    CHECK(rig.events.back().reason == code::shutdown);
    CHECK(rig.events.back().reason_text.empty());
  }
  WHEN("another incarnation takes its place") {
    rig.driver.take_over(a, 5);
    CHECK(rig.events.back().incarnation == 5);
    CHECK(rig.events.back().reason == code::shutdown);
  }
}

SCENARIO("instances that are stopped together have no timers of their own") {
  auto rig = one(worker("a"));
  auto& a = rig.running("a");
  rig.driver.stop_together();
  rig.driver.ask_to_end(a);
  rig.driver.kill_late(a, "late");
  CHECK(a.bounded_by == end_timer::none);
  CHECK(rig.said() == words{"ask a", "kill a"});
}

SCENARIO("who is to end after the time for the whole stop is killed") {
  auto rig = one(worker("a"));
  auto& a = rig.running("a");
  rig.driver.pass_deadline();
  rig.driver.ask_to_end(a);
  CHECK(a.phase == child_phase::killed);
  CHECK(rig.said() == words{"kill a", "arm stuck a 5000"});
  CHECK(rig.told() == words{"child_stopping a", "child_killed a"});
}

SCENARIO("an attempt of an open circuit is half-open, and its health is timed") {
  auto rig = one(worker("a"));
  auto& a = rig.child("a");
  a.circuit = circuit_state::open;
  rig.driver.start(a);
  rig.driver.up(a, true);
  CHECK(a.circuit == circuit_state::half_open);
  CHECK(rig.said() == words{"start a", "arm health a 30000"});
  CHECK(rig.told() == words{"circuit_half_open a", "child_started a"});
}
