// Planned replacement, stop first: what a restart does, without having failed.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

std::vector<child_spec> three(restart_type middle = restart_type::permanent) {
  return {worker("a"), worker("b", middle), worker("c")};
}

call_id replace(machine_rig& rig, const std::string& id = "b") {
  return rig.call(replace_child{id, replacement::stop_first});
}

} // namespace

TEST_CASE("a replaced child takes along those that share its fate by the strategy") {
  SUBCASE("one_for_one") {
    auto rig = started_rig(flags(strategy::one_for_one, 0), three());
    (void)replace(rig);
    CHECK(rig.said() == words{"ask b", "start b", "answer started"});
  }
  SUBCASE("one_for_all") {
    auto rig = started_rig(flags(strategy::one_for_all, 0), three());
    (void)replace(rig);
    CHECK(rig.said() == words{"ask c", "ask b", "ask a", "start a", "start b", "start c", "answer started"});
  }
  SUBCASE("rest_for_one") {
    auto rig = started_rig(flags(strategy::rest_for_one, 0), three());
    (void)replace(rig);
    CHECK(rig.said() == words{"ask c", "ask b", "start b", "start c", "answer started"});
  }
}

TEST_CASE("a temporary child is replaced, and its temporary siblings are forgotten as by any group restart") {
  auto rig = started_rig(flags(strategy::one_for_all, 0),
                         {worker("a", restart_type::temporary), worker("b", restart_type::temporary)});
  CHECK(rig.answer_to(replace(rig)) == "started");
  CHECK(rig.said() == words{"ask b", "ask a", "start b", "answer started"});
  CHECK(rig.machine.count() == children_count{1, 1, 0, 1});
}

TEST_CASE("a temporary child whose new start fails is forgotten, and its siblings go on without it") {
  SUBCASE("alone") {
    auto rig = started_rig(flags(strategy::one_for_one), three(restart_type::temporary));
    rig.fail_start("b", 1);
    CHECK(rig.answer_to(replace(rig)) == "start_failed");
    CHECK(rig.state_of("b") == child_state::gone);
    CHECK(rig.machine.count() == children_count{2, 2, 0, 2});
  }
  SUBCASE("in a group") {
    auto rig = started_rig(flags(strategy::one_for_all), three(restart_type::temporary));
    rig.fail_start("b", 1);
    CHECK(rig.answer_to(replace(rig)) == "start_failed");
    CHECK(rig.said() == words{"ask c", "ask b", "ask a", "start a", "fail b", "answer start_failed", "start c"});
    CHECK(rig.machine.count() == children_count{2, 2, 0, 2});
  }
  SUBCASE("an instance") {
    auto rig = started_rig(flags(strategy::simple_one_for_one), {worker("w", restart_type::temporary)});
    (void)rig.call(start_instance{"x", {}});
    rig.fail_start("x", 1);
    CHECK(rig.answer_to(replace(rig, "x")) == "start_failed");
    CHECK(rig.machine.count() == children_count{1, 0, 0, 0});
  }
}

TEST_CASE("any other child whose new start fails is tried again, and each of those tries counts") {
  auto rig = started_rig(flags(strategy::rest_for_one, 2), three());
  rig.fail_start("b", 2);
  CHECK(rig.answer_to(replace(rig)) == "start_failed");
  CHECK(rig.said() == words{"ask c", "ask b", "fail b", "answer start_failed", "fail b", "start b", "start c"});
  CHECK(rig.events.back().restarts_in_window == 2);
}

TEST_CASE("a child that is stopped is started, alone, and stays stopped when that fails") {
  auto rig = started_rig(flags(strategy::one_for_all), three());
  (void)rig.call(terminate_child{"b"});
  (void)rig.said();
  rig.fail_start("b", 1);
  CHECK(rig.answer_to(replace(rig)) == "start_failed");
  CHECK(rig.state_of("b") == child_state::stopped);
  CHECK(rig.answer_to(replace(rig)) == "started");
  CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
  CHECK(rig.answer_to(rig.call(replace_child{"b", replacement::stop_first})) == "started");
  CHECK(rig.said() == words{"fail b", "answer start_failed", "start b", "answer started", "ask b", "answer ok",
                            "start b", "answer started"});
}

