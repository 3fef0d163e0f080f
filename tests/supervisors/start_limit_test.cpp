// A child that says itself that it is ready may be given a time for it.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

child_spec limited(std::string id) {
  auto child = worker(std::move(id));
  child.start_within = 100ms;
  return child;
}

} // namespace

TEST_CASE("a child that is up in time is left alone") {
  machine_rig rig{flags(strategy::one_for_one), {limited("a")}};
  rig.slow = {"a"};
  rig.begin();
  rig.pass(99ms);
  rig.confirm("a");
  rig.pass(1h);
  CHECK(rig.said() == words{"start a", "up"});
  CHECK(rig.armed.empty());
}

TEST_CASE("a child that is not up in time is killed, and its start has failed") {
  machine_rig rig{flags(strategy::one_for_all, 1), {worker("z"), limited("a"), worker("b")}};
  rig.begin();
  rig.slow = {"a"};
  rig.end("b");
  (void)rig.said();
  rig.pass(99ms);
  CHECK(rig.said().empty());
  rig.pass(1ms); // the second attempt, which is one too many
  CHECK(rig.said() == words{"kill a", "ask z", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("a child that not even a kill ends does not hold up the start for ever") {
  machine_rig rig{flags(strategy::one_for_one), {worker("z"), limited("a")}};
  rig.slow = rig.immortal = {"a"};
  rig.begin();
  rig.pass(5099ms);
  CHECK(rig.said() == words{"start z", "start a", "kill a"});
  const auto late = rig.ref_of("a");
  rig.machine.on_ready(late, rig.now);
  rig.pass(1ms);
  CHECK(rig.said() == words{"fence a", "ask z", "end start_failed"});
  CHECK(rig.last_words.text == "a failed to start: it was not up within 100 ms");
  CHECK(rig.armed.empty());
}

TEST_CASE("a stop while the kill is on its way waits for that kill") {
  machine_rig rig{flags(strategy::one_for_one), {limited("a")}};
  rig.slow = rig.immortal = {"a"};
  rig.begin();
  rig.pass(100ms);
  rig.stop();
  CHECK(rig.said() == words{"start a", "kill a"});
  rig.pass(5s);
  CHECK(rig.said() == words{"fence a", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("a stop before the time is over asks as usual") {
  machine_rig rig{flags(strategy::one_for_one), {limited("a")}};
  rig.slow = {"a"};
  rig.begin();
  rig.stop();
  CHECK(rig.said() == words{"start a", "ask a", "end shutdown"});
  CHECK(rig.armed.empty());
}

TEST_CASE("an event of a start says whether the child is ready, or has yet to say so") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.announcing = {"b"};
  rig.begin();
  REQUIRE(rig.events.size() == 3);
  CHECK(rig.events[0].ready);
  CHECK_FALSE(rig.events[1].ready);
  rig.confirm("b");
  CHECK(rig.events.back().what == transition::child_ready);
  CHECK(rig.events.back().ready);
}

TEST_CASE("a child that is waited for is seen to be starting") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.slow = {"a"};
  rig.begin();
  CHECK(rig.count(transition::child_starting) == 1);
  CHECK(rig.events.back().state == child_state::starting);
  rig.confirm("a");
  CHECK(rig.count(transition::child_starting) == 1);
  CHECK(rig.count(transition::child_started) == 2);
}
