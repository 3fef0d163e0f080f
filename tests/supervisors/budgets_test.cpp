// Restart budgets by class of reason, and what follows when one is used up.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

supervisor_flags budgeted(restart_budget budget, strategy chosen = strategy::one_for_one) {
  auto out = flags(chosen, 1);
  out.budgets = {std::move(budget)};
  out.circuit = {{1000ms, 4000ms, 0}, 500ms};
  return out;
}

restart_budget unreachable(exhausted then, budget_scope scope = budget_scope::supervisor) {
  return {.reasons = {code::peer_unavailable}, .intensity = 2, .period = 60s, .on_exhausted = then, .scope = scope};
}

void end(machine_rig& rig, const std::string& id, int times, code why = code::peer_unavailable) {
  for (int i = 0; i < times; ++i)
    rig.end(id, why);
}

} // namespace

TEST_CASE("a budget counts its own reasons, the intensity of the supervisor all others") {
  auto rig = started_rig(budgeted(unreachable(exhausted::escalate)), {worker("a")});
  end(rig, "a", 2);
  CHECK(rig.events.back().restarts_in_window == 0);
  rig.end("a", code::crashed);
  CHECK(!rig.ended);
  SUBCASE("one more of the class") {
    rig.end("a", code::peer_unavailable);
    CHECK(rig.last_words.text == "more than 2 restarts in 60000 ms; the last of a: peer_unavailable");
  }
  SUBCASE("one more of the others") {
    rig.end("a", code::stuck);
    CHECK(rig.last_words.text == "more than 1 restarts in 5000 ms; the last of a: stuck");
  }
  CHECK(rig.ended);
}

TEST_CASE("stop_child leaves the child stopped with its spec, and its siblings alone") {
  for (const auto chosen : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one}) {
    auto rig = started_rig(budgeted(unreachable(exhausted::stop_child), chosen), {worker("a"), worker("b")});
    end(rig, "a", 2);
    (void)rig.said();
    (void)rig.told();
    rig.end("a", code::peer_unavailable);
    CHECK(rig.said().empty());
    CHECK(rig.told() == words{"child_ended a", "budget_exhausted a"});
    CHECK(rig.state_of("a") == child_state::stopped);
    CHECK(rig.state_of("b") == child_state::running);
    CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "started");
    rig.pass(61s);
    rig.end("a", code::peer_unavailable); // its budget has room again
    CHECK(rig.state_of("a") == child_state::running);
  }
}

TEST_CASE("stop_child forgets an instance") {
  auto rig = started_rig(budgeted(unreachable(exhausted::stop_child), strategy::simple_one_for_one), {worker("w")});
  (void)rig.call(start_instance{"x", {}});
  end(rig, "x", 3);
  CHECK(rig.machine.count() == children_count{1, 0, 0, 0});
}

TEST_CASE("siblings that wait for one that is given up are started without it") {
  auto given = budgeted(unreachable(exhausted::stop_child), strategy::rest_for_one);
  given.budgets[0].intensity = 0;
  auto rig = started_rig(given, {worker("a"), worker("b"), worker("c")});
  SUBCASE("it failed first itself") {
    rig.fail_start("b", 1, code::peer_unavailable);
    rig.end("b", code::crashed);
    CHECK(rig.said() == words{"ask c", "fail b", "start c"});
  }
  SUBCASE("it was restarted for a sibling") {
    rig.fail_start("b", 1, code::peer_unavailable);
    rig.end("a", code::crashed);
    CHECK(rig.said() == words{"ask c", "ask b", "start a", "fail b", "start c"});
  }
  CHECK(rig.state_of("b") == child_state::stopped);
  CHECK(rig.state_of("c") == child_state::running);
}

TEST_CASE("the own intensity can stop a child, too") {
  auto given = flags(strategy::one_for_one, 0);
  given.on_exhausted = exhausted::stop_child;
  auto rig = started_rig(given, {worker("a"), worker("b")});
  rig.end("a");
  CHECK(rig.state_of("a") == child_state::stopped);
  CHECK(!rig.ended);
}

TEST_CASE("a budget of scope child counts each child alone, one of scope supervisor all together") {
  for (const auto scope : {budget_scope::child, budget_scope::supervisor}) {
    auto rig = started_rig(budgeted(unreachable(exhausted::stop_child, scope)), {worker("a"), worker("b")});
    end(rig, "a", 2);
    rig.end("b", code::peer_unavailable);
    const bool alone = scope == budget_scope::child;
    CHECK(rig.state_of("b") == (alone ? child_state::running : child_state::stopped));
  }
}

TEST_CASE("what was counted stays with its reasons when the budgets change") {
  auto given = budgeted(unreachable(exhausted::stop_child, budget_scope::child));
  given.budgets.insert(given.budgets.begin(), {.reasons = {code::stuck},
                                               .intensity = 2,
                                               .period = 60s,
                                               .on_exhausted = exhausted::stop_child,
                                               .scope = budget_scope::child});
  auto rig = started_rig(given, {worker("a")});
  SUBCASE("those of the one that is gone do not count for the other") {
    end(rig, "a", 2, code::stuck);
    given.budgets.erase(given.budgets.begin());
    CHECK(rig.answer_to(rig.call(change_specs{given, {worker("a")}})) == "ok");
    end(rig, "a", 2);
    CHECK(rig.state_of("a") == child_state::running);
  }
  SUBCASE("its own do") {
    end(rig, "a", 2);
    given.budgets.erase(given.budgets.begin());
    (void)rig.call(change_specs{given, {worker("a")}});
  }
  rig.end("a", code::peer_unavailable);
  CHECK(rig.state_of("a") == child_state::stopped);
}
