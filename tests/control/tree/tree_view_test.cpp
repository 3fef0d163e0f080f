#include "control/tree/tree_view.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using control::tree_view;
using supervision::child_state;
using supervision::transition;
using test::child_event;

namespace {

constexpr base::time_point start{};

/// A tree of one supervisor "tokyo" over "deribit" over two connections, all running.
void grow(tree_view& tree) {
  auto exchange = child_event(transition::child_started, "tokyo", "deribit", child_state::running);
  exchange.type = supervision::child_type::supervisor;
  tree.publish(exchange);
  tree.publish(child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running));
  tree.publish(child_event(transition::child_started, "tokyo/deribit", "beta", child_state::running));
}

std::string paths(const std::optional<control::tree_page>& page) {
  REQUIRE(page.has_value());
  std::string out;
  for (const auto& row : page->rows)
    out += (out.empty() ? "" : " ") + row.path;
  return out;
}

child_state state_of(const tree_view& tree, std::string_view path) {
  const auto row = tree.find(path, start);
  REQUIRE(row.has_value());
  return row->state;
}

} // namespace

SCENARIO("the tree is told depth first, siblings by name") {
  tree_view tree;
  grow(tree);
  tree.publish(child_event(transition::child_started, "tokyo", "deribit-2", child_state::running));
  CHECK(paths(tree.page("", "", 100, start)) ==
        "tokyo tokyo/deribit tokyo/deribit/alpha tokyo/deribit/beta tokyo/deribit-2");
}

SCENARIO("a part of the tree is itself and what is below it, nothing beside it") {
  tree_view tree;
  grow(tree);
  tree.publish(child_event(transition::child_started, "tokyo", "deribit-2", child_state::running));
  CHECK(paths(tree.page("tokyo/deribit", "", 100, start)) == "tokyo/deribit tokyo/deribit/alpha tokyo/deribit/beta");
  CHECK_FALSE(tree.page("tokyo/deri", "", 100, start).has_value());
}

SCENARIO("pages end where the next begins") {
  tree_view tree;
  grow(tree);
  const auto first = tree.page("", "", 3, start);
  CHECK(paths(first) == "tokyo tokyo/deribit tokyo/deribit/alpha");
  CHECK(first->next == "tokyo/deribit/alpha");
  const auto second = tree.page("", first->next, 3, start);
  CHECK(paths(second) == "tokyo/deribit/beta");
  CHECK(second->next.empty());
}

SCENARIO("a page goes on behind a row that has been deleted since") {
  tree_view tree;
  grow(tree);
  CHECK(paths(tree.page("", "tokyo/deribit/aaa", 100, start)) == "tokyo/deribit/alpha tokyo/deribit/beta");
}

SCENARIO("a row keeps when its state began, why it last ended and how often it was started again") {
  tree_view tree;
  grow(tree);
  auto ended = child_event(transition::child_ended, "tokyo/deribit", "alpha", child_state::waiting);
  ended.reason = process::reason_code::crashed;
  ended.reason_text = "bad things";
  ended.at.steady += 5s;
  tree.publish(ended);
  auto row = tree.find("tokyo/deribit/alpha", start);
  REQUIRE(row.has_value());
  CHECK(row->state == child_state::waiting);
  CHECK(row->since.steady == ended.at.steady);
  CHECK(row->reason_text == "bad things");

  auto again = child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running);
  again.incarnation = 2;
  again.restarts_total = 1;
  tree.publish(again);
  row = tree.find("tokyo/deribit/alpha", start);
  CHECK(row->incarnation == 2);
  CHECK(row->restarts_total == 1);
  CHECK(row->reason_text == "bad things");
  CHECK(tree.counts().restarts == 1);
}

SCENARIO("an end without words has the name of its reason") {
  tree_view tree;
  auto ended = child_event(transition::child_ended, "tokyo", "alpha", child_state::stopped);
  ended.reason = process::reason_code::killed;
  tree.publish(ended);
  CHECK(tree.find("tokyo/alpha", start)->reason_text == process::to_string(process::reason_code::killed));
}

SCENARIO("each event of a supervisor tells its restarts against its limit") {
  tree_view tree;
  auto happened = child_event(transition::restart_scheduled, "tokyo", "alpha", child_state::waiting);
  happened.restarts_in_window = 2;
  happened.strategy = supervision::strategy::rest_for_one;
  tree.publish(happened);
  const auto row = tree.find("tokyo", start);
  REQUIRE(row.has_value());
  CHECK(row->type == supervision::child_type::supervisor);
  CHECK(row->restarts_in_window == 2);
  CHECK(row->intensity == 3);
  CHECK(row->strategy == supervision::strategy::rest_for_one);
}

SCENARIO("a supervisor that gave up because of a child is counted until it is started again") {
  tree_view tree;
  grow(tree);
  tree.publish(child_event(transition::intensity_exceeded, "tokyo/deribit", "beta", child_state::stopped));
  CHECK(tree.find("tokyo/deribit", start)->gave_up);
  CHECK(tree.counts().gave_up == 1);
  tree.publish(child_event(transition::supervisor_stopped, "tokyo/deribit", "", child_state::stopped));
  CHECK(tree.counts().gave_up == 1);
  tree.publish(child_event(transition::supervisor_started, "tokyo/deribit", "", child_state::running));
  CHECK(tree.counts().gave_up == 0);
}

SCENARIO("the children of a supervisor that was killed are not shown as running") {
  tree_view tree;
  grow(tree);
  auto killed = child_event(transition::child_ended, "tokyo", "deribit", child_state::waiting);
  killed.type = supervision::child_type::supervisor;
  killed.at.steady += 3s;
  tree.publish(killed);
  CHECK(tree.counts().running == 0);
  CHECK(tree.find("tokyo/deribit/alpha", start)->since.steady == killed.at.steady);
  CHECK(state_of(tree, "tokyo/deribit") == child_state::waiting);
  CHECK(state_of(tree, "tokyo/deribit/alpha") == child_state::stopped);
  CHECK(state_of(tree, "tokyo/deribit/beta") == child_state::stopped);
}

SCENARIO("what was deleted or is gone leaves the tree with all below it") {
  tree_view tree;
  grow(tree);
  tree.publish(child_event(transition::child_ended, "tokyo/deribit", "alpha", child_state::gone));
  CHECK_FALSE(tree.find("tokyo/deribit/alpha", start).has_value());
  tree.publish(child_event(transition::child_deleted, "tokyo", "deribit", child_state::stopped));
  CHECK(paths(tree.page("", "", 100, start)) == "tokyo");
  CHECK(tree.counts().workers == 0);
  CHECK(tree.counts().supervisors == 1);
}

SCENARIO("the tree has a bound, and says what it had no room for") {
  tree_view tree{3};
  grow(tree);
  CHECK(tree.page("", "", 100, start)->rows.size() == 3);
  CHECK(tree.counts().dropped == 1);
  tree.publish(child_event(transition::child_deleted, "tokyo/deribit", "alpha", child_state::gone));
  tree.publish(child_event(transition::child_started, "tokyo/deribit", "beta", child_state::running));
  CHECK(tree.find("tokyo/deribit/beta", start).has_value());
}

SCENARIO("supervisors, workers and those that run are counted") {
  tree_view tree;
  grow(tree);
  const auto counted = tree.counts();
  CHECK(counted.supervisors == 2);
  CHECK(counted.workers == 2);
  CHECK(counted.running == 3); // nobody told of the root itself yet
}
