#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

machine_rig up(supervisor_flags given, std::vector<child_spec> children) {
  machine_rig rig{std::move(given), std::move(children)};
  rig.begin();
  (void)rig.said();
  return rig;
}

child_spec with(shutdown_mode mode, std::string id = "a") {
  auto child = worker(std::move(id));
  child.shutdown = mode;
  return child;
}

} // namespace

TEST_CASE("a supervisor stops its children one after the other, last first") {
  auto rig = up(flags(strategy::one_for_one), {worker("a"), worker("b"), worker("c")});
  rig.stubborn = {"b"};
  rig.stop();
  CHECK(rig.said() == words{"ask c", "ask b"});
  rig.end("b", code::normal);
  CHECK(rig.said() == words{"ask a", "end shutdown"});
}

TEST_CASE("a child that outlives its grace is killed") {
  auto rig = up(flags(strategy::one_for_one), {with(grace{70ms})});
  rig.stubborn = {"a"};
  rig.stop();
  rig.pass(69ms);
  CHECK(rig.said() == words{"ask a"});
  rig.pass(1ms);
  CHECK(rig.said() == words{"kill a", "end shutdown"});
  CHECK(rig.count(transition::child_killed) == 1);
}

TEST_CASE("the default grace is 5 s for a worker and none for a supervisor") {
  for (const auto type : {child_type::worker, child_type::supervisor}) {
    auto child = worker("a");
    child.type = type;
    auto rig = up(flags(strategy::one_for_one), {child});
    rig.stubborn = {"a"};
    rig.stop();
    rig.pass(4999ms);
    CHECK(!rig.ended);
    rig.pass(24h);
    CHECK(rig.ended == (type == child_type::worker));
  }
}

TEST_CASE("brutal_kill does not ask") {
  auto rig = up(flags(strategy::one_for_one), {with(brutal_kill{})});
  rig.stop();
  CHECK(rig.said() == words{"kill a", "end shutdown"});
  CHECK(rig.count(transition::child_killed) == 0);
}

TEST_CASE("a child that a kill does not end is stuck: reported, given up, replaced by another incarnation") {
  auto given = flags(strategy::one_for_all);
  given.stuck_after = 2s;
  auto rig = up(given, {worker("a"), with(grace{1s}, "b")});
  rig.stubborn = rig.immortal = {"b"};
  const auto old = rig.ref_of("b");
  rig.end("a");
  rig.pass(2999ms);
  CHECK(rig.said() == words{"ask b", "kill b"});
  rig.pass(1ms);
  CHECK(rig.said() == words{"fence b", "start a", "start b"});
  CHECK(rig.count(transition::child_fenced) == 1);
  bool reported = false;
  for (const auto& event : rig.events)
    reported = reported || (event.what == transition::child_stopped && event.reason == code::stuck);
  CHECK(reported);
  // When it ends at last, nobody takes it for the one that runs.
  rig.machine.on_ended(old, make_end_reason(code::killed), rig.now);
  rig.settle();
  CHECK(rig.state_of("b") == child_state::running);
  CHECK(rig.said().empty());
}

TEST_CASE("a stop waits its turn, as in OTP: a group restart and a terminate_child under way are finished first") {
  auto rig = up(flags(strategy::one_for_all), {worker("a"), worker("b")});
  SUBCASE("a group restart") {
    rig.stubborn = {"b"};
    rig.end("a");
    (void)rig.said();
    rig.stop();
    CHECK(rig.said().empty());
    rig.stubborn.clear();
    rig.end("b", code::shutdown);
    CHECK(rig.said() == words{"start a", "start b", "ask b", "ask a", "end shutdown"});
  }
  SUBCASE("the caller of a terminate_child has its answer, one that comes after the stop hears of it") {
    rig.stubborn = {"a"};
    const auto call = rig.call(terminate_child{"a"});
    const auto next = rig.call(terminate_child{"b"});
    rig.stop();
    const auto late = rig.call(terminate_child{"b"});
    CHECK(rig.answer_to(call) == "(none)");
    rig.pass(5s);
    CHECK(rig.answer_to(call) == "ok");
    CHECK(rig.answer_to(next) == "ok");
    CHECK(rig.answer_to(late) == "stopping");
    CHECK(rig.ended);
    CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "stopping");
  }
  SUBCASE("a failure that comes after the stop restarts nothing") {
    rig.stubborn = {"a"};
    (void)rig.call(terminate_child{"a"});
    rig.stop();
    rig.end("b");
    (void)rig.said();
    rig.end("a", code::shutdown);
    CHECK(rig.said() == words{"answer ok", "end shutdown"});
  }
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("in one_for_one, too, nothing that comes after a stop goes past it") {
  auto rig = up(flags(strategy::one_for_one), {worker("a"), worker("b")});
  rig.stubborn = {"a"};
  (void)rig.call(terminate_child{"a"});
  rig.stop();
  const auto late = rig.call(terminate_child{"b"});
  rig.end("b");
  (void)rig.said();
  rig.end("a", code::shutdown);
  CHECK(rig.said() == words{"answer ok", "answer stopping", "end shutdown"});
  CHECK(rig.answer_to(late) == "stopping");
}

