// Rules of OTP's supervisor that no recorded script reaches: the order of the world while it is at work.
#include "supervisors/child_queries.hpp"
#include "tests/supervisors/machine_rig.hpp"
#include "tests/supervisors/tree_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = process::reason_code;

constexpr auto types = {restart_type::permanent, restart_type::transient, restart_type::temporary};
constexpr auto reasons = {code::normal, code::shutdown, code::crashed, code::killed};

child_state line_of(const machine_rig& rig, const std::string& id) {
  for (const auto& line : page_of(rig.machine.children(), {}).lines)
    if (line.id == id)
      return line.state;
  return child_state::gone;
}

} // namespace

TEST_CASE("whatever restart type and reason, a child that ends during the stop of a sibling is waited for by nobody") {
  for (const auto type : types)
    for (const auto why : reasons) {
      auto rig = started_rig(flags(strategy::one_for_one, 0), {worker("a", type), worker("b")});
      rig.stubborn = {"a"};
      rig.stop();
      CHECK(rig.said() == words{"ask b", "ask a"});
      rig.end("a", why);
      CHECK(rig.said() == words{"end shutdown"});
      CHECK(rig.count(transition::intensity_exceeded) == 0);
      CHECK(rig.armed.empty());
    }
}

TEST_CASE("whatever restart type and reason, an instance that ends during the stop does not upset it") {
  for (const auto type : types)
    for (const auto why : reasons) {
      auto rig = started_rig(flags(strategy::simple_one_for_one, 0), {worker("w", type)});
      for (const auto* id : {"x", "y"})
        (void)rig.call(start_instance{id, {}});
      (void)rig.said();
      rig.stubborn = {"x", "y"};
      rig.stop();
      rig.end("y", why);
      CHECK(!rig.ended);
      rig.end("x", why);
      CHECK(rig.said() == words{"ask x", "ask y", "end shutdown"});
      CHECK(rig.armed.empty());
    }
}

TEST_CASE("what is kept of a child after its end depends on restart type and reason alone, in every strategy") {
  for (const auto chosen : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one})
    for (const auto type : types)
      for (const auto why : reasons) {
        auto rig = started_rig(flags(chosen), {worker("a", type)});
        rig.end("a", why);
        const bool orderly = why == code::normal || why == code::shutdown;
        const auto wanted = type == restart_type::temporary              ? child_state::gone
                            : type == restart_type::transient && orderly ? child_state::stopped
                                                                         : child_state::running;
        CHECK(rig.state_of("a") == wanted);
      }
}

TEST_CASE("asked while it restarts a group, a supervisor tells where each child stands") {
  auto rig = started_rig(flags(strategy::one_for_all), {worker("a"), worker("b"), worker("c")});
  rig.stubborn = {"b"};
  rig.slow = {"b"};
  rig.end("a");
  CHECK(line_of(rig, "a") == child_state::waiting);
  CHECK(line_of(rig, "b") == child_state::stopping);
  CHECK(line_of(rig, "c") == child_state::stopped);
  CHECK(rig.machine.count() == children_count{3, 1, 0, 3});
  CHECK(answer_to(rig.machine.children(), find_child{"a"}).code == answer_code::restarting);
  CHECK(answer_to(rig.machine.children(), find_child{"b"}).code == answer_code::running);
  CHECK(answer_to(rig.machine.children(), find_child{"c"}).code == answer_code::ok);
  rig.end("b");
  CHECK(line_of(rig, "a") == child_state::running);
  CHECK(line_of(rig, "b") == child_state::starting);
  CHECK(answer_to(rig.machine.children(), find_child{"b"}).code == answer_code::restarting);
  CHECK(rig.machine.count() == children_count{3, 1, 0, 3});
  rig.confirm("b");
  CHECK(rig.machine.count() == children_count{3, 3, 0, 3});
}

TEST_CASE("those behind one that does not start are stopped, and do not count as restarting") {
  auto rig = started_rig(flags(strategy::one_for_all, 10), {worker("a"), worker("b"), worker("c")});
  rig.hold_retries = true;
  rig.fail_start("b", 1);
  rig.end("c"); // c itself failed first, and is behind b
  CHECK(line_of(rig, "a") == child_state::running);
  CHECK(line_of(rig, "b") == child_state::waiting);
  CHECK(line_of(rig, "c") == child_state::stopped);
  CHECK(rig.answer_to(rig.call(restart_child{"b"})) == "restarting");
  SUBCASE("the next attempt starts all") {
    rig.hold_retries = false;
    rig.settle();
    CHECK(rig.machine.count().active == 3);
  }
  SUBCASE("called off, they can be started by hand") {
    CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
    CHECK(rig.answer_to(rig.call(restart_child{"c"})) == "started");
  }
}

