// What a row tells beyond its place and its state.
#include "control/tree/tree_view.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using control::tree_view;
using supervision::child_state;
using supervision::circuit_state;
using supervision::transition;
using test::child_event;

namespace {

constexpr base::time_point start{};

supervision::event at(supervision::event happened, base::duration when) {
  happened.at = happened.at + when;
  return happened;
}

/// The supervisor "tokyo" counts `restarts` in its window of 60 s.
supervision::event counted(std::size_t restarts, base::duration when, std::size_t allowed = 5) {
  auto happened = child_event(transition::restart_scheduled, "tokyo", "alpha", child_state::waiting);
  happened.restarts_in_window = restarts;
  happened.intensity = allowed;
  return at(std::move(happened), when);
}

std::size_t in_window(const tree_view& tree, base::duration when) {
  return tree.find("tokyo", start + when)->restarts_in_window;
}

supervision::event ended(const std::string& id, process::reason_code code, const std::string& text) {
  auto happened = child_event(transition::child_ended, "tokyo", id, child_state::stopped);
  happened.reason = code;
  happened.reason_text = text;
  return happened;
}

} // namespace

SCENARIO("restarts in the window become fewer as time passes, without an event") {
  tree_view tree;
  tree.publish(counted(1, 10s));
  tree.publish(counted(2, 30s));
  tree.publish(counted(2, 31s));
  CHECK(in_window(tree, 31s) == 2);
  CHECK(in_window(tree, 70s) == 2); // one exactly as old as the window still counts
  CHECK(in_window(tree, 71s) == 1);
  CHECK(in_window(tree, 91s) == 0);
}

SCENARIO("a supervisor that counts fewer has forgotten the oldest") {
  tree_view tree;
  tree.publish(counted(1, 10s));
  tree.publish(counted(2, 20s));
  tree.publish(counted(1, 25s));
  CHECK(in_window(tree, 26s) == 1);
  CHECK(in_window(tree, 75s) == 1);
  CHECK(in_window(tree, 81s) == 0);
  tree.publish(counted(1, 90s));
  tree.publish(counted(0, 91s)); // it was started anew
  CHECK(in_window(tree, 91s) == 0);
}

SCENARIO("of a long window the newest restarts are kept one by one, and the older ones as a number") {
  constexpr std::size_t kept = control::supervisor_part::restarts_kept;
  tree_view tree;
  tree.publish(counted(kept + 500, 10s, 1'000'000));
  CHECK(in_window(tree, 10s) == kept + 500);
  tree.publish(counted(kept + 501, 20s, 1'000'000));
  CHECK(in_window(tree, 20s) == kept + 501);
  CHECK(in_window(tree, 71s) == 1);
}

SCENARIO("a supervisor's own end has no limits, and leaves those that are known") {
  tree_view tree;
  tree.publish(counted(2, 0s));
  supervision::event killed;
  killed.what = transition::supervisor_stopped;
  killed.supervisor = "tokyo";
  killed.state = child_state::stopped;
  tree.publish(killed);
  const auto row = tree.find("tokyo", start);
  CHECK(row->intensity == 5);
  CHECK(row->period == 60s);
  CHECK(row->restarts_in_window == 2);
}

SCENARIO("what is left of a back-off counts from the event that began it") {
  tree_view tree;
  auto waits = at(child_event(transition::restart_scheduled, "tokyo", "alpha", child_state::waiting), 2s);
  waits.delay = 400ms;
  tree.publish(waits);
  CHECK(tree.find("tokyo/alpha", start)->due == start + 2400ms);
  // A group that waits longer because another joined.
  waits = at(waits, 100ms);
  waits.delay = 900ms;
  tree.publish(waits);
  const auto row = tree.find("tokyo/alpha", start);
  CHECK(row->due == start + 3s);
  CHECK(row->since.steady == start + 2s);
  CHECK(tree.counts().waiting == 1);
}

SCENARIO("a circuit is shown from its opening to its closing") {
  tree_view tree;
  auto happened = child_event(transition::circuit_opened, "tokyo", "alpha", child_state::waiting);
  happened.circuit = circuit_state::open;
  happened.delay = 30s;
  tree.publish(happened);
  CHECK(tree.find("tokyo/alpha", start)->circuit == circuit_state::open);
  CHECK(tree.find("tokyo/alpha", start)->due == start + 30s);
  CHECK(tree.counts().circuits_open == 1);
  happened.what = transition::child_started;
  happened.state = child_state::running;
  happened.circuit = circuit_state::half_open;
  tree.publish(happened);
  CHECK(tree.counts().circuits_open == 1);
  happened.what = transition::circuit_closed;
  happened.circuit = circuit_state::closed;
  tree.publish(happened);
  CHECK(tree.counts().circuits_open == 0);
}

