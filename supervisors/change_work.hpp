#pragma once

#include "supervisors/change_plan.hpp"
#include "supervisors/child_ref.hpp"
#include "supervisors/end_reason.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::supervision {

/// A hot change that is being carried out, with all that it takes to undo it.
struct change_work {
  std::uint64_t call = 0;
  std::shared_ptr<const change_plan> plan;
  supervisor_flags flags;
  std::vector<child_spec> children; // as wanted
  supervisor_flags old_flags;
  std::vector<current_child> old_children; // in their start order
  std::vector<slot_key> begun;             // started so far by the new specs or, undoing, the old, in that order
  std::vector<slot_key> removed;           // not wanted any more, to be forgotten when all has started
  std::vector<slot_key> lost;              // the old one did not come up again during the undoing
  std::vector<slot_key> left_stopped;      // before the change, until one of their group is tried again
  bool undoing = false;
  std::string failed; // whose start made it necessary
  end_reason why;
};

} // namespace cafnode::supervision
