// A hot change as its steps: what is stopped and started for it, and what it leaves behind.
#include "supervisors/hot_change.hpp"
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;
using code = process::reason_code;

namespace {

child_spec revised(std::string id, std::uint64_t revision) {
  auto spec = worker(std::move(id));
  spec.revision = revision;
  return spec;
}

struct rig_with_change : parts_rig {
  rig_with_change() : parts_rig{test::flags(strategy::one_for_one), {revised("a", 1), revised("b", 1)}} {
    running("a");
    running("b");
  }

  job begin(change_specs wanted) { return std::get<job>(change.begin(7, wanted)); }

  hot_change change{{flags, instance, children, budgets, heard, driver, failures}};
};

} // namespace

SCENARIO("a change stops what differs, takes over the specs, and starts") {
  rig_with_change rig;
  auto wanted = rig.flags;
  wanted.intensity = 9;
  const auto a = rig.child("a").slot;
  const auto stops = rig.begin({wanted, {revised("c", 1), revised("a", 2)}});
  CHECK(rig.change.under_way());
  CHECK(stops.kind == job_kind::change_stop);
  CHECK(stops.stop == std::vector{a, rig.child("b").slot});
  CHECK(rig.flags.intensity == 3);
  for (const auto* id : {"a", "b"})
    rig.driver.stopped(rig.child(id), {});
  const auto starts = rig.change.on_stopped();
  CHECK(rig.flags.intensity == 9);
  CHECK(starts.kind == job_kind::change_start);
  CHECK(starts.start == std::vector{rig.child("c").slot, a});
  CHECK(rig.child("a").spec().revision == 2);
  WHEN("all have started") {
    const auto result = rig.change.end();
    THEN("it is over, and what is not wanted any more is forgotten") {
      CHECK(result.call == 7);
      CHECK(result.answer.code == answer_code::ok);
      CHECK(rig.children.find("b") == nullptr);
      CHECK(!rig.change.under_way());
    }
  }
  WHEN("one does not start") {
    rig.change.begun(starts.start.front());
    rig.driver.start(rig.child("c"));
    rig.driver.up(rig.child("c"), true);
    rig.change.begun(a);
    const auto back = rig.change.on_failed_start(rig.child("a"), {code::refused, "no"});
    THEN("what was started is stopped, and all is as it was") {
      CHECK(back.kind == job_kind::change_stop);
      CHECK(back.stop == std::vector{rig.child("c").slot});
      rig.driver.stopped(rig.child("c"), {});
      const auto again = rig.change.on_stopped();
      CHECK(again.start == rig.children.slots());
      CHECK(rig.flags.intensity == 3);
      CHECK(rig.children.find("c") == nullptr);
      CHECK(rig.child("a").spec().revision == 1);
      AND_WHEN("the old one does not start either") {
        rig.change.begun(a);
        const auto rest = rig.change.on_failed_start(rig.child("a"), {code::refused, "no"});
        CHECK(rest.start == std::vector{rig.child("b").slot});
        const auto result = rig.change.end();
        THEN("it is left to a retry") {
          CHECK(result.answer.code == answer_code::undone);
          CHECK(result.answer.text == "a did not start: no");
          CHECK(result.lost == std::vector{rig.child("a").ref()});
          CHECK(rig.child("a").phase == child_phase::waiting_for_turn);
        }
      }
    }
  }
}

SCENARIO("a change that is refused, or only shown, changes nothing") {
  rig_with_change rig;
  change_specs shown{rig.flags, {revised("a", 2)}, true};
  const auto plan = std::get<call_answer>(rig.change.begin(1, shown)).plan;
  REQUIRE(plan);
  CHECK(plan->changes());
  change_specs faulty{rig.flags, {revised("", 2)}};
  CHECK(std::get<call_answer>(rig.change.begin(2, faulty)).code == answer_code::invalid_spec);
  CHECK(!rig.change.under_way());
  CHECK(!rig.change.abandon());
  CHECK(rig.child("a").spec().revision == 1);
}

SCENARIO("a plan says as values what changes in the supervisor, for those who decide by it") {
  const auto old = paced(strategy::one_for_one, 10ms, 20ms);
  auto wanted = paced(strategy::rest_for_one, 10ms, 40ms);
  wanted.circuit.healthy_after = 1ms;
  const auto plan = plan_change(old, {}, wanted, {});
  CHECK(plan.flags == words{"strategy", "circuit", "pacing"});
  using enum change_flag;
  CHECK(plan.changed_flags == std::vector{change_flag::strategy, circuit, pacing});
  CHECK(plan.changes(circuit));
  CHECK(!plan.changes(budgets));
}

SCENARIO("a change that is given up names the call that waits for it") {
  rig_with_change rig;
  (void)rig.begin({rig.flags, {revised("a", 2)}});
  CHECK(rig.change.abandon() == call_id{7});
  CHECK(!rig.change.under_way());
}
