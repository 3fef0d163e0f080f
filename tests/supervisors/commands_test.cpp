#include "supervisors/child_queries.hpp"
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

TEST_CASE("management calls have OTP's answers in each state of a child") {
  auto rig = up(flags(strategy::one_for_one), {worker("a")});
  CHECK(rig.answer_to(rig.call(start_child{worker("a")})) == "already_started");
  CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "running");
  CHECK(rig.answer_to(rig.call(delete_child{"a"})) == "running");
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
  CHECK(rig.answer_to(rig.call(start_child{worker("a")})) == "already_present");
  CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "started");
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "ok");
  CHECK(rig.answer_to(rig.call(delete_child{"a"})) == "ok");
  CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "not_found");
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "not_found");
  CHECK(rig.answer_to(rig.call(delete_child{"a"})) == "not_found");
  CHECK(rig.count(transition::child_deleted) == 1);
}

TEST_CASE("start_child refuses a faulty spec by name and keeps nothing of a start that fails") {
  auto rig = up(flags(strategy::one_for_one), {});
  auto bad = worker("b");
  bad.start = nullptr;
  CHECK(rig.answer_to(rig.call(start_child{bad})) == "invalid_spec");
  rig.fail_start("b", 1);
  CHECK(rig.answer_to(rig.call(start_child{worker("b")})) == "start_failed");
  CHECK(rig.machine.count() == children_count{});
}

TEST_CASE("restart_child whose start fails keeps the spec") {
  auto rig = up(flags(strategy::one_for_one), {worker("a")});
  (void)rig.call(terminate_child{"a"});
  rig.fail_start("a", 1);
  CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "start_failed");
  CHECK(rig.state_of("a") == child_state::stopped);
  CHECK(rig.answer_to(rig.call(restart_child{"a"})) == "started");
}

TEST_CASE("a command for a child at work waits for it, and one for another child does not") {
  auto rig = up(flags(strategy::one_for_one), {worker("a"), worker("b")});
  rig.stubborn = {"a"};
  const auto first = rig.call(terminate_child{"a"});
  const auto second = rig.call(restart_child{"a"});
  CHECK(rig.answer_to(rig.call(terminate_child{"b"})) == "ok");
  CHECK(rig.answer_to(first) == "(none)");
  CHECK(rig.answer_to(second) == "(none)");
  rig.pass(5s);
  CHECK(rig.answer_to(first) == "ok");
  CHECK(rig.answer_to(second) == "started");
}

TEST_CASE("commands wait until the first start of all children is done") {
  machine_rig rig{flags(strategy::one_for_one), {worker("a"), worker("b")}};
  rig.slow = {"b"};
  rig.begin();
  const auto call = rig.call(terminate_child{"a"});
  CHECK(rig.answer_to(call) == "(none)");
  rig.confirm("b");
  CHECK(rig.answer_to(call) == "ok");
}

TEST_CASE("no more than calls_max commands wait; the next is refused and the others keep their turn") {
  auto rig = up(flags(strategy::one_for_all), {worker("a")});
  rig.stubborn = {"a"};
  const auto first = rig.call(terminate_child{"a"});
  for (std::size_t i = 0; i < calls_max; ++i)
    CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "(none)");
  CHECK(rig.machine.waiting_commands() == calls_max);
  CHECK(rig.answer_to(rig.call(terminate_child{"a"})) == "too_many_calls");
  rig.pass(5s);
  CHECK(rig.answer_to(first) == "ok");
  CHECK(rig.machine.waiting_commands() == 0);
  CHECK(rig.answers.size() == calls_max + 2);
}