SCENARIO("a child whose budget is exhausted is marked until it is started again") {
  tree_view tree;
  tree.publish(child_event(transition::budget_exhausted, "tokyo", "alpha", child_state::stopped));
  CHECK(tree.find("tokyo/alpha", start)->exhausted);
  tree.publish(child_event(transition::child_ended, "tokyo", "alpha", child_state::stopped));
  CHECK(tree.find("tokyo/alpha", start)->exhausted);
  tree.publish(child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  CHECK_FALSE(tree.find("tokyo/alpha", start)->exhausted);
}

SCENARIO("a child that runs is ready when it needs not say so, or has said so") {
  tree_view tree;
  auto begun = child_event(transition::child_started, "tokyo", "alpha", child_state::running);
  tree.publish(begun);
  CHECK_FALSE(tree.find("tokyo/alpha", start)->ready);
  begun.what = transition::child_ready;
  begun.ready = true;
  tree.publish(begun);
  CHECK(tree.find("tokyo/alpha", start)->ready);
  tree.publish(ended("alpha", process::reason_code::crashed, "bad things"));
  CHECK_FALSE(tree.find("tokyo/alpha", start)->ready);
}

SCENARIO("an incarnation that is replaced changes nothing of the one in its place") {
  tree_view tree;
  auto next = child_event(transition::child_started, "tokyo", "alpha", child_state::running);
  next.ready = true;
  tree.publish(next);
  next = at(next, 5s);
  next.incarnation = 2;
  tree.publish(next);
  CHECK(tree.find("tokyo/alpha", start)->since.steady == start + 5s);
  auto old = ended("alpha", process::reason_code::shutdown, "shutdown");
  old.what = transition::child_stopped;
  old.state = child_state::running;
  tree.publish(old);
  auto failed = ended("alpha", process::reason_code::start_failed, "no");
  failed.what = transition::child_start_failed;
  failed.state = child_state::running;
  failed.incarnation = 3;
  tree.publish(failed);
  const auto row = tree.find("tokyo/alpha", start);
  CHECK(row->incarnation == 2);
  CHECK(row->reason_text.empty());
  CHECK(row->ready);
}

SCENARIO("what stalled or was fenced is counted at the child, fences at its supervisor as well") {
  tree_view tree;
  tree.publish(child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  tree.publish(child_event(transition::child_stalled, "tokyo", "alpha", child_state::running));
  tree.publish(child_event(transition::child_fenced, "tokyo", "alpha", child_state::running));
  tree.publish(child_event(transition::child_fenced, "tokyo", "alpha", child_state::running));
  const auto row = tree.find("tokyo/alpha", start);
  CHECK(row->stalled == 1);
  CHECK(row->fenced == 2);
  CHECK(row->zombies == 0); // nobody knows a process of them
  CHECK(tree.find("tokyo", start)->fenced == 2);
}

SCENARIO("the reason of an end that has no words of its own takes no room, and is the latest") {
  tree_view tree;
  tree.publish(ended("alpha", process::reason_code::crashed, "bad things"));
  tree.publish(ended("alpha", process::reason_code::killed, "killed"));
  CHECK(tree.find("tokyo/alpha", start)->reason_text == "killed");
  CHECK(tree.find("tokyo/alpha", start)->reason == process::reason_code::killed);
}

SCENARIO("the children of a supervisor's earlier life are forgotten once it is up again") {
  tree_view tree;
  auto deribit = child_event(transition::child_started, "tokyo", "deribit", child_state::running);
  deribit.type = supervision::child_type::supervisor;
  tree.publish(deribit);
  for (const char* id : {"plan", "dynamic"})
    tree.publish(child_event(transition::child_started, "tokyo/deribit", id, child_state::running));
  tree.publish(child_event(transition::supervisor_stopped, "tokyo/deribit", "", child_state::stopped));
  CHECK(tree.find("tokyo/deribit/dynamic", start)->state == child_state::stopped);
  auto again = child_event(transition::child_started, "tokyo/deribit", "plan", child_state::running);
  tree.publish(again);
  CHECK(tree.find("tokyo/deribit", start)->state == child_state::starting);
  tree.publish(child_event(transition::supervisor_started, "tokyo/deribit", "", child_state::running));
  CHECK(tree.find("tokyo/deribit/plan", start)->state == child_state::running);
  CHECK_FALSE(tree.find("tokyo/deribit/dynamic", start).has_value());
  CHECK(tree.counts().workers == 1);
}

SCENARIO("a supervisor that is heard of before the one above it finds its place") {
  tree_view tree;
  tree.publish(child_event(transition::child_started, "tokyo/deribit/alpha", "gate", child_state::running));
  CHECK(tree.find("tokyo/deribit/alpha", start)->supervisor.empty());
  tree.publish(child_event(transition::child_started, "tokyo", "osaka", child_state::running));
  CHECK(tree.find("tokyo/deribit/alpha", start)->supervisor == "tokyo");
  auto alpha = child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running);
  alpha.type = supervision::child_type::supervisor;
  tree.publish(alpha);
  CHECK(tree.find("tokyo/deribit/alpha", start)->supervisor == "tokyo/deribit");
  CHECK(tree.find("tokyo/deribit/alpha/gate", start)->supervisor == "tokyo/deribit/alpha");
  CHECK(tree.counts().supervisors == 3);
  CHECK(tree.counts().workers == 2);
}

SCENARIO("a child whose id has a separator stays with the supervisor that told of it") {
  tree_view tree;
  tree.publish(child_event(transition::child_started, "tokyo", "a/b", child_state::running));
  auto other = child_event(transition::child_started, "tokyo", "a", child_state::running);
  other.type = supervision::child_type::supervisor;
  tree.publish(other);
  tree.publish(child_event(transition::child_ended, "tokyo", "a/b", child_state::stopped));
  CHECK(tree.counts().workers == 1);
  CHECK(tree.find("tokyo", start)->children == 0);
  CHECK(tree.page("tokyo/a", "", 10, start)->rows.size() == 1);
}

SCENARIO("a supervisor that starts in its parent's new life is part of it before the parent says so") {
  tree_view tree;
  auto deribit = child_event(transition::child_started, "tokyo", "deribit", child_state::running);
  deribit.type = supervision::child_type::supervisor;
  tree.publish(deribit);
  tree.publish(child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running));
  tree.publish(child_event(transition::supervisor_stopped, "tokyo", "", child_state::stopped));
  CHECK(tree.counts().running == 0);
  tree.publish(child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running));
  CHECK(tree.find("tokyo/deribit", start)->state == child_state::starting);
  CHECK(tree.find("tokyo/deribit/alpha", start)->state == child_state::running);
  tree.publish(child_event(transition::supervisor_started, "tokyo", "", child_state::running));
  CHECK(tree.find("tokyo/deribit/alpha", start)->state == child_state::running);
}

