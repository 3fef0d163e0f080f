// What is told of each transition.
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;
using code = process::reason_code;

SCENARIO("an event says where the child and its supervisor stand") {
  parts_rig rig{flags(strategy::rest_for_one, 4), {worker("a"), worker("b")}};
  auto& a = rig.running("a");
  a.restarts = 3;
  (void)rig.budgets.record(code::crashed, a.troubles(), rig.now.steady);
  rig.heard.tell(transition::restart_scheduled, a, {code::crashed, "why"}, 1500us);
  const auto& event = rig.events.back();
  CHECK(event.what == transition::restart_scheduled);
  CHECK(event.child == "a");
  CHECK(event.who == a.ref());
  CHECK(event.state == child_state::running);
  CHECK(event.ready);
  CHECK(event.reason == code::crashed);
  CHECK(event.reason_text == "why");
  CHECK(event.delay == 2ms); // never shown as shorter than it is
  CHECK(event.restarts_total == 3);
  CHECK(event.restarts_in_window == 1);
  CHECK(event.intensity == 4);
  CHECK(event.strategy == strategy::rest_for_one);
  CHECK(event.children == 2);
  CHECK(event.at.steady == rig.now.steady);
}

SCENARIO("an event of another incarnation names that one, and shows the child as it is") {
  parts_rig rig{flags(strategy::one_for_one), {worker("a")}};
  auto& a = rig.running("a");
  rig.heard.tell_other(transition::child_stopping, a, 7);
  CHECK(rig.events.back().incarnation == 7);
  CHECK(rig.events.back().who == child_ref{a.slot, 7});
  CHECK(rig.events.back().state == child_state::running);
}

SCENARIO("nothing of one event is left in the next one") {
  parts_rig rig{flags(strategy::one_for_one), {worker("a")}};
  auto& a = rig.running("a");
  rig.heard.tell(transition::restart_scheduled, a, {code::crashed, "why"}, 1s);
  rig.heard.tell_own(transition::supervisor_stopping, child_state::stopping);
  const auto& event = rig.events.back();
  CHECK(event.child.empty());
  CHECK(event.who == child_ref{});
  CHECK(event.incarnation == 0);
  CHECK(event.reason_text.empty());
  CHECK(event.delay == 0ms);
  CHECK(!event.ready);
  CHECK(event.state == child_state::stopping);
  CHECK(event.type == child_type::supervisor);
}

SCENARIO("nobody has to listen") {
  const auto given = flags(strategy::one_for_one);
  child_table children;
  const restart_window own{1, 1s};
  const base::moment now;
  announcer heard{{given, children, own, now}, nullptr};
  heard.tell(transition::child_added, children.add(worker("a")));
  heard.tell_own(transition::supervisor_started, child_state::running);
}
