#pragma once

#include "runtime/process/process_base.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/event.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cafnode::supervision {

/// What one supervisor is made from.
struct supervisor_plan {
  std::string path; // its label, and the head of its children's: "tokyo/deribit/alpha"
  supervisor_flags flags;
  std::vector<child_spec> children; // simple_one_for_one: exactly one, the template
  std::shared_ptr<event_sink> events; // hears of every transition; never null
  std::uint64_t seed = 0;             // of the jitter
};

/// Spawns a supervisor under `parent`'s system, pinned to `where` when that is given, and returns at once; its children
/// start in order on its own thread. A faulty plan gives start_failed before anything starts.
[[nodiscard]] start_outcome start_supervisor(caf::actor_system& system, process::home* where, supervisor_plan plan);

} // namespace cafnode::supervision