SCENARIO("the starts of a new life are counted anew") {
  tree_view tree;
  auto third = child_event(transition::child_started, "tokyo", "alpha", child_state::running);
  third.incarnation = 3;
  tree.publish(third);
  tree.publish(child_event(transition::supervisor_stopped, "tokyo", "", child_state::stopped));
  auto failed = ended("alpha", process::reason_code::start_failed, "no");
  failed.what = transition::child_start_failed;
  tree.publish(failed);
  CHECK(tree.find("tokyo/alpha", start)->incarnation == 1);
  CHECK(tree.find("tokyo/alpha", start)->reason_text == "no");
}

SCENARIO("what an end leaves to be done is done in small parts, and read right before it is") {
  control::tree_store store{10'000};
  for (int number = 0; number < 600; ++number) {
    auto begun = child_event(transition::child_started, "tokyo", "w" + std::to_string(number), child_state::running);
    begun.who = {static_cast<std::uint64_t>(number) + 1, 1};
    store.take(begun);
  }
  store.take(child_event(transition::supervisor_stopped, "tokyo", "", child_state::stopped));
  REQUIRE(store.has_sweep());
  CHECK(store.row_of(*store.find("tokyo/w599"), start).state == child_state::stopped);
  CHECK(store.counts().running == 600);
  store.sweep();
  CHECK(store.counts().running == 600 - control::tree_store::rows_per_sweep);
  store.sweep();
  store.sweep();
  CHECK_FALSE(store.has_sweep());
  CHECK(store.counts().running == 0);
}
