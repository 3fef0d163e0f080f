// Random plans under random failures: what must hold whatever happens.
#include "runtime/base/rng.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using code = process::reason_code;

/// One random supervisor and one random life of it.
class random_life {
public:
  explicit random_life(std::uint64_t seed) : chance_{seed} {
    auto given = flags(static_cast<strategy>(chance_.between(0, 2)), pick(5));
    given.period = chance_.chance(1, 2) ? 5s : 700ms;
    given.stuck_after = 300ms;
    if (chance_.chance(1, 2)) {
      given.pacing = restart_pacing{{10ms, 400ms, 50}, 1s};
      if (chance_.chance(1, 2))
        given.budgets = {{.reasons = {code::peer_unavailable}}};
    }
    std::vector<child_spec> children;
    for (std::size_t i = 0, n = pick(7); i < n; ++i)
      children.push_back(child("c" + std::to_string(i)));
    intensity_ = given.intensity;
    rig_ = std::make_unique<machine_rig>(given, children, seed);
    rig_->begin();
  }

  void live() {
    for (int step = 0; step < 60 && !rig_->machine.is_stopping(); ++step) {
      act();
      check_window();
    }
  }

  void check_nothing_is_lost() {
    if (meddled_ || rig_->machine.is_stopping())
      return;
    come_to_rest();
    if (rig_->machine.is_stopping())
      return;
    for (const auto* record : all())
      if (record->restart == restart_type::permanent)
        CHECK(record->state == child_state::running);
  }

  std::vector<std::string> said() { return rig_->said(); }

  void check_end() {
    const auto order = slots();
    rig_->stop();
    for (int i = 0; i < 100 && !rig_->ended; ++i)
      rig_->pass(1s);
    CHECK(rig_->ended);
    CHECK(rig_->alive.empty());
    CHECK(rig_->armed.empty());
    CHECK(rig_->answers.size() == calls_);
    CHECK(!rig_->machine.has_action());
    check_reverse(order);
  }

private:
  std::size_t pick(std::int64_t high) { return static_cast<std::size_t>(chance_.between(0, high)); }

  child_spec child(std::string id) {
    auto spec = worker(std::move(id), static_cast<restart_type>(chance_.between(0, 2)));
    if (chance_.chance(1, 3))
      spec.shutdown = brutal_kill{};
    else if (chance_.chance(1, 2))
      spec.shutdown = grace{std::chrono::milliseconds{chance_.between(0, 200)}};
    if (chance_.chance(1, 4))
      spec.start_within = std::chrono::milliseconds{chance_.between(1, 500)};
    return spec;
  }

  std::string any_id() { return "c" + std::to_string(pick(8)); }

  /// One process that lives, if any does.
  std::optional<child_ref> any_alive() {
    if (rig_->alive.empty())
      return std::nullopt;
    return std::next(rig_->alive.begin(), static_cast<std::ptrdiff_t>(pick(std::ssize(rig_->alive) - 1)))->second;
  }

  void act() {
    switch (chance_.between(0, 9)) {
    case 0:
    case 1:
    case 2:
      if (const auto who = any_alive())
        rig_->end(*who, static_cast<code>(chance_.between(0, 7)));
      return;
    case 3:
      return rig_->fail_start(any_id(), static_cast<int>(pick(2)),
                              chance_.chance(1, 2) ? code::start_failed : code::peer_unavailable);
    case 4:
      return toggle(rig_->stubborn);
    case 5:
      return toggle(rig_->immortal);
    case 6:
      toggle(rig_->slow);
      return confirm_all();
    case 7:
      return command();
    case 8:
      rig_->hold_retries = !rig_->hold_retries;
      return rig_->settle();
    default:
      return rig_->pass(std::chrono::milliseconds{chance_.between(0, 800)});
    }
  }

  void toggle(std::set<std::string>& ids) {
    const auto id = any_id();
    if (ids.erase(id) == 0)
      ids.insert(id);
  }

  void command() {
    const auto id = any_id();
    ++calls_;
    switch (chance_.between(0, 3)) {
    case 0:
      (void)rig_->call(start_child{child(id)});
      return;
    case 1:
      (void)rig_->call(restart_child{id});
      return;
    case 2:
      (void)rig_->call(delete_child{id});
      return;
    default:
      meddled_ = true;
      (void)rig_->call(terminate_child{id});
      return;
    }
  }

  void confirm_all() {
    std::vector<std::string> waiting;
    for (const auto* record : all())
      if (record->state == child_state::starting)
        waiting.push_back(record->id);
    for (const auto& id : waiting)
      rig_->confirm(id);
  }

  void come_to_rest() {
    rig_->hold_retries = false;
    rig_->slow.clear();
    rig_->failing.clear();
    for (int i = 0; i < 20; ++i) {
      rig_->settle();
      confirm_all();
      rig_->pass(1s);
    }
  }

  void check_window() {
    for (; seen_ < rig_->events.size(); ++seen_) {
      const auto& event = rig_->events[seen_];
      gave_up_ = gave_up_ || event.what == transition::intensity_exceeded;
      if (event.what == transition::child_started && !gave_up_)
        CHECK(event.restarts_in_window <= intensity_);
      if (event.what == transition::child_started)
        CHECK(!gave_up_);
    }
  }

  std::vector<const child_record*> all() const { return rig_->machine.children().page(0, 100); }

  std::map<std::string, std::uint64_t> slots() const {
    std::map<std::string, std::uint64_t> out;
    for (const auto* record : all())
      out[record->id] = record->order;
    return out;
  }

  /// The end, once what was under way is done, stops children one by one, from the end of the start order.
  void check_reverse(std::map<std::string, std::uint64_t> order) {
    order.merge(slots());
    auto last = ~std::uint64_t{0};
    const auto begins = [](const auto& event) { return event.what == transition::supervisor_stopping; };
    for (auto at = std::ranges::find_if(rig_->events, begins); at != rig_->events.end(); ++at) {
      if (at->what != transition::child_stopping || !order.contains(at->child))
        continue;
      CHECK(order[at->child] < last);
      last = order[at->child];
    }
  }

  base::rng chance_;
  std::unique_ptr<machine_rig> rig_;
  std::size_t intensity_ = 0;
  std::size_t calls_ = 0;
  std::size_t seen_ = 0;
  bool meddled_ = false;
  bool gave_up_ = false;
};

} // namespace

TEST_CASE("whatever happens, the rules of a supervisor hold") {
  // No two live incarnations and no call answered twice: the rig checks these itself.
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    random_life life{seed};
    life.live();
    life.check_nothing_is_lost();
    life.check_end();
  }
}

TEST_CASE("a life is the same each time it is run with one seed") {
  const auto story = [](std::uint64_t seed) {
    random_life life{seed};
    life.live();
    return life.said();
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    CHECK(story(seed) == story(seed));
}
