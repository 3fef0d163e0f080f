// A tree of 100,000 children: read in pages, whole and right, whatever happens meanwhile.
#include "control/tree/tree_view.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace cafnode;
using namespace std::chrono_literals;
using control::tree_view;
using supervision::child_state;
using supervision::transition;
using test::child_event;

namespace {

constexpr base::time_point start{};
constexpr std::size_t many = 100'000;

supervision::event pool_event(std::size_t number, transition what, child_state state) {
  auto happened = child_event(what, "tokyo/pool", fmt::format("w{}", number), state);
  happened.who = {number + 1, 1};
  return happened;
}

void fill(tree_view& tree) {
  auto pool = child_event(transition::child_started, "tokyo", "pool", child_state::running);
  pool.type = supervision::child_type::supervisor;
  tree.publish(pool);
  for (std::size_t number = 0; number < many; ++number)
    tree.publish(pool_event(number, transition::child_started, child_state::running));
}

/// Reads everything in pages of `limit`; runs `between` after each.
std::vector<std::string> read_all(const tree_view& tree, std::size_t limit, const std::function<void()>& between = {}) {
  std::vector<std::string> paths;
  std::string after;
  do {
    const auto page = tree.page("", after, limit, start);
    REQUIRE(page.has_value());
    REQUIRE(page->rows.size() <= limit);
    for (const auto& row : page->rows)
      paths.push_back(row.path);
    after = page->next;
    if (between)
      between();
  } while (!after.empty());
  return paths;
}

} // namespace

SCENARIO("100,000 children are told in pages: each once, by name, none left out") {
  tree_view tree;
  fill(tree);
  CHECK(tree.counts().workers == many);
  CHECK(tree.counts().running == many + 1);
  CHECK(tree.counts().dropped == 0);
  for (const std::size_t limit : {std::size_t{999}, std::size_t{1000}, std::size_t{10000}}) {
    const auto paths = read_all(tree, limit);
    REQUIRE(paths.size() == many + 2);
    CHECK(paths[0] == "tokyo");
    CHECK(paths[1] == "tokyo/pool");
    CHECK(std::is_sorted(paths.begin(), paths.end()));
    CHECK(std::set<std::string>{paths.begin(), paths.end()}.size() == many + 2);
  }
}

SCENARIO("children that come and go between two pages cost no other its line") {
  tree_view tree;
  fill(tree);
  std::size_t turn = 0;
  const auto paths = read_all(tree, 1'000, [&] {
    tree.publish(pool_event(2 * turn, transition::child_deleted, child_state::gone));
    tree.publish(pool_event(many + turn++, transition::child_started, child_state::running));
  });
  const std::set<std::string> told{paths.begin(), paths.end()};
  CHECK(told.size() == paths.size());
  for (std::size_t number = 1; number < many; number += 2)
    REQUIRE(told.contains(fmt::format("tokyo/pool/w{}", number)));
}

SCENARIO("100,000 children end with their supervisor, and make room when it is up without them") {
  tree_view tree;
  fill(tree);
  auto killed = child_event(transition::child_ended, "tokyo", "pool", child_state::waiting);
  killed.type = supervision::child_type::supervisor;
  tree.publish(killed);
  CHECK(tree.counts().running == 0);
  CHECK(tree.find("tokyo/pool/w99999", start)->state == child_state::stopped);
  tree.publish(child_event(transition::supervisor_started, "tokyo/pool", "", child_state::running));
  CHECK(tree.counts().workers == 0);
  CHECK(read_all(tree, 1'000).size() == 2);
}

SCENARIO("there is room for 262,144 rows, and what has none is counted") {
  tree_view tree;
  constexpr std::size_t room = tree_view::rows_default;
  CHECK(room == 262'144);
  for (std::size_t number = 0; number < room + 10; ++number)
    tree.publish(pool_event(number, transition::child_started, child_state::running));
  CHECK(tree.counts().workers == room - 1); // and the pool itself
  CHECK(tree.counts().dropped == 11);
}

SCENARIO("a slot that is used again is found by its new name") {
  tree_view tree;
  tree.publish(pool_event(7, transition::child_started, child_state::running));
  tree.publish(pool_event(7, transition::child_deleted, child_state::gone));
  auto other = child_event(transition::child_started, "tokyo/pool", "other", child_state::running);
  other.who = {8, 1};
  tree.publish(other);
  // A supervisor that begins anew gives the same slots to others.
  auto moved = pool_event(7, transition::child_started, child_state::running);
  tree.publish(moved);
  moved.child = "other";
  moved.who = {1, 1};
  moved.restarts_total = 5;
  tree.publish(moved);
  CHECK(tree.find("tokyo/pool/other", start)->restarts_total == 5);
  CHECK(tree.find("tokyo/pool/w7", start)->restarts_total == 0);
  CHECK(tree.counts().workers == 2);
  for (const char* id : {"other", "w7"})
    tree.publish(child_event(transition::child_deleted, "tokyo/pool", id, child_state::gone));
  other.restarts_total = 9;
  tree.publish(other);
  CHECK(tree.find("tokyo/pool/other", start)->restarts_total == 9);
}

SCENARIO("a child that got another slot leaves nothing at the one it had") {
  tree_view tree;
  auto moved = pool_event(7, transition::child_started, child_state::running);
  tree.publish(moved);
  moved.who = {1, 1};
  tree.publish(moved);
  tree.publish(child_event(transition::child_deleted, "tokyo/pool", moved.child, child_state::gone));
  auto next = child_event(transition::child_started, "tokyo/pool", "next", child_state::running);
  next.who = {8, 1};
  tree.publish(next); // reads what stands at the slot
  CHECK(tree.counts().workers == 1);
}
