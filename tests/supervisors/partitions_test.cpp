// Instances spread over supervisors by a key.
#include "supervisors/partitions.hpp"
#include "tests/supervisors/tree_world.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

partitioned_plan plan_for(tree_world& tree, std::size_t count) {
  partitioned_plan plan;
  plan.path = "pool";
  plan.count = count;
  plan.instance = tree.worker("template");
  plan.events = tree.plan("pool", {}).events;
  plan.home_of = [&tree](std::size_t) { return &tree.world.home(); };
  return plan;
}

std::string start(tree_world& tree, const partitions& table, const std::string& key) {
  std::string answer = "nobody";
  tree.ask<management_report>(table.find(key), start_instance{key, tree.worker(key).start},
                              [&](const management_report& report) { answer = to_string(report.code); });
  return answer;
}

} // namespace

SCENARIO("instances live in the partition of their key") {
  GIVEN("a pool of four partitions") {
    tree_world tree;
    auto pool = start_partitions(tree.world.system(), &tree.world.home(), plan_for(tree, 4));
    REQUIRE(pool.table);
    tree.world.run();
    WHEN("twenty instances are started by their keys") {
      std::set<std::size_t> used;
      for (int i = 0; i < 20; ++i) {
        const auto key = "key" + std::to_string(i);
        CHECK(start(tree, *pool.table, key) == "started");
        const auto place = pool.table->place_of(key);
        used.insert(place);
        CHECK(tree.saw("started pool/" + std::to_string(place) + "/" + key + "#1"));
      }
      THEN("every partition has some") {
        CHECK(used.size() == 4);
      }
    }
    WHEN("a storm ends one partition") {
      REQUIRE(start(tree, *pool.table, "one") == "started");
      std::string other = "a";
      while (pool.table->place_of(other) == pool.table->place_of("one"))
        other += "a";
      REQUIRE(start(tree, *pool.table, other) == "started");
      const auto before = pool.table->find("one");
      for (int i = 0; i < 2; ++i) {
        process::tell_anonymous(tree.alive["one"], std::string{"boom"});
        tree.world.run();
      }
      THEN("the others go on, and it is found again once it is back") {
        CHECK(tree.alive.contains(other));
        CHECK(pool.table->find("one") != before);
        CHECK(start(tree, *pool.table, "one") == "started");
      }
    }
    process::ask_to_stop(std::get<started>(pool.outcome).child);
    tree.world.run();
    CHECK(tree.alive.empty());
  }
}

TEST_CASE("a partition that has ended is not found, and the table may outlive them all") {
  tree_world tree;
  auto pool = start_partitions(tree.world.system(), &tree.world.home(), plan_for(tree, 1));
  tree.world.run();
  CHECK(pool.table->find("x"));
  const auto root = std::get<started>(std::exchange(pool.outcome, ignored{})).child;
  process::ask_to_stop(root);
  const auto kept = pool.table->find("x");
  CHECK(tree.world.ended(root));
  CHECK(!pool.table->find("x")); // although `kept` keeps its memory
}

TEST_CASE("a key falls into the same partition everywhere and at any time") {
  const partitions table{16};
  CHECK(table.place_of("deribit/alpha") == partitions{16}.place_of("deribit/alpha"));
  CHECK(table.place_of("") < 16);
  std::vector<int> found(16);
  for (int i = 0; i < 1600; ++i)
    ++found[table.place_of("connection-" + std::to_string(i))];
  for (const auto each : found)
    CHECK(each > 50);
}

TEST_CASE("a faulty partitioned plan starts nothing and says why") {
  tree_world tree;
  for (const std::size_t count : {std::size_t{0}, partitions_max + 1}) {
    const auto plan = plan_for(tree, count);
    REQUIRE(check_plan(plan).size() == 1);
    CHECK(check_plan(plan).front().code == plan_fault_code::invalid_partition_count);
    const auto pool = start_partitions(tree.world.system(), nullptr, plan);
    CHECK(std::holds_alternative<start_failed>(pool.outcome));
    CHECK(!pool.table);
  }
  auto plan = plan_for(tree, 2);
  plan.instance.start = nullptr;
  plan.own.period = 0ms;
  CHECK(check_plan(plan).size() == 2);
}
