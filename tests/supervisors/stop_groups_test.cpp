// Groups that are stopped side by side, and one limit for a whole stop.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

child_spec of_group(std::string id, std::uint32_t group) {
  auto child = worker(std::move(id));
  child.stop_group = group;
  return child;
}

supervisor_flags within(std::chrono::milliseconds limit, strategy chosen = strategy::one_for_one) {
  auto out = flags(chosen);
  out.stop_within = limit;
  out.stuck_after = 2s;
  return out;
}

std::vector<child_spec> two_groups() {
  return {worker("z"), of_group("a1", 1), of_group("a2", 1), of_group("b1", 2), of_group("b2", 2), worker("y")};
}

} // namespace

TEST_CASE("groups are stopped at the same time, each last first, and a child of no group alone") {
  auto rig = started_rig(flags(strategy::one_for_one), two_groups());
  rig.stubborn = {"z", "y", "a1", "a2", "b1", "b2"};
  rig.stop();
  CHECK(rig.said() == words{"ask y"});
  rig.end("y");
  CHECK(rig.said() == words{"ask a2", "ask b2"});
  rig.end("b2");
  CHECK(rig.said() == words{"ask b1"});
  rig.end("b1");
  CHECK(rig.said().empty());
  rig.end("a2");
  rig.end("a1");
  CHECK(rig.said() == words{"ask a1", "ask z"});
  rig.end("z");
  CHECK(rig.ended);
}

TEST_CASE("members of one group that are not neighbours have a child of no group between them") {
  auto rig = started_rig(flags(strategy::one_for_one), {of_group("a1", 1), worker("m"), of_group("a2", 1)});
  rig.stop();
  CHECK(rig.said() == words{"ask a2", "ask m", "ask a1", "end shutdown"});
}

TEST_CASE("a group restart stops by the same rule, and starts in order") {
  auto rig = started_rig(flags(strategy::one_for_all), two_groups());
  rig.stubborn = {"a2"};
  rig.end("y");
  CHECK(rig.said() == words{"ask a2", "ask b2", "ask b1"});
  rig.end("a2");
  CHECK(rig.said() == words{"ask a1", "ask z", "start z", "start a1", "start a2", "start b1", "start b2", "start y"});
}

TEST_CASE("members that are stopped, wait or have just ended hold up nobody of their group") {
  auto rig = started_rig(paced(strategy::one_for_one, 10s, 10s), two_groups());
  (void)rig.call(terminate_child{"a2"});
  rig.end("b2");
  (void)rig.said();
  rig.stop();
  CHECK(rig.said() == words{"ask y", "ask a1", "ask b1", "ask z", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("a member whose start comes to nothing during the stop gives the turn to the next of its group") {
  for (const bool ignores : {true, false}) {
    supervision_machine machine{flags(strategy::one_for_one), {of_group("a", 1), of_group("b", 1)}, 1};
    machine.begin({});
    const auto first = std::get<start_process>(machine.next_action()).who;
    machine.on_started(first, readiness::at_once, {});
    const auto second = std::get<start_process>(machine.next_action()).who;
    machine.on_stop(make_end_reason(code::shutdown), {});
    ignores ? machine.on_ignored(second, {}) : machine.on_start_failed(second, {}, {});
    bool asked = false;
    while (machine.has_action()) {
      const auto next = machine.next_action();
      if (const auto* ask = std::get_if<ask_process>(&next))
        asked = asked || ask->who == first;
    }
    CHECK(asked);
    CHECK(!machine.has_ended());
    machine.on_ended(first, {}, {});
    CHECK(machine.has_ended());
  }
}

TEST_CASE("when the time for the whole stop is over all that is left is killed at once") {
  auto rig = started_rig(within(100ms), two_groups());
  rig.stubborn = {"z", "a1", "a2", "b1", "b2", "y"};
  rig.stop();
  rig.pass(99ms);
  CHECK(rig.said() == words{"ask y"});
  rig.pass(1ms);
  CHECK(rig.said() == words{"kill z", "kill a1", "kill a2", "kill b1", "kill b2", "kill y", "end shutdown"});
  CHECK(rig.count(transition::child_killed) == 6);
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("the time is one for all: it does not begin anew with each child") {
  auto rig = started_rig(within(100ms), two_groups());
  rig.stubborn = {"y", "a1"};
  rig.stop();
  rig.pass(60ms);
  rig.end("y");
  (void)rig.said();
  rig.pass(40ms);
  CHECK(rig.said() == words{"kill z", "kill a1", "end shutdown"});
}

TEST_CASE("what not even that kill ends is fenced, and then the supervisor ends") {
  auto rig = started_rig(within(100ms), {worker("a"), worker("b")});
  rig.stubborn = rig.immortal = {"a", "b"};
  rig.stop();
  rig.pass(2099ms);
  CHECK(rig.said() == words{"ask b", "kill a", "kill b"});
  CHECK(!rig.ended);
  rig.pass(1ms);
  CHECK(rig.said() == words{"fence a", "fence b", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("instances keep to it, too, and are fenced one span after their kill") {
  auto given = within(100ms, strategy::simple_one_for_one);
  given.stuck_after = 6s;                       // longer than the grace that the limit cut short
  auto rig = started_rig(given, {worker("w")}); // grace 5 s
  (void)rig.call(start_instance{"x", {}});
  (void)rig.call(start_instance{"y", {}});
  rig.stubborn = rig.immortal = {"x", "y"};
  (void)rig.said();
  rig.stop();
  rig.pass(100ms);
  CHECK(rig.said() == words{"ask x", "ask y", "kill x", "kill y"});
  rig.pass(6s);
  CHECK(rig.said() == words{"fence #1", "fence #2", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("instances that end in time leave no timer behind") {
  for (const auto limit : {100ms, 10'000ms}) {
    auto rig = started_rig(within(limit, strategy::simple_one_for_one), {worker("w")});
    (void)rig.call(start_instance{"x", {}});
    (void)rig.call(start_instance{"y", {}});
    rig.stubborn = {"x"};
    (void)rig.call(terminate_instance{"x"});
    rig.stop();
    rig.end("x");
    CHECK(rig.ended);
    CHECK(rig.armed.empty());
  }
}

TEST_CASE("a child that waits or is being renewed does not outlive it either") {
  auto rig = started_rig(within(100ms), {worker("a"), worker("b")});
  rig.renewing = rig.stubborn = {"a"};
  (void)rig.call(replace_child{"a", replacement::make_before_break});
  rig.stop();
  rig.pass(100ms);
  CHECK(rig.ended);
  CHECK(rig.alive.empty());
  CHECK(rig.older.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("a stop in good time ends without a kill, and its limit is forgotten") {
  auto rig = started_rig(within(100ms), {worker("a")});
  rig.stop();
  CHECK(rig.said() == words{"ask a", "end shutdown"});
  CHECK(rig.armed.empty());
}
