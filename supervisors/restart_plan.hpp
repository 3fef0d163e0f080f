#pragma once

#include "supervisors/child_table.hpp"

#include <vector>

namespace cafnode::supervision {

/// Who shares the fate of a failed child: whom to stop, last first, and whom to start, first first.
struct restart_plan {
  std::vector<slot_key> stop;  // in start order; taken from the back; never the failed child itself
  std::vector<slot_key> start; // in start order
};

[[nodiscard]] restart_plan plan_restart(strategy chosen, const child_table& children, const child_record& failed);

/// Whether a child is forgotten once it has ended.
[[nodiscard]] inline bool is_forgotten(strategy chosen, const child_record& child) noexcept {
  return child.restart == restart_type::temporary || chosen == strategy::simple_one_for_one;
}

/// Whom to restart when the wait of a group is over: those that wait and, of those that were started by hand meanwhile,
/// the ones that share their fate. Nobody when nobody waits.
[[nodiscard]] restart_plan plan_group_return(strategy chosen, const child_table& children);

/// Whether a restart touches one child only, so that others need not wait for it.
[[nodiscard]] constexpr bool is_independent(strategy chosen) noexcept {
  return chosen == strategy::one_for_one || chosen == strategy::simple_one_for_one;
}

} // namespace cafnode::supervision
