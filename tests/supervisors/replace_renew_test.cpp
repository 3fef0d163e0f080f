// Planned replacement, make before break: the new incarnation is there before the old one goes.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

constexpr auto renewed = replacement::make_before_break;

child_spec timed(std::string id) {
  auto child = worker(std::move(id));
  child.start_within = 100ms;
  child.shutdown = grace{1s};
  return child;
}

/// One child that may be renewed, among others.
machine_rig renewing(supervisor_flags given = flags(strategy::one_for_one)) {
  auto rig = started_rig(std::move(given), {worker("z"), timed("a"), worker("b")});
  rig.renewing = {"a"};
  return rig;
}

call_id renew(machine_rig& rig, const std::string& id = "a") {
  return rig.call(replace_child{id, renewed});
}

} // namespace

TEST_CASE("the old one is asked to stop when the new one is ready, and the answer comes when it has ended") {
  auto rig = renewing();
  rig.slow = {"a"};
  const auto call = renew(rig);
  CHECK(rig.said() == words{"start a"});
  CHECK(rig.told().empty());
  CHECK(rig.state_of("a") == child_state::running);
  CHECK(rig.ref_of("a").incarnation == 1);
  rig.stubborn = {"a"};
  rig.confirm("a");
  CHECK(rig.said() == words{"ask a"});
  CHECK(rig.told() == words{"child_started a", "child_stopping a"});
  CHECK(rig.ref_of("a").incarnation == 2);
  CHECK(rig.answer_to(call) == "(none)");
  rig.end(rig.older.begin()->second, code::shutdown);
  CHECK(rig.told() == words{"child_stopped a"});
  CHECK(rig.events.back().incarnation == 1);
  CHECK(rig.answer_to(call) == "started");
  CHECK(rig.reports[call].who.incarnation == 2);
  CHECK(rig.machine.count() == children_count{3, 3, 0, 3});
  CHECK(rig.machine.children().find("a")->restarts == 0);
  CHECK(rig.armed.empty());
}

TEST_CASE("a renewal costs nothing of the intensity and waits for no back-off") {
  auto rig = renewing(paced(strategy::one_for_one, 10s, 10s, 0));
  for (int i = 0; i < 10; ++i)
    CHECK(rig.answer_to(renew(rig)) == "started");
  CHECK(rig.ref_of("a").incarnation == 11);
  CHECK(rig.events.back().restarts_in_window == 0);
  rig.renewing = {"a", "z"};
  CHECK(rig.answer_to(renew(rig, "z")) == "started");
}

TEST_CASE("a child that was renewed is watched and restarted like any other") {
  auto rig = renewing();
  (void)renew(rig);
  (void)rig.said();
  rig.end("a");
  CHECK(rig.said() == words{"start a"});
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
}

TEST_CASE("an old one that outlives its grace is killed, and one that outlives that is fenced") {
  auto rig = renewing();
  rig.stubborn = {"a"};
  const auto call = renew(rig);
  rig.pass(999ms);
  CHECK(rig.said() == words{"start a", "ask a"});
  SUBCASE("killed") {
    rig.pass(1ms);
    CHECK(rig.said() == words{"kill a", "answer started"});
  }
  SUBCASE("fenced") {
    rig.immortal = {"a"};
    rig.pass(5000ms);
    CHECK(rig.said() == words{"kill a"});
    CHECK(rig.answer_to(call) == "(none)");
    rig.pass(1ms);
    CHECK(rig.said() == words{"fence a", "answer started"});
    CHECK(rig.count(transition::child_fenced) == 1);
  }
  CHECK(rig.answer_to(call) == "started");
  CHECK(rig.ref_of("a").incarnation == 2);
  CHECK(rig.armed.empty());
}

TEST_CASE("an old one of brutal_kill is killed without being asked") {
  auto child = worker("a");
  child.shutdown = brutal_kill{};
  auto rig = started_rig(flags(strategy::one_for_one), {child});
  rig.renewing = {"a"};
  (void)renew(rig);
  CHECK(rig.said() == words{"start a", "kill a", "answer started"});
  CHECK(rig.armed.empty());
}

