// What goes beyond OTP: waiting between restarts, and reasons that are not counted.
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

TEST_CASE("with pacing a child waits for its back-off, which doubles up to the cap") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 250ms), {worker("a"), worker("b")});
  for (const auto wait : {100ms, 200ms, 250ms, 250ms}) {
    rig.end("a");
    CHECK(rig.state_of("a") == child_state::waiting);
    CHECK(rig.events.back().what == transition::restart_scheduled);
    CHECK(rig.events.back().delay == wait);
    rig.pass(wait - 1ms);
    CHECK(rig.said().empty());
    rig.pass(1ms);
    CHECK(rig.said() == words{"start a"});
  }
}

TEST_CASE("a start alone does not reset the back-off; having been healthy for long enough does") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 10s), {worker("a")});
  rig.end("a");
  rig.pass(100ms);
  rig.pass(29'999ms);
  rig.end("a");
  CHECK(rig.events.back().delay == 200ms);
  rig.pass(200ms);
  rig.pass(30'000ms);
  rig.end("a");
  CHECK(rig.events.back().delay == 100ms);
}

TEST_CASE("a start that fails goes on with the back-off, and a long wait is no health") {
  auto rig = up(paced(strategy::one_for_one, 20s, 100s), {worker("a")});
  rig.fail_start("a", 2);
  rig.end("a");
  rig.pass(20s);
  CHECK(rig.events.back().delay == 40s);
  rig.pass(40s);
  CHECK(rig.events.back().delay == 80s);
  rig.pass(80s);
  CHECK(rig.said() == words{"fail a", "fail a", "start a"});
}

TEST_CASE("a group is stopped at once, waits together and starts in order") {
  auto rig = up(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b"), worker("c")});
  rig.end("b");
  CHECK(rig.said() == words{"ask c"});
  CHECK(rig.state_of("a") == child_state::running);
  CHECK(rig.state_of("c") == child_state::waiting);
  rig.pass(100ms);
  CHECK(rig.said() == words{"start b", "start c"});
}

TEST_CASE("a failure while siblings wait joins the waiting group and never brings it forward") {
  auto rig = up(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b"), worker("c")});
  rig.end("c");
  rig.pass(100ms);
  rig.end("c");
  CHECK(rig.events.back().delay == 200ms);
  (void)rig.said();
  rig.pass(50ms);
  rig.end("a"); // its own wait of 100 ms would end before c's
  CHECK(rig.said() == words{"ask b"});
  rig.pass(149ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b", "start c"});
}

TEST_CASE("with a later joiner the whole group waits for the joiner") {
  auto rig = up(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b")});
  rig.end("b");
  rig.pass(60ms);
  rig.end("a");
  (void)rig.said();
  rig.pass(99ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b"});
}

TEST_CASE("a group start that fails puts the whole group back into waiting") {
  auto rig = up(paced(strategy::one_for_all, 100ms, 1s), {worker("a"), worker("b"), worker("c")});
  rig.fail_start("b", 1);
  rig.end("a");
  (void)rig.said();
  rig.pass(100ms);
  CHECK(rig.said() == words{"start a", "fail b", "ask a"});
  CHECK(rig.state_of("a") == child_state::waiting);
  CHECK(rig.state_of("c") == child_state::waiting);
  rig.pass(100ms);
  CHECK(rig.said() == words{"start a", "start b", "start c"});
}

TEST_CASE("during the wait management is answered as for restarting") {
  for (const auto chosen : {strategy::one_for_one, strategy::one_for_all}) {
    auto rig = up(paced(chosen, 100ms, 1s), {worker("a"), worker("b")});
    rig.end("a");
    CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "restarting");
    CHECK(rig.answer_to(rig.call(delete_child{"a"})) == "restarting");
    CHECK(rig.answer_to(rig.call(start_child{worker("a")})) == "already_present");
    CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
    CHECK(rig.state_of("a") == child_state::stopped);
    (void)rig.said();
    rig.pass(10s);
    CHECK(rig.state_of("a") == child_state::stopped);
    CHECK(rig.state_of("b") == child_state::running);
  }
}

TEST_CASE("a stop during the wait is obeyed, and nothing is started after it") {
  for (const auto chosen : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one}) {
    auto rig = up(paced(chosen, 100ms, 1s), {worker("a"), worker("b")});
    rig.end("a");
    (void)rig.said();
    rig.stop();
    CHECK(rig.ended);
    CHECK(rig.alive.empty());
    CHECK(rig.armed.empty());
    (void)rig.said();
    rig.pass(10s);
    CHECK(rig.said().empty());
  }
}

TEST_CASE("while a later sibling takes its time to stop, a wait that runs out starts nothing") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 1s), {worker("a"), worker("b")});
  rig.stubborn = {"b"};
  rig.end("a");
  rig.stop();
  CHECK(rig.said() == words{"ask b"});
  rig.pass(1s);
  CHECK(rig.said().empty());
  rig.end("b", code::normal);
  CHECK(rig.said() == words{"end shutdown"});
}

TEST_CASE("paced restarts count like others, and giving up cancels the waits") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 100ms, 2), {worker("a"), worker("b")});
  rig.end("b");
  rig.end("a");
  rig.pass(50ms);
  CHECK(!rig.ended);
  rig.pass(50ms);
  rig.end("a");
  CHECK(rig.ended);
  CHECK(rig.armed.empty());
  CHECK(rig.alive.empty());
}

