// Failures that meet a supervisor at work: what OTP leaves to its mailbox.
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

} // namespace

TEST_CASE("children start in order, each after the one before is up") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b"), worker("c")}};
  rig.slow = {"b"};
  rig.begin();
  CHECK(rig.said() == words{"start a", "start b"});
  CHECK(!rig.machine.is_up());
  rig.confirm("b");
  CHECK(rig.said() == words{"start c", "up"});
  CHECK(rig.machine.is_up());
}

TEST_CASE("a child that ends before it confirms has failed to start") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.slow = {"b"};
  rig.begin();
  rig.end("b", code::normal);
  CHECK(rig.said() == words{"start a", "start b", "ask a", "end start_failed"});
}

TEST_CASE("a start that fails stops those before it in reverse, and the reason names the child") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b"), worker("c")}};
  rig.fail_start("c", 1);
  rig.begin();
  CHECK(rig.said() == words{"start a", "start b", "fail c", "ask b", "ask a", "end start_failed"});
  CHECK(rig.last_words.text.find("c failed to start") == 0);
}

TEST_CASE("what the outside world did keeps its name when a supervisor cannot start for it") {
  for (const auto why : {code::peer_unavailable, code::refused}) {
    machine_rig rig{flags(strategy::one_for_one), {worker("a")}};
    rig.fail_start("a", 1, why);
    rig.begin();
    CHECK(rig.last_words.code == why);
  }
}

TEST_CASE("an exit that comes during a group restart is a failure of its own afterwards") {
  auto rig = up(flags(strategy::one_for_all), {worker("a"), worker("b"), worker("c")});
  rig.slow = {"c"};
  rig.end("b");
  CHECK(rig.said() == words{"ask c", "ask a", "start a", "start b", "start c"});
  rig.end("a");
  CHECK(rig.said().empty());
  rig.confirm("c");
  CHECK(rig.said() == words{"ask c", "ask b", "start a", "start b", "start c"});
  CHECK(rig.events.back().restarts_in_window == 2);
}

TEST_CASE("a sibling that ended just before its group is restarted costs nothing more") {
  auto rig = up(flags(strategy::one_for_all, 1), {worker("a"), worker("b"), worker("c")});
  rig.stubborn = {"c"};
  rig.end("a");
  rig.end("b", code::crashed);
  rig.end("c", code::crashed);
  CHECK(rig.said() == words{"ask c", "start a", "start b", "start c"});
  CHECK(!rig.ended);
}

TEST_CASE("in one_for_one a child whose start takes long keeps nobody else from being restarted") {
  auto rig = up(flags(strategy::one_for_one), {worker("a"), worker("b")});
  rig.slow = {"a"};
  rig.end("a");
  rig.end("b");
  CHECK(rig.said() == words{"start a", "start b"});
  CHECK(rig.state_of("a") == child_state::starting);
  CHECK(rig.state_of("b") == child_state::running);
}

TEST_CASE("a failed restart is tried again by a message, and commands get their turn in between") {
  auto rig = up(flags(strategy::rest_for_one, 5), {worker("a"), worker("b"), worker("c")});
  rig.hold_retries = true;
  rig.fail_start("b", 2);
  rig.end("b");
  CHECK(rig.said() == words{"ask c", "fail b"});
  CHECK(rig.state_of("b") == child_state::waiting);
  CHECK(rig.state_of("c") == child_state::stopped);

  SUBCASE("management is answered as for restarting") {
    CHECK(rig.answer_to(rig.call(restart_child{"b"})) == "restarting");
    CHECK(rig.answer_to(rig.call(delete_child{"b"})) == "restarting");
    CHECK(rig.answer_to(rig.call(start_child{worker("b")})) == "already_present");
  }
  SUBCASE("the retry starts the failed one and those after it, and leaves the earlier alone") {
    rig.hold_retries = false;
    rig.settle();
    CHECK(rig.said() == words{"fail b", "start b", "start c"});
  }
  SUBCASE("terminate_child cancels the retry, and the rest of the group stays as it is") {
    CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
    rig.hold_retries = false;
    rig.settle();
    CHECK(rig.said() == words{"answer ok"});
    CHECK(rig.state_of("b") == child_state::stopped);
    CHECK(rig.state_of("c") == child_state::stopped);
    rig.failing.clear();
    CHECK(rig.answer_to(rig.call(restart_child{"b"})) == "started");
    CHECK(rig.state_of("c") == child_state::stopped);
  }
  SUBCASE("an earlier failure covers it, and the retry that comes late is dropped") {
    rig.failing.clear();
    rig.end("a");
    CHECK(rig.said() == words{"start a", "start b", "start c"});
    rig.hold_retries = false;
    rig.settle();
    CHECK(rig.said().empty());
  }
  SUBCASE("a stop ends the loop") {
    rig.stop();
    CHECK(rig.said() == words{"ask a", "end shutdown"});
  }
}