TEST_CASE("a child that waits for its restart is started now, and its wait is over") {
  for (const auto chosen : {strategy::one_for_one, strategy::rest_for_one}) {
    auto rig = started_rig(paced(chosen, 10s, 10s), three());
    rig.end("b");
    (void)rig.said();
    CHECK(rig.answer_to(replace(rig)) == "started");
    CHECK(rig.state_of("c") == child_state::running);
    CHECK(rig.records.size() == 1);
    (void)rig.said();
    rig.pass(1min);
    CHECK(rig.said().empty());
  }
}

TEST_CASE("after a wait that was cut short, or called off, by hand the next one is as long as its own back-off says") {
  auto given = paced(strategy::one_for_all, 1s, 1s);
  given.budgets = {{.reasons = {code::refused}, .intensity = 0, .on_exhausted = exhausted::open_circuit}};
  given.circuit.open = {60s, 60s, 0};
  auto rig = started_rig(given, {worker("a"), worker("b")});
  rig.end("a", code::refused);
  SUBCASE("cut short") {
    (void)replace(rig, "a");
  }
  SUBCASE("called off") {
    for (const auto* id : {"a", "b"}) {
      (void)rig.call(terminate_child{id});
      (void)rig.call(restart_child{id});
    }
  }
  rig.pass(4s);
  (void)rig.said();
  rig.end("b", code::crashed);
  rig.pass(999ms);
  CHECK(rig.said() == words{"ask a"});
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b"});
}

TEST_CASE("a sibling that finds nothing to run does not answer for the replaced one") {
  auto rig = started_rig(flags(strategy::one_for_all), three());
  rig.ignoring = {"a"};
  rig.slow = {"c"};
  const auto call = replace(rig);
  CHECK(rig.answer_to(call) == "(none)");
  rig.confirm("c");
  CHECK(rig.answer_to(call) == "started");
}

TEST_CASE("one that finds nothing to run itself is answered so, once its group is up") {
  for (const auto type : {restart_type::permanent, restart_type::temporary}) {
    auto rig = started_rig(flags(strategy::one_for_all), three(type));
    rig.ignoring = {"b"};
    rig.slow = {"c"};
    const auto call = replace(rig);
    CHECK(rig.answer_to(call) == "(none)");
    rig.confirm("c");
    CHECK(rig.answer_to(call) == "ignored");
    CHECK(rig.state_of("b") == (type == restart_type::temporary ? child_state::gone : child_state::stopped));
  }
}

TEST_CASE("a child that has ended, and was not looked at yet, is replaced once") {
  auto rig = started_rig(flags(strategy::one_for_all, 0), three());
  rig.stubborn = {"c"};
  (void)rig.call(terminate_child{"c"});
  const auto call = replace(rig);
  rig.end("b", code::crashed);
  (void)rig.said();
  rig.end("c", code::shutdown);
  CHECK(rig.answer_to(call) == "started");
  CHECK(rig.said() == words{"answer ok", "ask a", "start a", "start b", "start c", "answer started"});
  CHECK(!rig.ended);
}

TEST_CASE("a replaced child that takes its time to stop is killed, then fenced, and replaced all the same") {
  auto rig = started_rig(flags(strategy::one_for_one), three());
  rig.stubborn = rig.immortal = {"b"};
  const auto call = replace(rig);
  rig.pass(10s);
  CHECK(rig.said() == words{"ask b", "kill b", "fence b", "start b", "answer started"});
  CHECK(rig.answer_to(call) == "started");
}

TEST_CASE("a stop while a child is being replaced ends all, and says so to who asked") {
  auto rig = started_rig(flags(strategy::one_for_all), three());
  SUBCASE("while the old one stops") {
    rig.stubborn = {"b"};
  }
  SUBCASE("while the new one starts") {
    rig.slow = {"b"};
  }
  const auto call = replace(rig);
  const auto behind = replace(rig, "a");
  rig.stop();
  rig.pass(5s);
  CHECK(rig.answer_to(call) == "stopping");
  CHECK(rig.answer_to(behind) == "stopping");
  CHECK(rig.ended);
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("a way of replacing that there is not is refused") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  CHECK(rig.answer_to(rig.call(replace_child{"a", static_cast<replacement>(9)})) == "invalid_spec");
  CHECK(rig.ref_of("a").incarnation == 1);
}
