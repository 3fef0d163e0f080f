// Hot change of flags and specs: what the plan says, and that it is done so.
#include "supervisors/child_queries.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

child_spec revised(std::string id, std::uint64_t revision = 1) {
  auto child = worker(std::move(id));
  child.revision = revision;
  return child;
}

std::vector<child_spec> abc() {
  return {worker("a"), worker("b"), worker("c")};
}

words order(const machine_rig& rig) {
  words out;
  for (const auto& line : page_of(rig.machine.children(), {}).lines)
    out.push_back(line.id);
  return out;
}

std::string change(machine_rig& rig, supervisor_flags given, std::vector<child_spec> children) {
  return rig.answer_to(rig.call(change_specs{std::move(given), std::move(children)}));
}

} // namespace

TEST_CASE("the plan has a line for each thing that changes, and shows itself without doing anything") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  auto given = flags(strategy::one_for_one, 7);
  auto b = worker("b");
  b.shutdown = brutal_kill{};
  const auto call = rig.call(change_specs{given, {worker("new"), b, revised("a", 4)}, true});
  REQUIRE(rig.reports[call].plan);
  CHECK(to_text(*rig.reports[call].plan) ==
        "supervisor: intensity 3 -> 7\nsupervisor: start order\nstop c: it is not wanted any more\n"
        "change_in_place b: shutdown\nstart new: it is new\nrestart a: revision 0 -> 4\n");
  CHECK(rig.said() == words{"answer ok"});
  CHECK(rig.told().empty());
  CHECK(order(rig) == words{"a", "b", "c"});
}

TEST_CASE("stops come first, last first; then starts in the new order; what is kept is not touched") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a"), worker("b"), worker("c"), worker("d")});
  CHECK(change(rig, flags(strategy::one_for_one), {worker("new"), revised("c"), worker("b"), revised("a")}) == "ok");
  CHECK(rig.said() == words{"ask d", "ask c", "ask a", "start new", "start c", "start a", "answer ok"});
  CHECK(order(rig) == words{"new", "c", "b", "a"});
  CHECK(rig.ref_of("b").incarnation == 1);
  CHECK(rig.ref_of("a").incarnation == 2);
  CHECK(rig.told().back() == "change_applied");
  CHECK(rig.machine.count() == children_count{4, 4, 0, 4});
  (void)rig.said();
  rig.stop();
  CHECK(rig.said() == words{"ask a", "ask b", "ask c", "ask new", "end shutdown"});
}

TEST_CASE("nothing to change is answered at once, and a faulty plan is refused before anything") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  CHECK(change(rig, flags(strategy::one_for_one), abc()) == "ok");
  CHECK(change(rig, flags(strategy::one_for_one), {worker("a"), worker("a")}) == "invalid_spec");
  CHECK(change(rig, flags(strategy::simple_one_for_one), {worker("w")}) == "invalid_spec");
  auto renewing = worker("a");
  renewing.planned = replacement::make_before_break;
  CHECK(change(rig, flags(strategy::one_for_all), {renewing}) == "invalid_spec");
  CHECK(rig.told().empty());
}

TEST_CASE("those that share the fate of a restarted one are restarted with it") {
  SUBCASE("rest_for_one") {
    auto rig = started_rig(flags(strategy::rest_for_one), abc());
    CHECK(change(rig, flags(strategy::rest_for_one), {worker("a"), revised("b"), worker("c")}) == "ok");
    CHECK(rig.said() == words{"ask c", "ask b", "start b", "start c", "answer ok"});
  }
  SUBCASE("one_for_all") {
    auto rig = started_rig(flags(strategy::one_for_all), abc());
    CHECK(change(rig, flags(strategy::one_for_all), {worker("a"), worker("b"), revised("c")}) == "ok");
    CHECK(rig.said() == words{"ask c", "ask b", "ask a", "start a", "start b", "start c", "answer ok"});
  }
}

TEST_CASE("a make-before-break child is renewed, and is a child like any other afterwards") {
  auto a = worker("a");
  a.planned = replacement::make_before_break;
  auto rig = started_rig(flags(strategy::one_for_one), {a, worker("b")});
  rig.renewing = {"a"};
  a.revision = 1;
  CHECK(change(rig, flags(strategy::one_for_one), {a, worker("b")}) == "ok");
  CHECK(rig.said() == words{"start a", "ask a", "answer ok"});
  rig.end("a");
  CHECK(rig.said() == words{"start a"});
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
}