TEST_CASE("a stop waits no longer than start_patience for children that have yet to confirm their restart") {
  auto rig = up(flags(strategy::one_for_all), {worker("a"), worker("b")});
  rig.slow = {"a", "b"};
  rig.end("b");
  rig.pass(3s);
  rig.stop();
  (void)rig.said();
  rig.pass(supervision_machine::start_patience - 1ms);
  CHECK(rig.said().empty());
  SUBCASE("they are asked to end when it is over") {
    rig.pass(1ms);
    CHECK(rig.said() == words{"ask a", "end shutdown"});
  }
  SUBCASE("another start does not begin it anew") {
    rig.confirm("a");
    rig.pass(1ms);
    CHECK(rig.said() == words{"start b", "ask b", "ask a", "end shutdown"});
  }
  SUBCASE("all confirmed before: the stop comes after the restart") {
    rig.confirm("a");
    rig.confirm("b");
    CHECK(rig.said() == words{"start b", "ask b", "ask a", "end shutdown"});
  }
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("the patience for a start that begins after the stop came is counted from that start") {
  auto rig = up(flags(strategy::one_for_all), {worker("a"), worker("b")});
  rig.slow = {"a"};
  rig.stubborn = {"a"};
  rig.end("b");
  rig.stop();
  rig.pass(3s);
  rig.stubborn.clear();
  rig.end("a", code::shutdown);
  (void)rig.said();
  rig.pass(supervision_machine::start_patience - 1ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"ask a", "end shutdown"});
}

TEST_CASE("children that end by themselves during the stop do not upset it") {
  for (const auto type : {restart_type::permanent, restart_type::transient, restart_type::temporary})
    for (const auto why : {code::normal, code::shutdown, code::crashed, code::killed}) {
      auto rig = up(flags(strategy::one_for_one, 0), {worker("a", type), worker("b", type), worker("c")});
      rig.stubborn = {"c"};
      rig.stop();
      rig.end("a", why);
      rig.end("b", why);
      rig.end("c", why);
      CHECK(rig.said() == words{"ask c", "end shutdown"});
    }
}

TEST_CASE("the first reason to stop counts, and a second stop changes nothing") {
  auto rig = up(flags(strategy::one_for_one), {worker("a")});
  rig.stubborn = {"a"};
  rig.machine.on_stop(make_end_reason(code::refused, "first"), rig.now);
  rig.stop();
  rig.pass(5s);
  CHECK(rig.last_words == make_end_reason(code::refused, "first"));
}

TEST_CASE("a stop while the first child starts stops that child and nothing else is started") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.slow = {"a"};
  rig.begin();
  rig.stop();
  CHECK(rig.said() == words{"start a", "ask a", "end shutdown"});
}

TEST_CASE("a start whose outcome comes after the stop is stopped at once") {
  supervision_machine machine{flags(strategy::one_for_one), {worker("a")}, 1};
  machine.begin({});
  const auto start = std::get<start_process>(machine.next_action());
  machine.on_stop(make_end_reason(code::shutdown), {});
  machine.on_started(start.who, readiness::at_once, {});
  bool asked = false;
  while (machine.has_action())
    asked = std::holds_alternative<ask_process>(machine.next_action()) || asked;
  CHECK(asked);
  CHECK(!machine.has_ended());
  machine.on_ended(start.who, {}, {});
  CHECK(machine.has_ended());
}

TEST_CASE("instances are stopped all at once under one timer") {
  auto given = flags(strategy::simple_one_for_one);
  auto rig = up(given, {with(grace{100ms}, "w")});
  for (const auto* id : {"x", "y", "z"})
    (void)rig.call(start_instance{id, {}});
  (void)rig.said();
  rig.stubborn = {"x", "z"};
  rig.stop();
  CHECK(rig.said() == words{"ask x", "ask y", "ask z"});
  CHECK(rig.armed.size() == 1);
  rig.pass(100ms);
  CHECK(rig.said() == words{"kill x", "kill z", "end shutdown"});
}

TEST_CASE("instances are asked, and killed, in the order in which they were last started") {
  auto rig = up(flags(strategy::simple_one_for_one), {with(grace{100ms}, "w")});
  for (const auto* id : {"x", "y", "z"})
    (void)rig.call(start_instance{id, {}});
  rig.end("x");
  (void)rig.said();
  rig.stubborn = {"x", "z"};
  rig.stop();
  CHECK(rig.said() == words{"ask y", "ask z", "ask x"});
  rig.pass(100ms);
  CHECK(rig.said() == words{"kill z", "kill x", "end shutdown"});
}

TEST_CASE("instances that nothing ends are given up together") {
  auto rig = up(flags(strategy::simple_one_for_one), {with(brutal_kill{}, "w")});
  (void)rig.call(start_instance{"x", {}});
  (void)rig.call(start_instance{"y", {}});
  rig.immortal = {"x", "y"};
  rig.stop();
  CHECK(!rig.ended);
  rig.pass(5s);
  CHECK(rig.ended);
}
