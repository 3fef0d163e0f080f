// What the tree knows of the processes behind its rows, under real supervisors and in virtual time.
#include "control/tree/tree_view.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "supervisors/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <doctest/doctest.h>

#include <utility>

using namespace cafnode;
using namespace std::chrono_literals;
using namespace supervision;
using virtual_time::virtual_world;

namespace {

/// One supervisor "tokyo" over one worker "a", seen by a tree.
struct small_world {
  /// The worker runs in `elsewhere`, if that is given.
  explicit small_world(virtual_world* elsewhere = nullptr) {
    supervisor_plan plan;
    plan.path = "tokyo";
    plan.flags.intensity = 5;
    plan.events = tree;
    child_spec spec;
    spec.id = "a";
    spec.start = [this, elsewhere](process::process_base&) -> start_outcome {
      auto& where = elsewhere ? *elsewhere : world;
      worker = where.spawn_function("tokyo/a", [](process::process_base&) { return caf::behavior{[](int) {}}; });
      return started{worker};
    };
    plan.children.push_back(std::move(spec));
    root = std::get<started>(start_supervisor(world.system(), &world.home(), std::move(plan))).child;
    world.run();
  }

  [[nodiscard]] control::tree_row row(std::string_view path) const {
    return tree->find(path, world.now().steady).value_or(control::tree_row{});
  }

  virtual_world world;
  std::shared_ptr<control::tree_view> tree = std::make_shared<control::tree_view>();
  caf::actor worker, root;
};

} // namespace

SCENARIO("a row tells how many messages wait, at the moment it is asked") {
  small_world small;
  REQUIRE(small.row("tokyo/a").mailbox == 0);
  for (int each = 0; each < 5; ++each)
    process::tell_anonymous(small.worker, each);
  CHECK(small.row("tokyo/a").mailbox == 5);
  CHECK(small.tree->page("tokyo", "", 10, {})->rows.back().mailbox == 5);
  CHECK_FALSE(small.row("tokyo").mailbox.has_value()); // nobody looks after it, so nobody has told who it is
  small.world.run();
  CHECK(small.row("tokyo/a").mailbox == 0);
}

SCENARIO("a row leads to the process that runs now, and lets go of one that has ended") {
  small_world small;
  CHECK(small.tree->process_at("tokyo/a") == small.worker);
  const auto first = caf::actor_cast<caf::weak_actor_ptr>(small.worker);
  CHECK(first->weak_refs == 3); // of the process itself, of the row, and this one
  process::kill(std::exchange(small.worker, nullptr));
  small.world.run();
  CHECK(small.row("tokyo/a").incarnation == 2);
  CHECK(small.tree->process_at("tokyo/a") == small.worker);
  CHECK(first->weak_refs == 1);

  auto next = caf::actor_cast<caf::weak_actor_ptr>(std::exchange(small.worker, nullptr));
  process::tell_anonymous(small.root, terminate_child{"a"});
  small.world.run();
  CHECK(small.row("tokyo/a").state == child_state::stopped);
  CHECK(next->weak_refs == 1);
  process::tell_anonymous(small.root, restart_child{"a"});
  small.world.run();

  next = caf::actor_cast<caf::weak_actor_ptr>(std::exchange(small.worker, nullptr));
  process::kill(std::exchange(small.root, nullptr));
  small.world.run();
  CHECK(small.row("tokyo/a").state == child_state::stopped);
  CHECK_FALSE(small.tree->process_at("tokyo/a"));
  CHECK(next->weak_refs == 1);
}

SCENARIO("a process that a kill does not end is a zombie until it has ended after all") {
  virtual_world elsewhere; // not run: the worker's thread hangs
  small_world small{&elsewhere};
  process::kill(std::exchange(small.worker, nullptr));
  process::ask_to_stop(small.root);
  small.world.run();
  small.world.pass(15s); // grace, and what a kill may take
  CHECK(small.row("tokyo/a").fenced == 1);
  CHECK(small.row("tokyo/a").zombies == 1);
  CHECK(small.row("tokyo").zombies == 1);
  CHECK(small.tree->counts().zombies == 1);
  elsewhere.run();
  CHECK(small.tree->counts().zombies == 0);
  CHECK(small.row("tokyo/a").zombies == 0);
  CHECK(small.row("tokyo").zombies == 0);
  CHECK(small.row("tokyo/a").fenced == 1);
}

SCENARIO("a restart that is done leaves a record with its supervisor") {
  small_world small;
  process::kill(std::exchange(small.worker, nullptr));
  small.world.run();
  const auto records = small.tree->records_of("tokyo");
  REQUIRE(records.size() == 1);
  CHECK(records.front().record.child == "a");
  CHECK(records.front().record.why.code == process::reason_code::killed);
  CHECK(small.row("tokyo").restarts_in_window == 1);
  CHECK(small.row("tokyo").children == 1);
  CHECK(small.row("tokyo/a").ready);
  CHECK(small.tree->counts().restarts == 1);
}
