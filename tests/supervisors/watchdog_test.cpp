// Children that live and get nowhere, and children that say when they are ready.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

child_spec watched(std::string id, restart_type type = restart_type::permanent) {
  auto child = worker(std::move(id), type);
  child.progress_within = 100ms;
  return child;
}

child_spec limited(std::string id) {
  auto child = worker(std::move(id));
  child.start_within = 100ms;
  return child;
}

} // namespace

TEST_CASE("a child that gets on is looked at again and again, and left alone") {
  auto rig = started_rig(flags(strategy::one_for_one), {watched("a")});
  rig.pass(1h);
  CHECK(rig.said().empty());
  CHECK(rig.armed.size() == 1);
  rig.stop();
  CHECK(rig.armed.empty());
}

TEST_CASE("a stalled child is killed and restarted for the reason stuck, which is counted") {
  auto rig = started_rig(flags(strategy::one_for_one, 1), {watched("a")});
  rig.idle = {"a"};
  rig.pass(99ms);
  CHECK(rig.told().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"kill a", "start a"});
  CHECK(rig.told() == words{"child_stalled a", "child_ended a", "child_started a", "restart_completed a"});
  CHECK(rig.events.back().reason == code::stuck);
  CHECK(rig.events.back().reason_text == "it made no progress for 100 ms");
  CHECK(rig.events.back().restarts_in_window == 1);
  rig.pass(100ms);
  CHECK(rig.ended);
  CHECK(rig.armed.empty());
}

TEST_CASE("a transient child that stalls is restarted, a temporary one forgotten") {
  for (const auto type : {restart_type::transient, restart_type::temporary}) {
    auto rig = started_rig(flags(strategy::one_for_one), {watched("a", type)});
    rig.idle = {"a"};
    rig.pass(100ms);
    CHECK(rig.state_of("a") == (type == restart_type::transient ? child_state::running : child_state::gone));
  }
}

TEST_CASE("a stalled child that a kill does not end is fenced and replaced") {
  auto rig = started_rig(flags(strategy::one_for_one), {watched("a")});
  rig.idle = rig.immortal = {"a"};
  rig.pass(100ms);
  rig.idle.clear();
  CHECK(rig.said() == words{"kill a"});
  rig.pass(4999ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"fence a", "start a"});
  CHECK(rig.state_of("a") == child_state::running);
  CHECK(rig.ref_of("a").incarnation == 2);
}

TEST_CASE("what is asked of a child that is being killed for stalling is done once it has ended") {
  auto rig = started_rig(flags(strategy::one_for_one), {watched("a")});
  rig.idle = rig.immortal = {"a"};
  rig.pass(100ms);
  const auto call = rig.call(terminate_child{"a"});
  CHECK(rig.said() == words{"kill a"}); // and is not asked
  rig.end("a", code::killed);
  CHECK(rig.answer_to(call) == "ok");
  CHECK(rig.state_of("a") == child_state::stopped);
  CHECK(rig.armed.empty());
}

TEST_CASE("a look whose answer comes when the child has ended or was replaced means nothing") {
  auto rig = started_rig(flags(strategy::one_for_one), {watched("a")});
  const auto old = rig.ref_of("a");
  rig.end("a");
  (void)rig.said();
  rig.machine.on_progress(old, false, rig.now);
  rig.settle();
  CHECK(rig.said().empty());
}

TEST_CASE("it is watched from being ready on") {
  auto rig = started_rig(flags(strategy::one_for_one), {});
  rig.announcing = rig.idle = {"a"};
  (void)rig.call(start_child{watched("a")});
  rig.pass(1h);
  CHECK(rig.count(transition::child_stalled) == 0);
  rig.confirm("a");
  rig.pass(100ms);
  CHECK(rig.count(transition::child_stalled) == 1);
}

TEST_CASE("siblings do not wait for a child that announces itself") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.announcing = {"a"};
  rig.begin();
  CHECK(rig.said() == words{"start a", "start b", "up"});
  CHECK(rig.count(transition::child_ready) == 0);
  rig.confirm("a");
  rig.confirm("a"); // twice is once
  CHECK(rig.count(transition::child_ready) == 1);
}

TEST_CASE("one that has not announced itself in time is killed, and has ended so") {
  auto rig = started_rig(flags(strategy::one_for_one, 1), {});
  rig.announcing = {"a"};
  (void)rig.call(start_child{limited("a")});
  (void)rig.said();
  rig.pass(99ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"kill a", "start a"});
  CHECK(rig.count(transition::child_start_failed) == 0);
  CHECK(rig.events.back().reason == code::start_failed);
  CHECK(rig.events.back().reason_text == "it was not up within 100 ms");
  rig.confirm("a");
  rig.pass(1h);
  CHECK(rig.said().empty());
  CHECK(rig.armed.empty());
}

TEST_CASE("one that ends before it has announced itself has ended, not failed to start") {
  auto rig = started_rig(flags(strategy::one_for_one), {});
  rig.announcing = {"a"};
  (void)rig.call(start_child{limited("a")});
  rig.end("a", code::crashed);
  CHECK(rig.count(transition::child_ended) == 1);
  CHECK(rig.armed.size() == 1); // of the new one
  rig.stop();
  CHECK(rig.armed.empty());
}

TEST_CASE("an old incarnation, or one that is being killed for being late, does not say ready for the new one") {
  auto rig = started_rig(flags(strategy::one_for_one), {});
  rig.announcing = rig.immortal = {"a"};
  (void)rig.call(start_child{limited("a")});
  const auto old = rig.ref_of("a");
  rig.pass(100ms);
  rig.machine.on_ready(old, rig.now);
  CHECK(rig.count(transition::child_ready) == 0);
  rig.pass(5s);
  CHECK(rig.ref_of("a").incarnation == 2);
  rig.machine.on_ready(old, rig.now);
  CHECK(rig.count(transition::child_ready) == 0);
}

TEST_CASE("the back-off starts over for the time a child was ready, not for the time it ran") {
  auto child = worker("a");
  child.healthy_after = 1s; // instead of the 30 s of the pacing
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 1s), {child});
  rig.announcing = {"a"};
  rig.end("a");
  rig.pass(100ms);
  rig.pass(5s);
  rig.end("a");
  CHECK(rig.events.back().delay == 200ms);
  rig.pass(200ms);
  rig.confirm("a");
  rig.pass(999ms);
  rig.end("a");
  CHECK(rig.events.back().delay == 400ms);
  rig.pass(400ms);
  rig.confirm("a");
  rig.pass(1s);
  rig.end("a");
  CHECK(rig.events.back().delay == 100ms);
}

TEST_CASE("an instance waits for its back-off alone, and failures while others wait keep their own") {
  auto rig = started_rig(paced(strategy::simple_one_for_one, 100ms, 1s), {worker("w")});
  for (const auto* id : {"x", "y"})
    (void)rig.call(start_instance{id, {}});
  (void)rig.said();
  rig.end("x");
  rig.pass(60ms);
  rig.end("y");
  rig.pass(40ms);
  CHECK(rig.said() == words{"start x"});
  rig.pass(60ms);
  CHECK(rig.said() == words{"start y"});
}

TEST_CASE("several failures while a group waits, inner before outer, all come back at the latest of them") {
  auto rig = started_rig(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b"), worker("c")});
  rig.end("c");
  rig.pass(30ms);
  rig.end("b");
  rig.pass(30ms);
  rig.end("a");
  CHECK(rig.said().empty());
  rig.pass(99ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b", "start c"});
  CHECK(rig.records == words{"c failed: crashed; restarted a, b, c; back after 160 ms, 2 more failures meanwhile"});
}
