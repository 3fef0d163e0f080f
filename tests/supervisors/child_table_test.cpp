// What a supervisor keeps its children and its work in, against a simple model.
#include "runtime/base/rng.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/job_pool.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;

namespace {

std::size_t pick(base::rng& chance, std::size_t size) {
  return static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(size) - 1));
}

} // namespace

TEST_CASE("a table of children agrees with a plain list, whatever is added, removed and reordered") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    child_table table;
    std::vector<std::pair<std::string, slot_key>> model;
    std::vector<slot_key> gone;
    for (int step = 0; step < 400; ++step) {
      if (model.empty() || chance.chance(5, 9)) {
        const auto id = std::to_string(step);
        model.emplace_back(id, table.add(worker(id)).slot);
      } else if (chance.chance(9, 10)) {
        const auto at = model.begin() + static_cast<std::ptrdiff_t>(pick(chance, model.size()));
        gone.push_back(at->second);
        table.remove(at->second);
        model.erase(at);
      } else {
        std::swap(model.front(), model[pick(chance, model.size())]);
        std::vector<slot_key> order;
        for (const auto& each : model)
          order.push_back(each.second);
        table.reorder(order);
      }
      REQUIRE(table.size() == model.size());
      const auto slots = table.slots();
      REQUIRE(slots.size() == model.size());
      for (std::size_t i = 0; i < model.size(); ++i) {
        REQUIRE(slots[i] == model[i].second);
        REQUIRE(table.find(model[i].first)->slot == model[i].second);
        REQUIRE(table.find(model[i].second)->id == model[i].first);
      }
    }
    for (const auto slot : gone)
      CHECK(table.find(slot) == nullptr);
    CHECK(table.find("nobody") == nullptr);
  }
}

TEST_CASE("a slot is never used again, and slots that never were find nobody") {
  child_table table;
  const auto first = table.add(worker("a")).slot;
  table.remove(first);
  const auto second = table.add(worker("a")).slot;
  CHECK(first != second);
  CHECK(table.find(first) == nullptr);
  for (const slot_key slot : {slot_key{0}, slot_key{2}, ~slot_key{0}})
    CHECK(table.find(slot) == nullptr);
}

TEST_CASE("a page behind the last place, or behind any number, is empty") {
  child_table table;
  const auto order = table.add(worker("a")).order;
  CHECK(table.page(0, 10).size() == 1);
  CHECK(table.page(order, 10).empty());
  CHECK(table.page(~std::uint64_t{0}, 10).empty());
}

TEST_CASE("an index finds the number of each text that is in, and of no other") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    std::vector<std::string> texts;
    id_index index{[&](std::uint32_t number) { return std::string_view{texts[number]}; }};
    std::map<std::string, std::uint32_t> model;
    for (int step = 0; step < 1000; ++step) {
      const auto text = std::to_string(pick(chance, 60));
      if (const auto found = model.find(text); found != model.end()) {
        index.erase(found->second);
        model.erase(found);
      } else {
        model[text] = static_cast<std::uint32_t>(texts.size());
        texts.push_back(text);
        index.insert(model[text]);
      }
      REQUIRE(index.size() == model.size());
      const auto asked = std::to_string(pick(chance, 60));
      REQUIRE(index.find(asked) == (model.contains(asked) ? model[asked] : id_index::nothing));
    }
  }
}

TEST_CASE("a pool knows the jobs under way, and no job that is over") {
  base::rng chance{7};
  job_pool pool;
  std::map<job_id, slot_key> model;
  std::vector<job_id> over;
  for (slot_key step = 1; step <= 2000; ++step) {
    if (model.empty() || chance.chance(1, 2)) {
      const auto id = pool.open({.subject = step});
      CHECK(id != 0);
      CHECK(!model.contains(id));
      model[id] = step;
    } else {
      const auto at = std::next(model.begin(), static_cast<std::ptrdiff_t>(pick(chance, model.size())));
      pool.close(at->first);
      over.push_back(at->first);
      model.erase(at);
    }
    CHECK(pool.empty() == model.empty());
  }
  for (const auto& [id, subject] : model)
    CHECK(pool.find(id)->subject == subject);
  for (const auto id : over)
    CHECK(pool.find(id) == nullptr);
  CHECK(pool.find(0) == nullptr);
  CHECK(pool.ids().size() == model.size());
  pool.close_all();
  CHECK(pool.empty());
  CHECK(pool.ids().empty());
}