TEST_CASE("there is room for children_max children, static and dynamic together") {
  auto given = flags(strategy::one_for_one);
  given.children_max = 2;
  auto rig = up(given, {worker("a")});
  CHECK(rig.answer_to(rig.call(start_child{worker("b")})) == "started");
  CHECK(rig.answer_to(rig.call(start_child{worker("c")})) == "too_many_children");
  (void)rig.call(terminate_child{"b"});
  (void)rig.call(delete_child{"b"});
  CHECK(rig.answer_to(rig.call(start_child{worker("c")})) == "started");

  auto pool = flags(strategy::simple_one_for_one);
  pool.children_max = 1;
  auto simple = up(pool, {worker("w")});
  CHECK(simple.answer_to(simple.call(start_instance{"x", {}})) == "started");
  CHECK(simple.answer_to(simple.call(start_instance{"y", {}})) == "too_many_children");
}

TEST_CASE("instances and children have commands of their own") {
  auto simple = up(flags(strategy::simple_one_for_one), {worker("w")});
  CHECK(simple.answer_to(simple.call(start_child{worker("a")})) == "wrong_strategy");
  CHECK(simple.answer_to(simple.call(restart_child{"a"})) == "wrong_strategy");
  CHECK(simple.answer_to(simple.call(delete_child{"a"})) == "wrong_strategy");
  CHECK(simple.answer_to(simple.call(terminate_child{"a"})) == "wrong_strategy");
  auto other = up(flags(strategy::one_for_one), {});
  CHECK(other.answer_to(other.call(start_instance{"x", {}})) == "wrong_strategy");
  CHECK(other.answer_to(other.call(terminate_instance{"x"})) == "wrong_strategy");
}

TEST_CASE("an instance that is terminated is forgotten, also while it waits to be restarted") {
  auto rig = up(flags(strategy::simple_one_for_one, 10), {worker("w")});
  (void)rig.call(start_instance{"x", {}});
  (void)rig.call(start_instance{"y", {}});
  CHECK(rig.answer_to(rig.call(start_instance{"x", {}})) == "already_started");
  CHECK(rig.answer_to(rig.call(terminate_instance{"x"})) == "ok");
  CHECK(rig.answer_to(rig.call(terminate_instance{"x"})) == "not_found");
  rig.hold_retries = true;
  rig.fail_start("y", 1);
  rig.end("y");
  CHECK(rig.machine.count() == children_count{1, 0, 0, 1});
  CHECK(rig.answer_to(rig.call(start_instance{"y", {}})) == "already_present");
  CHECK(rig.answer_to(rig.call(terminate_instance{"y"})) == "ok");
  CHECK(rig.machine.count() == children_count{1, 0, 0, 0});
  rig.hold_retries = false;
  rig.settle();
  CHECK(rig.alive.empty());
}

TEST_CASE("the children are told page by page, in start order") {
  std::vector<child_spec> many;
  for (int i = 0; i < 2500; ++i)
    many.push_back(worker(std::to_string(i)));
  const auto rig = up(flags(strategy::one_for_one), many);
  std::size_t seen = 0;
  which_children question{0, 10'000};
  do {
    const auto page = page_of(rig.machine.children(), question);
    CHECK(page.lines.size() <= which_children::page_max);
    for (const auto& line : page.lines)
      CHECK(line.id == std::to_string(seen++));
    question.after = page.next;
  } while (question.after != 0);
  CHECK(seen == 2500);
}

TEST_CASE("counting follows every change") {
  auto sup = worker("s");
  sup.type = child_type::supervisor;
  auto rig = up(flags(strategy::one_for_one, 10), {worker("a"), sup, worker("t", restart_type::temporary)});
  CHECK(rig.machine.count() == children_count{3, 3, 1, 2});
  rig.end("t");
  CHECK(rig.machine.count() == children_count{2, 2, 1, 1});
  (void)rig.call(terminate_child{"s"});
  CHECK(rig.machine.count() == children_count{2, 1, 1, 1});
  rig.hold_retries = true;
  rig.fail_start("a", 1);
  rig.end("a");
  CHECK(rig.machine.count() == children_count{2, 0, 1, 1});
  rig.hold_retries = false;
  rig.settle();
  CHECK(rig.machine.count() == children_count{2, 1, 1, 1});
}
