// A hot change that does not come up is undone: all is as it was.
#include "supervisors/child_queries.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

child_spec revised(std::string id, restart_type type = restart_type::permanent) {
  auto child = worker(std::move(id), type);
  child.revision = 1;
  return child;
}

std::vector<child_spec> abc() {
  return {worker("a"), worker("b"), worker("c")};
}

words order(const machine_rig& rig) {
  words out;
  for (const auto& line : page_of(rig.machine.children(), {}).lines)
    out.push_back(line.id);
  return out;
}

} // namespace

TEST_CASE("when a child does not start, what was begun is stopped and what was is started, in its old order") {
  auto rig = started_rig(flags(strategy::one_for_one, 0), abc());
  rig.fail_start("new", 1, code::refused);
  auto b = worker("b");
  b.shutdown = brutal_kill{};
  const auto call = rig.call(change_specs{flags(strategy::one_for_all, 9), {revised("c"), b, worker("new")}});
  CHECK(rig.answer_to(call) == "undone");
  CHECK(rig.reports[call].text == "new did not start: refused");
  CHECK(rig.reports[call].plan);
  CHECK(rig.said() == words{"ask c", "ask b", "ask a", "start c", "start b", "fail new", "kill b", "ask c", "start a",
                            "start b", "start c", "answer undone"});
  CHECK(rig.told().back() == "change_undone");
  CHECK(order(rig) == words{"a", "b", "c"});
  CHECK(spec_of(rig.machine.children(), {"c"}).spec->revision == 0);
  CHECK(rig.events.back().strategy == strategy::one_for_one);
  CHECK(rig.events.back().intensity == 0);
  CHECK(rig.events.back().restarts_in_window == 0);
  CHECK(rig.machine.count() == children_count{3, 3, 0, 3});
  (void)rig.said();
  rig.stop();
  CHECK(rig.said() == words{"ask c", "ask b", "ask a", "end shutdown"});
}

TEST_CASE("a child that was not wanted any more is the same child when that is undone") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  rig.end("b");
  const auto slot = rig.ref_of("b").slot;
  rig.fail_start("new", 1);
  CHECK(rig.answer_to(rig.call(change_specs{flags(strategy::one_for_one), {worker("new")}})) == "undone");
  CHECK(rig.ref_of("b").slot == slot);
  CHECK(rig.ref_of("b").incarnation == 3);
  CHECK(rig.machine.children().find("b")->restarts == 1);
  CHECK(rig.count(transition::child_deleted) == 1); // of the new one
}

TEST_CASE("a child that waits, or is stopped, does so before and after") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 1s), abc());
  (void)rig.call(terminate_child{"a"});
  rig.end("b");
  rig.pass(50ms);
  rig.fail_start("new", 1);
  CHECK(rig.answer_to(rig.call(change_specs{paced(strategy::one_for_one, 100ms, 1s), {worker("new")}})) == "undone");
  CHECK(rig.state_of("a") == child_state::stopped);
  CHECK(rig.state_of("b") == child_state::waiting);
  CHECK(rig.state_of("c") == child_state::running);
  (void)rig.said();
  rig.pass(49ms);
  CHECK(rig.said().empty());
  rig.pass(1ms);
  CHECK(rig.said() == words{"start b"});
}

TEST_CASE("one that waits and is not wanted any more is forgotten when the change holds") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 1s), abc());
  rig.end("b");
  CHECK(rig.answer_to(rig.call(change_specs{paced(strategy::one_for_one, 100ms, 1s), {worker("a")}})) == "ok");
  CHECK(order(rig) == words{"a"});
  CHECK(rig.armed.empty());
}

TEST_CASE("an old one that does not come up again either is restarted like any other, and the rest comes up") {
  auto rig = started_rig(flags(strategy::one_for_one, 5), abc());
  rig.fail_start("b", 2);
  const auto call = rig.call(change_specs{flags(strategy::one_for_one, 5), {revised("a"), revised("b"), revised("c")}});
  CHECK(rig.answer_to(call) == "undone");
  CHECK(rig.said() == words{"ask c", "ask b", "ask a", "start a", "fail b", "ask a", "start a", "fail b", "start c",
                            "answer undone", "start b"});
  CHECK(rig.events.back().restarts_in_window == 1);
}

TEST_CASE("several of a group that do not come up again are tried one after the other") {
  auto rig = started_rig(paced(strategy::one_for_all, 100ms, 1s), abc());
  rig.fail_start("a", 2);
  rig.fail_start("c", 1);
  rig.stubborn = {"b"};
  const auto call =
      rig.call(change_specs{paced(strategy::one_for_all, 100ms, 1s), {revised("a"), worker("b"), worker("c")}});
  rig.end("b");
  CHECK(rig.answer_to(call) == "undone");
  rig.end("b", code::shutdown); // it is stopped once, for the first of them
  rig.stubborn.clear();
  rig.pass(10s);
  for (const auto* id : {"a", "b", "c"})
    CHECK(rig.state_of(id) == child_state::running);
  rig.stop();
  CHECK(rig.armed.empty());
}

TEST_CASE("a temporary one that does not come up again is forgotten") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a"), worker("t", restart_type::temporary)});
  rig.fail_start("t", 2);
  const auto call =
      rig.call(change_specs{flags(strategy::one_for_one), {worker("a"), revised("t", restart_type::temporary)}});
  CHECK(rig.answer_to(call) == "undone");
  CHECK(order(rig) == words{"a"});
}

TEST_CASE("one that finds nothing to run during the undoing does not upset it") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("t", restart_type::temporary), worker("b")});
  rig.ignoring = {"t"};
  rig.fail_start("b", 2);
  const auto call =
      rig.call(change_specs{flags(strategy::one_for_one), {revised("t", restart_type::temporary), revised("b")}});
  CHECK(rig.answer_to(call) == "undone");
  CHECK(rig.state_of("b") == child_state::running);
}

TEST_CASE(
    "a make-before-break child goes on with the old one when its new one fails, and is started when another's does") {
  auto a = worker("a");
  a.planned = replacement::make_before_break;
  auto rig = started_rig(flags(strategy::one_for_one), {a, worker("b")});
  rig.renewing = {"a"};
  auto next = a;
  next.revision = 1;
  SUBCASE("its own") {
    rig.fail_start("a", 1);
    CHECK(rig.answer_to(rig.call(change_specs{flags(strategy::one_for_one), {next, worker("b")}})) == "undone");
    CHECK(rig.said() == words{"fail a", "answer undone"});
    CHECK(rig.ref_of("a").incarnation == 1);
  }
  SUBCASE("another's, after it was renewed") {
    rig.fail_start("b", 1);
    CHECK(rig.answer_to(rig.call(change_specs{flags(strategy::one_for_one), {next, revised("b")}})) == "undone");
    CHECK(rig.said() == words{"ask b", "start a", "ask a", "fail b", "ask a", "start a", "start b", "answer undone"});
  }
  CHECK(spec_of(rig.machine.children(), {"a"}).spec->revision == 0);
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
}

TEST_CASE("a stop while a change is undone ends all") {
  auto rig = started_rig(flags(strategy::one_for_one), abc());
  rig.fail_start("b", 1);
  rig.slow = {"b"};
  const auto call = rig.call(change_specs{flags(strategy::one_for_one), {revised("a"), revised("b")}});
  CHECK(rig.answer_to(call) == "(none)");
  rig.stop();
  CHECK(rig.answer_to(call) == "stopping");
  CHECK(rig.ended);
  CHECK(rig.alive.empty());
  CHECK(rig.armed.empty());
}