TEST_CASE("policies changed in place count from then on, and nothing is restarted") {
  auto rig = started_rig(flags(strategy::one_for_one, 0), {worker("a")});
  auto a = worker("a", restart_type::temporary);
  a.shutdown = brutal_kill{};
  a.type = child_type::supervisor;
  CHECK(change(rig, flags(strategy::one_for_one, 1), {a}) == "ok");
  CHECK(rig.told() == words{"child_changed a", "change_applied"});
  CHECK(rig.machine.count() == children_count{1, 1, 1, 0});
  SUBCASE("how it is stopped") {
    (void)rig.said();
    rig.stop();
    CHECK(rig.said() == words{"kill a", "end shutdown"});
  }
  SUBCASE("when it is restarted") {
    rig.end("a");
    CHECK(rig.state_of("a") == child_state::gone);
  }
  SUBCASE("how often") {
    CHECK(change(rig, flags(strategy::one_for_one, 1), {worker("a")}) == "ok");
    rig.end("a");
    CHECK(!rig.ended);
    rig.end("a");
    CHECK(rig.ended);
  }
}

TEST_CASE("the watchdog is armed and disarmed in place") {
  auto a = worker("a");
  a.progress_within = 100ms;
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  rig.idle = {"a"};
  CHECK(change(rig, flags(strategy::one_for_one), {a}) == "ok");
  SUBCASE("armed") {
    rig.pass(100ms);
    CHECK(rig.count(transition::child_stalled) == 1);
  }
  SUBCASE("disarmed") {
    CHECK(change(rig, flags(strategy::one_for_one), {worker("a")}) == "ok");
    rig.pass(1h);
    CHECK(rig.count(transition::child_stalled) == 0);
    CHECK(rig.armed.empty());
  }
}

TEST_CASE("a change leaves a child that has not announced itself its time, unless that is what changes") {
  auto a = worker("a");
  a.start_within = 100ms;
  auto rig = started_rig(flags(strategy::one_for_one), {});
  rig.announcing = {"a"};
  (void)rig.call(start_child{a});
  rig.pass(60ms);
  (void)rig.said();
  auto left = 40ms;
  SUBCASE("another policy") {
    a.shutdown = brutal_kill{};
  }
  SUBCASE("this one") {
    a.start_within = 300ms;
    left = 300ms;
  }
  CHECK(change(rig, flags(strategy::one_for_one), {a}) == "ok");
  rig.pass(left - 1ms);
  CHECK(rig.said() == words{"answer ok"});
  rig.pass(1ms);
  CHECK(rig.said() == words{"kill a", "start a"});
}

TEST_CASE("a half-open circuit goes on counting, by the new time") {
  auto given = flags(strategy::one_for_one, 0);
  given.on_exhausted = exhausted::open_circuit;
  given.circuit = {{100ms, 100ms, 0}, 500ms};
  auto rig = started_rig(given, {worker("a")});
  rig.end("a");
  rig.pass(400ms); // 300 ms of them half-open
  given.circuit.healthy_after = 400ms;
  auto a = worker("a");
  a.shutdown = brutal_kill{};
  CHECK(change(rig, given, {a}) == "ok");
  rig.pass(99ms);
  CHECK(rig.count(transition::circuit_closed) == 0);
  rig.pass(1ms);
  CHECK(rig.count(transition::circuit_closed) == 1);
}

TEST_CASE("another back-off starts over for those that have failed") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 1s), {worker("a")});
  rig.end("a");
  rig.pass(100ms);
  CHECK(change(rig, paced(strategy::one_for_one, 7ms, 1s), {worker("a")}) == "ok");
  rig.end("a");
  CHECK(rig.events.back().delay == 7ms);
}

TEST_CASE("auto_shutdown and significant are judged by what they are when a child ends") {
  const auto modes = {auto_shutdown::never, auto_shutdown::any_significant, auto_shutdown::all_significant};
  for (const auto before : modes)
    for (const auto after : modes) {
      const auto with = [](auto_shutdown mode) {
        auto given = flags(strategy::one_for_one);
        given.auto_shutdown = mode;
        return given;
      };
      const auto children = [](auto_shutdown mode) {
        std::vector<child_spec> out{worker("a", restart_type::transient), worker("b", restart_type::transient)};
        for (auto& each : out)
          each.significant = mode != auto_shutdown::never;
        return out;
      };
      auto rig = started_rig(with(before), children(before));
      CHECK(change(rig, with(after), children(after)) == "ok");
      rig.end("a", code::normal);
      CHECK(rig.ended == (after == auto_shutdown::any_significant));
      if (!rig.ended)
        rig.end("b", code::normal);
      CHECK(rig.ended == (after != auto_shutdown::never));
    }
}

