// Whose turn it is: what waits in a supervisor's inbox, and for what.
#include "supervisors/inbox.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;

namespace {

constexpr occupation alone{}; // one_for_one, nothing under way
constexpr occupation together{.together = true};

/// The call of a command that comes next; 0 when none does.
call_id next_call(inbox& from, const occupation& busy, const child_table& children) {
  const auto item = from.next(busy, children);
  const auto* found = item ? std::get_if<command_item>(&*item) : nullptr;
  return found ? found->call : 0;
}

} // namespace

SCENARIO("under one_for_one what is about one child does not hold up what is about another") {
  child_table children;
  auto& a = children.add(worker("a"));
  children.add(worker("b"));
  inbox box;
  GIVEN("a child that is worked on, and commands to it and to another") {
    a.job = 1;
    REQUIRE(box.push(1, terminate_child{"a"}));
    REQUIRE(box.push(2, terminate_child{"b"}));
    WHEN("it is the turn of whoever may") {
      THEN("the other one is served, and the first when the child is free again") {
        CHECK(next_call(box, alone, children) == 2);
        CHECK(next_call(box, alone, children) == 0);
        a.job = 0;
        CHECK(next_call(box, alone, children) == 1);
        CHECK(box.waiting_commands() == 0);
      }
    }
  }
}

SCENARIO("where children share their fate everything waits for all work, in order") {
  child_table children;
  children.add(worker("a"));
  inbox box;
  REQUIRE(box.push(1, terminate_child{"a"}));
  box.push(group_due_item{});
  CHECK(!box.next({.together = true, .idle = false}, children));
  CHECK(next_call(box, together, children) == 1);
  const auto item = box.next(together, children);
  REQUIRE(item);
  CHECK(std::holds_alternative<group_due_item>(*item));
}

SCENARIO("nothing begins while a supervisor starts, ends or changes as a whole") {
  const child_table children;
  inbox box;
  REQUIRE(box.push(1, delete_child{"x"}));
  CHECK(!box.next({.exclusive = true}, children));
  CHECK(next_call(box, alone, children) == 1);
}

SCENARIO("no command overtakes a hot change that waits, and the end of a child does") {
  child_table children;
  auto& a = children.add(worker("a"));
  inbox box;
  REQUIRE(box.push(1, change_specs{}));
  REQUIRE(box.push(2, delete_child{"x"}));
  box.push(exit_item{a.ref()});
  const occupation busy{.idle = false};
  const auto item = box.next(busy, children);
  REQUIRE(item);
  CHECK(std::holds_alternative<exit_item>(*item));
  CHECK(next_call(box, busy, children) == 0);
  CHECK(next_call(box, alone, children) == 1);
  CHECK(next_call(box, alone, children) == 2);
}

SCENARIO("nothing goes past a stop") {
  const child_table children;
  inbox box;
  box.push(stop_item{});
  REQUIRE(box.push(1, delete_child{"x"}));
  CHECK(!box.next({.idle = false}, children));
  const auto item = box.next(alone, children);
  REQUIRE(item);
  CHECK(std::holds_alternative<stop_item>(*item));
}

SCENARIO("so many commands wait and no more, and all of them are known when the inbox is cleared") {
  const child_table children;
  inbox box;
  for (call_id call = 1; call <= calls_max; ++call)
    REQUIRE(box.push(call, delete_child{"x"}));
  CHECK(!box.push(calls_max + 1, delete_child{"x"}));
  CHECK(box.waiting_commands() == calls_max);
  CHECK(next_call(box, alone, children) == 1);
  CHECK(box.push(calls_max + 1, delete_child{"x"}));
  box.push(exit_item{});
  const auto calls = box.clear();
  CHECK(calls.size() == calls_max);
  CHECK(std::ranges::is_sorted(calls));
  CHECK(box.waiting_commands() == 0);
  CHECK(!box.next(alone, children));
}