TEST_CASE("an unreachable peer never exhausts the budget, a crash of ours does") {
  auto given = paced(strategy::one_for_all, 10ms, 10ms, 1);
  given.budgets = {{.reasons = {code::peer_unavailable}}};
  auto rig = up(given, {worker("a"), worker("b")});
  for (int i = 0; i < 1000; ++i) {
    rig.end("a", code::peer_unavailable);
    rig.pass(10ms);
  }
  rig.fail_start("a", 100, code::peer_unavailable);
  rig.end("a", code::peer_unavailable);
  rig.pass(2s);
  CHECK(!rig.ended);
  CHECK(rig.state_of("b") == child_state::running);
  rig.end("a", code::crashed);
  rig.pass(10ms);
  rig.end("a", code::crashed);
  CHECK(rig.ended);
}

TEST_CASE("jitter comes from the seed: the same seed waits the same, another one differs") {
  const auto delays = [](std::uint64_t seed) {
    auto given = paced(strategy::one_for_one, 1000ms, 60s);
    given.pacing->backoff.jitter_percent = 50;
    machine_rig rig{given, {worker("a")}, seed};
    rig.begin();
    std::vector<std::chrono::milliseconds> out;
    for (int i = 0; i < 5; ++i) {
      rig.end("a");
      out.push_back(rig.events.back().delay);
      rig.pass(60s);
      CHECK(out.back() >= 500ms);
    }
    return out;
  };
  CHECK(delays(1) == delays(1));
  CHECK(delays(1) != delays(2));
}

TEST_CASE("what was started by hand while its group waited is restarted with the group") {
  for (const bool is_new : {true, false}) {
    auto rig = up(paced(strategy::rest_for_one, 1s, 10s), {worker("z"), worker("a"), worker("b")});
    rig.end("a");
    CHECK(rig.answer_to(is_new ? rig.call(start_child{worker("c")}) : rig.call(replace_child{"b", {}})) == "started");
    (void)rig.said();
    rig.pass(1s);
    CHECK(rig.said() ==
          (is_new ? words{"ask c", "start a", "start b", "start c"} : words{"ask b", "start a", "start b"}));
    CHECK(rig.state_of("z") == child_state::running);
  }
}

TEST_CASE("a group of which all were started by hand while it waited is left alone") {
  auto rig = up(paced(strategy::rest_for_one, 1s, 10s), {worker("a"), worker("b")});
  rig.end("a");
  (void)rig.call(replace_child{"a", {}});
  (void)rig.said();
  rig.pass(2s);
  CHECK(rig.said().empty());
}

namespace {

end_reason asking(std::chrono::milliseconds wait) {
  return make_end_reason(code::peer_unavailable, "HTTP 429", wait);
}

} // namespace

TEST_CASE("a child that asks to be left alone is not started before, and its back-off is added") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 10s), {worker("a")});
  rig.end("a", asking(10s));
  CHECK(rig.events.back().delay == 10'100ms);
  rig.pass(10'099ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a"});
}

TEST_CASE("what a child asked for once does not hold for its next end") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 10s), {worker("a")});
  rig.end("a", asking(10s));
  rig.pass(10'100ms);
  rig.end("a");
  CHECK(rig.events.back().delay == 200ms);
}

TEST_CASE("no child can ask for more than ten minutes, nor for less than nothing") {
  auto rig = up(paced(strategy::one_for_one, 100ms, 10s), {worker("a")});
  rig.end("a", asking(48h));
  CHECK(rig.events.back().delay == 600'100ms);
  rig.pass(600'100ms);
  rig.end("a", asking(-5s));
  CHECK(rig.events.back().delay == 200ms);
}

TEST_CASE("a whole group waits for the one of it that asked") {
  auto rig = up(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b")});
  rig.end("a", asking(5s));
  (void)rig.said();
  rig.pass(5'099ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start a", "start b"});
}

TEST_CASE("an open circuit, too, waits as long as was asked for") {
  auto flags = paced(strategy::one_for_one, 100ms, 1s);
  flags.budgets = {{.reasons = {code::peer_unavailable}, .intensity = 0, .on_exhausted = exhausted::open_circuit}};
  flags.circuit.open = {1s, 10s, 0};
  auto rig = up(flags, {worker("a")});
  rig.end("a", asking(60s));
  CHECK(rig.events.back().what == transition::circuit_opened);
  CHECK(rig.events.back().delay == 61s);
}

TEST_CASE("without pacing a restart is at once, whatever was asked for") {
  auto rig = up({}, {worker("a")});
  rig.end("a", asking(10s));
  CHECK(rig.said() == words{"start a"});
}