TEST_CASE("when the new one does not come up the old one goes on as if nothing had been") {
  auto rig = renewing();
  call_id call = 0;
  SUBCASE("its start fails") {
    rig.fail_start("a", 1);
    call = renew(rig);
  }
  SUBCASE("it finds nothing to run") {
    rig.ignoring = {"a"};
    call = renew(rig);
  }
  SUBCASE("it ends before it is ready") {
    rig.slow = {"a"};
    call = renew(rig);
    rig.end("a", code::normal);
  }
  SUBCASE("it is not ready in time: it is killed") {
    rig.slow = {"a"};
    call = renew(rig);
    rig.pass(99ms);
    CHECK(rig.answer_to(call) == "(none)");
    rig.pass(1ms);
    CHECK(rig.said() == words{"start a", "kill a", "answer start_failed"});
    CHECK(rig.reports[call].text == "it was not up within 100 ms");
  }
  SUBCASE("one that announces itself is waited for in the same way") {
    rig.announcing = {"a"};
    call = renew(rig);
    rig.pass(100ms);
    CHECK(rig.said() == words{"start a", "kill a", "answer start_failed"});
  }
  CHECK(rig.answer_to(call) == "start_failed");
  CHECK(rig.count(transition::child_start_failed) == 1);
  CHECK(rig.ref_of("a").incarnation == 1);
  CHECK(rig.state_of("a") == child_state::running);
  CHECK(rig.older.size() + rig.alive.size() == 3);
  CHECK(rig.armed.empty());
  rig.slow.clear();
  rig.announcing.clear();
  rig.ignoring.clear();
  rig.pass(10s);
  (void)rig.said();
  // The number is not given out again: what still comes from the failed one is nobody's.
  CHECK(rig.answer_to(renew(rig)) == "started");
  CHECK(rig.ref_of("a").incarnation == 3);
}

TEST_CASE("a new one that a kill does not end is fenced, and its late word that it is ready counts for nothing") {
  auto rig = renewing();
  rig.slow = rig.immortal = {"a"};
  const auto call = renew(rig);
  rig.pass(100ms);
  CHECK(rig.said() == words{"start a", "kill a"});
  rig.confirm("a");
  CHECK(rig.said().empty());
  CHECK(rig.ref_of("a").incarnation == 1);
  rig.pass(5s);
  CHECK(rig.said() == words{"fence a", "answer start_failed"});
  CHECK(rig.answer_to(call) == "start_failed");
  CHECK(rig.armed.empty());
}

TEST_CASE("an old one that ends while the new one comes up is taken over from, not restarted") {
  auto rig = renewing(flags(strategy::one_for_one, 0));
  rig.slow = {"a"};
  const auto call = renew(rig);
  (void)rig.said();
  rig.end(rig.older.begin()->second, code::crashed);
  CHECK(rig.said().empty());
  SUBCASE("the new one is ready") {
    rig.confirm("a");
    CHECK(rig.told() == words{"child_started a", "child_ended a"});
    CHECK(rig.answer_to(call) == "started");
    CHECK(rig.ref_of("a").incarnation == 2);
    CHECK(!rig.ended);
    CHECK(rig.machine.count() == children_count{3, 3, 0, 3});
    rig.renewing.clear();
    CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
  }
  SUBCASE("the new one fails, too: it is a failure like any other") {
    rig.end("a", code::crashed);
    CHECK(rig.answer_to(call) == "start_failed");
    CHECK(rig.count(transition::intensity_exceeded) == 1);
  }
}

TEST_CASE("an old one that was never ready and ends leaves the new one its time to be ready") {
  auto rig = started_rig(flags(strategy::one_for_one), {});
  rig.announcing = {"a"};
  (void)rig.call(start_child{timed("a")});
  rig.renewing = {"a"};
  (void)renew(rig);
  (void)rig.said();
  SUBCASE("the old one ends") {
    rig.end(rig.older.begin()->second, code::crashed);
    rig.pass(99ms);
    CHECK(rig.said().empty());
    rig.pass(1ms);
    CHECK(rig.said() == words{"kill a", "answer start_failed", "start a"});
  }
  SUBCASE("the new one ends, and the old one has the rest of its own time") {
    rig.pass(50ms);
    rig.end("a", code::crashed);
    (void)rig.said();
    rig.pass(50ms);
    CHECK(rig.said() == words{"kill a", "start a"});
  }
}