TEST_CASE("a temporary bystander of a group restart is not started again and is forgotten") {
  for (const auto chosen : {strategy::one_for_all, strategy::rest_for_one}) {
    auto rig = started_rig(flags(chosen), {worker("a"), worker("t", restart_type::temporary)});
    rig.end("a");
    CHECK(rig.said() == words{"ask t", "start a"});
    CHECK(rig.state_of("t") == child_state::gone);
  }
}

TEST_CASE("a transient child that was stopped by hand comes back with its group") {
  auto rig = started_rig(flags(strategy::one_for_all), {worker("a"), worker("t", restart_type::transient)});
  (void)rig.call(terminate_child{"t"});
  (void)rig.said();
  rig.end("a");
  CHECK(rig.said() == words{"start a", "start t"});
}

TEST_CASE("many restarts that are far enough apart never exceed the intensity") {
  auto rig = started_rig(flags(strategy::one_for_one, 1), {worker("a")});
  for (int i = 0; i < 1000; ++i) {
    rig.end("a");
    rig.pass(6001ms);
  }
  CHECK(!rig.ended);
}

TEST_CASE("a thousand instances are counted through their ends, and none is left of temporary ones") {
  for (const auto type : {child_type::worker, child_type::supervisor}) {
    auto one = worker("w", restart_type::temporary);
    one.type = type;
    auto rig = started_rig(flags(strategy::simple_one_for_one), {one});
    for (int i = 0; i < 1000; ++i)
      (void)rig.call(start_instance{std::to_string(i), {}});
    const bool workers = type == child_type::worker;
    CHECK(rig.machine.count() == children_count{1, 1000, workers ? 0U : 1000U, workers ? 1000U : 0U});
    for (int i = 0; i < 1000; ++i)
      rig.end(std::to_string(i), code::killed);
    CHECK(rig.machine.count() == children_count{1, 0, 0, 0});
    CHECK(rig.machine.children().size() == 0);
  }
}

TEST_CASE("active drops while instances are being restarted, recovers, and they can be terminated meanwhile") {
  auto rig = started_rig(flags(strategy::simple_one_for_one, 10), {worker("w")});
  for (const auto* id : {"x", "y"})
    (void)rig.call(start_instance{id, {}});
  rig.hold_retries = true;
  rig.fail_start("x", 1);
  rig.fail_start("y", 1);
  rig.end("x");
  rig.end("y");
  CHECK(rig.machine.count() == children_count{1, 0, 0, 2});
  CHECK(rig.answer_to(rig.call(terminate_instance{"x"})) == "ok");
  rig.hold_retries = false;
  rig.settle();
  CHECK(rig.machine.count() == children_count{1, 1, 0, 1});
}

TEST_CASE("what ends well does not end a significant supervisor above for a child that is not significant") {
  tree_world tree;
  auto x = tree.worker("x");
  x.restart = restart_type::transient;
  x.significant = true;
  auto inner = tree.plan("root/s", {x});
  inner.flags.auto_shutdown = auto_shutdown::any_significant;
  auto s = tree.supervisor("s", inner);
  s.restart = restart_type::transient;
  for (const bool significant : {true, false}) {
    s.significant = significant;
    auto plan = tree.plan("root", {s});
    plan.flags.auto_shutdown = auto_shutdown::any_significant;
    const auto root = tree.start(plan);
    tree.world.run();
    process::tell_anonymous(tree.alive["x"], code::normal);
    tree.world.run();
    CHECK(tree.world.ended(root).has_value() == significant);
    process::kill(root);
    tree.world.run();
  }
}

TEST_CASE("a crash below restarts that child alone; giving up below brings its static children back, not the others") {
  tree_world tree;
  auto inner = tree.plan("root/s", {tree.worker("x"), tree.worker("y")});
  inner.flags.intensity = 0;
  (void)tree.start(tree.plan("root", {tree.supervisor("s", inner), tree.worker("b")}));
  tree.world.run();
  const auto b = tree.alive["b"];
  tree.ask<management_report>(tree.alive["s"], start_child{tree.worker("dynamic")}, [](const management_report&) {});
  CHECK(tree.alive.contains("dynamic"));
  process::tell_anonymous(tree.alive["x"], std::string{"boom"});
  tree.world.run();
  CHECK(tree.saw("started root/s#2"));
  CHECK(tree.alive.contains("x"));
  CHECK(tree.alive.contains("y"));
  CHECK(!tree.alive.contains("dynamic"));
  CHECK(tree.alive["b"] == b);
}