TEST_CASE("a late retry finds a child that is restarting once more, and is a retry of it") {
  auto rig = up(flags(strategy::rest_for_one, 5), {worker("a"), worker("b")});
  rig.hold_retries = true;
  rig.fail_start("b", 2);
  rig.end("b");
  const auto late = rig.ref_of("b");
  rig.end("a");
  CHECK(rig.said() == words{"fail b", "start a", "fail b"});
  rig.machine.on_retry(late, rig.now);
  rig.settle();
  CHECK(rig.said() == words{"start b"});
}

TEST_CASE("a group whose start fails stays up for now, and is stopped again for the retry") {
  auto rig = up(flags(strategy::one_for_all, 5), {worker("a"), worker("b")});
  rig.fail_start("b", 1);
  rig.end("a");
  CHECK(rig.said() == words{"ask b", "start a", "fail b", "ask a", "start a", "start b"});
}

TEST_CASE("when a sibling does not start, it is the sibling that is restarting, and the failed child is stopped") {
  auto rig = up(flags(strategy::one_for_all, 5), {worker("a"), worker("b")});
  rig.hold_retries = true;
  rig.fail_start("a", 1);
  rig.end("b");
  CHECK(rig.state_of("a") == child_state::waiting);
  CHECK(rig.state_of("b") == child_state::stopped);
  CHECK(rig.answer_to(rig.call(restart_child{"b"})) == "started");
}

TEST_CASE("each attempt counts, and giving up stops the others in reverse") {
  auto rig = up(flags(strategy::one_for_one, 2), {worker("a"), worker("b"), worker("c")});
  rig.fail_start("b", 100);
  rig.end("b");
  CHECK(rig.said() == words{"fail b", "fail b", "ask c", "ask a", "end shutdown"});
  CHECK(rig.count(transition::intensity_exceeded) == 1);
}

TEST_CASE("a notice with an old incarnation, of nobody, or twice changes nothing") {
  auto rig = up(flags(strategy::one_for_one), {worker("a")});
  const auto old = rig.ref_of("a");
  rig.end("a");
  (void)rig.said();
  rig.end(old, code::crashed);
  rig.end(child_ref{77, 1}, code::crashed);
  rig.machine.on_started(old, readiness::at_once, rig.now);
  rig.machine.on_start_failed(old, {}, rig.now);
  rig.machine.on_ignored(old, rig.now);
  rig.machine.on_ready(old, rig.now);
  rig.machine.on_retry(old, rig.now);
  rig.machine.on_timer({timer_purpose::grace, old.slot}, rig.now);
  rig.machine.on_timer({timer_purpose::stuck, old.slot}, rig.now);
  rig.machine.on_timer({timer_purpose::delay, old.slot}, rig.now);
  rig.machine.on_timer({timer_purpose::group_delay, 0}, rig.now);
  rig.settle();
  CHECK(rig.said().empty());
  CHECK(rig.state_of("a") == child_state::running);
}

TEST_CASE("a transient instance that has nothing to run on restart is forgotten") {
  auto rig = up(flags(strategy::simple_one_for_one), {worker("w", restart_type::transient)});
  (void)rig.call(start_instance{"one", {}});
  rig.ignoring = {"one"};
  rig.end("one");
  CHECK(rig.machine.count() == children_count{1, 0, 0, 0});
}

TEST_CASE("significant children that are stopped for a sibling do not end the supervisor") {
  for (const auto chosen : {strategy::one_for_all, strategy::rest_for_one})
    for (const auto mode : {auto_shutdown::any_significant, auto_shutdown::all_significant}) {
      auto given = flags(chosen);
      given.auto_shutdown = mode;
      auto child = worker("b", restart_type::transient);
      child.significant = true;
      auto rig = up(given, {worker("a"), child});
      rig.end("a");
      CHECK(!rig.ended);
      CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
      CHECK(!rig.ended);
    }
}
