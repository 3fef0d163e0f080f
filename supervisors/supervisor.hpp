#pragma once

#include "runtime/process/process_base.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/event.hpp"
#include "supervisors/management.hpp"
#include "supervisors/plan_check.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cafnode::supervision {

/// What one supervisor is made from.
struct supervisor_plan {
  std::string path; // its label, and the head of its children's: "tokyo/deribit/alpha"
  supervisor_flags flags;
  std::vector<child_spec> children;   // simple_one_for_one: exactly one, the template
  std::shared_ptr<event_sink> events; // hears of every transition; null: nobody does
  std::uint64_t seed = 0;             // of the jitter
  std::string role{};                 // what it looks after, in a word that many supervisors share; its events say it
};

/// Every fault of `plan`. Empty: start_supervisor accepts it.
[[nodiscard]] std::vector<plan_fault> check_plan(const supervisor_plan& plan);

/// Spawns a supervisor, pinned to `where` when that is given, and returns at once; its children start in order on its
/// own thread. A faulty plan gives start_failed with the text of all faults before anything starts. It lives until it
/// ends by itself or is asked to (process::ask_to_stop), whether its handle is kept or not. `system` is made from a
/// process::system_config, with timers in its services when `where` is null. Any thread.
///
/// What is returned is `awaited`: given as a child's outcome, the supervisor above waits until all its children
/// are up, and takes their failure for a failed start. The reasons it ends with: what it was asked to stop with;
/// `shutdown` when it gave up or its significant children ended; `start_failed`, `peer_unavailable` or `refused` when a
/// child of the plan failed to start. It takes the messages of management.hpp, and answers them while children start
/// and stop.
[[nodiscard]] start_outcome start_supervisor(caf::actor_system& system, process::home* where, supervisor_plan plan);

} // namespace cafnode::supervision
