// Circuits: a child that used up its budget waits, and is tried again once.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

supervisor_flags breaking(strategy chosen = strategy::one_for_one, std::int64_t jitter = 0) {
  auto out = flags(chosen, 5);
  out.budgets = {
      {.reasons = {code::peer_unavailable}, .intensity = 0, .period = 10ms, .on_exhausted = exhausted::open_circuit}};
  out.circuit = {{1000ms, 3000ms, jitter}, 500ms};
  return out;
}

/// A supervisor whose child `id` has just opened its circuit.
machine_rig opened(strategy chosen, const std::string& id = "a") {
  auto rig = started_rig(breaking(chosen), {worker("a"), worker("b"), worker("c")});
  rig.end(id, code::peer_unavailable);
  return rig;
}

} // namespace

TEST_CASE("a circuit opens, lets one attempt through after its wait, and closes when that was healthy") {
  auto rig = opened(strategy::one_for_one);
  CHECK(rig.told() == words{"child_ended a", "budget_exhausted a", "circuit_opened a"});
  CHECK(rig.events.back().delay == 1000ms);
  CHECK(rig.events.back().circuit == circuit_state::open);
  rig.pass(999ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a"});
  CHECK(rig.told() == words{"circuit_half_open a", "child_started a", "restart_completed a"});
  rig.pass(499ms);
  CHECK(rig.told().empty());
  rig.pass(1ms);
  CHECK(rig.told() == words{"circuit_closed a"});
  CHECK(rig.armed.empty());
}

TEST_CASE("an attempt that fails opens it for twice as long, up to the cap; being healthy starts that over") {
  auto rig = opened(strategy::one_for_one);
  auto last = 1000ms;
  for (const auto wait : {2000ms, 3000ms, 3000ms}) {
    rig.pass(std::exchange(last, wait));
    REQUIRE(rig.state_of("a") == child_state::running);
    rig.end("a", code::peer_unavailable);
    CHECK(rig.events.back().what == transition::circuit_opened);
    CHECK(rig.events.back().delay == wait);
  }
  CHECK(rig.count(transition::budget_exhausted) == 1);
  rig.pass(3500ms);
  rig.end("a", code::peer_unavailable);
  CHECK(rig.events.back().delay == 1000ms);
}

TEST_CASE("an attempt whose start fails is a failed attempt") {
  auto rig = opened(strategy::one_for_one);
  rig.fail_start("a", 1, code::peer_unavailable);
  rig.pass(1000ms);
  CHECK(rig.events.back().what == transition::circuit_opened);
  CHECK(rig.events.back().delay == 2000ms);
}

TEST_CASE("the wait is spread by the seed") {
  const auto wait = [](std::uint64_t seed) {
    auto rig = started_rig(breaking(strategy::one_for_one, 50), {worker("a")}, seed);
    rig.end("a", code::peer_unavailable);
    return rig.events.back().delay;
  };
  CHECK(wait(1) == wait(1));
  CHECK(wait(1) != wait(2));
  CHECK(wait(1) >= 500ms);
}

TEST_CASE("a failure of another class is judged by its own budget, also while half-open") {
  auto rig = opened(strategy::one_for_one);
  rig.pass(1000ms);
  (void)rig.said();
  rig.end("a", code::crashed);
  CHECK(rig.said() == words{"start a"});
  CHECK(rig.machine.children().find("a")->circuit == circuit_state::half_open);
  rig.pass(499ms);
  CHECK(rig.count(transition::circuit_closed) == 0);
  rig.pass(1ms);
  CHECK(rig.count(transition::circuit_closed) == 1);
}

TEST_CASE("it is healthy from being ready on, for as long as its own spec says") {
  auto child = worker("a");
  child.healthy_after = 200ms;
  auto rig = started_rig(breaking(), {child});
  rig.announcing = {"a"};
  rig.end("a", code::peer_unavailable);
  rig.pass(10s);
  CHECK(rig.count(transition::circuit_closed) == 0);
  rig.confirm("a");
  rig.pass(199ms);
  CHECK(rig.count(transition::circuit_closed) == 0);
  rig.pass(1ms);
  CHECK(rig.count(transition::circuit_closed) == 1);
}

TEST_CASE("a group waits with the one whose circuit is open") {
  auto rig = opened(strategy::one_for_all, "b");
  CHECK(rig.said() == words{"ask c", "ask a"});
  rig.pass(999ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b", "start c"});
}

TEST_CASE("an earlier sibling that fails joins the wait, and does not cut it short") {
  auto rig = opened(strategy::rest_for_one, "b");
  (void)rig.said();
  rig.pass(600ms);
  rig.end("a", code::crashed);
  CHECK(rig.said().empty());
  rig.pass(399ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b", "start c"});
}

TEST_CASE("a later child that was started by hand meanwhile waits with the group when it fails") {
  auto rig = opened(strategy::rest_for_one, "b");
  (void)rig.call(terminate_child{"c"});
  (void)rig.call(restart_child{"c"});
  (void)rig.said();
  rig.end("c", code::crashed);
  CHECK(rig.said().empty());
  rig.pass(1000ms);
  CHECK(rig.said() == words{"start b", "start c"});
}

TEST_CASE("management is answered as for restarting while it is open, and by hand it is tried at once") {
  for (const auto chosen : {strategy::one_for_one, strategy::one_for_all}) {
    auto rig = opened(chosen);
    CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "restarting");
    CHECK(rig.answer_to(rig.call(delete_child{"a"})) == "restarting");
    (void)rig.told();
    SUBCASE("replaced") {
      CHECK(rig.answer_to(rig.call(replace_child{"a", {}})) == "started");
    }
    SUBCASE("stopped, and started") {
      CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
      rig.pass(10s);
      CHECK(rig.state_of("a") == child_state::stopped);
      CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "started");
    }
    CHECK(rig.count(transition::circuit_half_open) == 1);
    rig.pass(500ms);
    CHECK(rig.count(transition::circuit_closed) == 1);
  }
}

TEST_CASE("a stop while a circuit is open, or half-open, leaves no timer") {
  for (const auto span : {0ms, 1000ms}) {
    auto rig = opened(strategy::one_for_one);
    rig.pass(span);
    rig.stop();
    CHECK(rig.ended);
    CHECK(rig.armed.empty());
    CHECK(rig.alive.empty());
  }
}

TEST_CASE("an instance has a circuit of its own") {
  auto rig = started_rig(breaking(strategy::simple_one_for_one), {worker("w")});
  (void)rig.call(start_instance{"x", {}});
  (void)rig.call(start_instance{"y", {}});
  (void)rig.said();
  rig.end("x", code::peer_unavailable);
  CHECK(rig.state_of("y") == child_state::running);
  rig.pass(1000ms);
  CHECK(rig.said() == words{"start x"});
}

TEST_CASE("closing it forgets what its child had used of its own budget") {
  auto given = breaking();
  given.budgets[0].intensity = 1;
  given.budgets[0].period = 1h;
  given.budgets[0].scope = budget_scope::child;
  auto rig = started_rig(given, {worker("a")});
  rig.end("a", code::peer_unavailable);
  rig.end("a", code::peer_unavailable);
  rig.pass(1500ms);
  CHECK(rig.count(transition::circuit_closed) == 1);
  rig.end("a", code::peer_unavailable);
  CHECK(rig.state_of("a") == child_state::running);
}