TEST_CASE("a child that waits goes on waiting, also when group and single waits change places") {
  for (const auto& [from, to] : {std::pair{strategy::one_for_one, strategy::one_for_all},
                                 std::pair{strategy::one_for_all, strategy::one_for_one}}) {
    auto rig = started_rig(paced(from, 100ms, 1s), {worker("a"), worker("b")});
    rig.end("a");
    CHECK(change(rig, paced(to, 100ms, 1s), {worker("a"), worker("b")}) == "ok");
    CHECK(rig.state_of("a") == child_state::waiting);
    rig.pass(100ms);
    CHECK(rig.state_of("a") == child_state::running);
    CHECK(rig.state_of("b") == child_state::running);
    CHECK(rig.armed.empty());
  }
}

TEST_CASE("what is left of a group while one of it is tried again comes up when there is no group any more") {
  auto rig = started_rig(flags(strategy::rest_for_one), abc());
  rig.hold_retries = true;
  rig.fail_start("b", 1);
  rig.end("b");
  CHECK(rig.state_of("c") == child_state::stopped);
  CHECK(change(rig, flags(strategy::one_for_one), abc()) == "ok");
  rig.hold_retries = false;
  rig.settle();
  rig.pass(0ms);
  CHECK(rig.state_of("b") == child_state::running);
  CHECK(rig.state_of("c") == child_state::running);
}

TEST_CASE("failures, waits that run out and commands that come during a change have their turn after it") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 1s), abc());
  rig.end("c");
  rig.stubborn = {"a"};
  const auto call =
      rig.call(change_specs{paced(strategy::one_for_one, 100ms, 1s), {revised("a"), worker("b"), worker("c")}});
  (void)rig.said();
  rig.end("b");
  const auto behind = rig.call(terminate_child{"a"});
  rig.pass(1s);
  CHECK(rig.said().empty());
  rig.end("a", code::shutdown);
  CHECK(rig.said() == words{"start a", "answer ok", "ask a", "start c"});
  CHECK(rig.answer_to(call) == "ok");
  CHECK(rig.answer_to(behind) == "(none)");
  CHECK(rig.state_of("b") == child_state::waiting);
}

TEST_CASE("no command overtakes a change that waits for work under way") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  rig.stubborn = {"a"};
  (void)rig.call(terminate_child{"a"});
  const auto change = rig.call(change_specs{flags(strategy::one_for_one, 9), abc()});
  const auto behind = rig.call(terminate_child{"b"});
  CHECK(rig.answer_to(behind) == "(none)");
  rig.end("a", code::shutdown);
  CHECK(rig.answer_to(change) == "ok");
  CHECK(rig.answer_to(behind) == "ok");
}

TEST_CASE("a stop during a change ends all, and says so to who asked") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  SUBCASE("while it stops") {
    rig.stubborn = {"a"};
  }
  SUBCASE("while it starts") {
    rig.slow = {"a"};
  }
  const auto call = rig.call(change_specs{flags(strategy::one_for_one), {revised("a"), worker("new")}});
  rig.stop();
  rig.pass(5s);
  CHECK(rig.answer_to(call) == "stopping");
  CHECK(rig.ended);
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("a new template counts for each instance from its next end on; its own factory stays its own") {
  auto rig = started_rig(flags(strategy::simple_one_for_one), {worker("w")});
  (void)rig.call(start_instance{"x", {}});
  auto other = worker("v", restart_type::temporary);
  const auto call = rig.call(change_specs{flags(strategy::simple_one_for_one), {other}});
  CHECK(to_text(*rig.reports[call].plan) == "change_in_place w: restart\n");
  CHECK(rig.ref_of("x").incarnation == 1);
  rig.end("x");
  CHECK(rig.state_of("x") == child_state::gone);
  CHECK(change(rig, flags(strategy::simple_one_for_one), abc()) == "invalid_spec");
}