TEST_CASE("a new one that crashes right after it took over is restarted, once the old one is gone") {
  auto rig = renewing();
  rig.stubborn = {"a"};
  const auto call = renew(rig);
  (void)rig.said();
  rig.end("a", code::crashed);
  CHECK(rig.said().empty());
  rig.pass(1s);
  CHECK(rig.said() == words{"kill a", "answer started", "start a"});
  CHECK(rig.answer_to(call) == "started");
  CHECK(rig.ref_of("a").incarnation == 3);
}

TEST_CASE("what is asked of a child that is being renewed waits for that") {
  auto rig = renewing();
  rig.slow = {"a"};
  const auto first = renew(rig);
  const auto again = renew(rig);
  const auto stop = rig.call(terminate_child{"a"});
  CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
  rig.confirm("a");
  CHECK(rig.answer_to(first) == "started");
  CHECK(rig.answer_to(again) == "(none)");
  rig.confirm("a");
  CHECK(rig.answer_to(again) == "started");
  CHECK(rig.reports[again].who.incarnation == 3);
  CHECK(rig.answer_to(stop) == "ok");
  CHECK(rig.alive.size() == 1);
  CHECK(rig.armed.empty());
}

TEST_CASE("a stop ends both incarnations") {
  auto rig = renewing();
  SUBCASE("while the new one comes up") {
    rig.slow = {"a"};
  }
  SUBCASE("while the old one takes its time to stop") {
    rig.stubborn = {"a"};
  }
  const auto call = renew(rig);
  rig.stop();
  CHECK(rig.answer_to(call) == "stopping");
  rig.pass(1s);
  rig.pass(1s);
  CHECK(rig.ended);
  CHECK(rig.alive.empty());
  CHECK(rig.older.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("a stalled old one that is being killed is not asked again") {
  auto child = timed("a");
  child.progress_within = 1s;
  auto rig = started_rig(flags(strategy::one_for_one), {child});
  rig.renewing = rig.idle = rig.immortal = {"a"};
  rig.pass(1s);
  CHECK(rig.said() == words{"kill a"});
  const auto call = renew(rig);
  CHECK(rig.said() == words{"start a"});
  rig.idle.clear();
  rig.pass(5s);
  CHECK(rig.said() == words{"fence a", "answer started"});
  CHECK(rig.answer_to(call) == "started");
  CHECK(rig.ref_of("a").incarnation == 2);
}

TEST_CASE("under the group strategies make before break is refused, and nothing is done") {
  for (const auto chosen : {strategy::one_for_all, strategy::rest_for_one}) {
    auto rig = started_rig(flags(chosen), {worker("a")});
    const auto call = renew(rig);
    CHECK(rig.answer_to(call) == "wrong_strategy");
    CHECK(!rig.reports[call].text.empty());
    CHECK(rig.said() == words{"answer wrong_strategy"});
  }
}

TEST_CASE("the spec says how a child is replaced when the command does not") {
  auto child = worker("a");
  child.planned = renewed;
  auto rig = started_rig(flags(strategy::one_for_one), {child});
  rig.renewing = {"a"};
  (void)rig.call(replace_child{"a", {}});
  CHECK(rig.said() == words{"start a", "ask a", "answer started"});
  (void)rig.call(replace_child{"a", replacement::stop_first});
  CHECK(rig.said() == words{"ask a", "start a", "answer started"});
}

TEST_CASE("an instance is renewed in place, temporary or not") {
  for (const auto type : {restart_type::permanent, restart_type::temporary}) {
    auto rig = started_rig(flags(strategy::simple_one_for_one), {worker("w", type)});
    (void)rig.call(start_instance{"x", {}});
    rig.renewing = {"x"};
    CHECK(rig.answer_to(renew(rig, "x")) == "started");
    CHECK(rig.said() == words{"start x", "answer started", "start x", "ask x", "answer started"});
    CHECK(rig.machine.count() == children_count{1, 1, 0, 1});
  }
}
