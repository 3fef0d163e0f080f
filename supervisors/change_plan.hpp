#pragma once

#include "supervisors/child_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::supervision {

/// What a hot change does to one child.
enum class change_kind : std::uint8_t {
  stop,            // it is not wanted any more: stopped and forgotten
  change_in_place, // what it runs stays; the new spec counts from its next end or start on
  restart,         // stopped, and started by the new spec
  renew,           // the new one is started, then the old one stopped (make_before_break)
  start,           // it is new
  keep,            // nothing changes
};

/// The name of `kind`, as it is written above.
[[nodiscard]] std::string_view to_string(change_kind kind) noexcept;

/// What a hot change may change in the supervisor itself.
enum class change_flag : std::uint8_t {
  strategy,
  intensity,
  period,
  auto_shutdown,
  on_exhausted,
  budgets,
  circuit,
  pacing,
  stop_within,
  children_max,
  stuck_after,
  start_order,
};

struct change_step {
  change_kind kind = change_kind::keep;
  std::string child;
  std::string why; // "revision 3 -> 4", "restart, shutdown", "b is restarted"
};

/// What a hot change would do, or did: for a person to look at before it is applied.
struct change_plan {
  std::vector<std::string> flags; // what changes in the supervisor itself, "intensity 1 -> 3"
  /// In the order in which they are carried out: stops, last first; changes in place; restarts and starts in the new
  /// start order (what is restarted is stopped along with the stops); what is kept.
  std::vector<change_step> steps;
  std::vector<change_flag> changed_flags; // what `flags` says, one for one, for those who decide by it

  /// Whether anything is done at all.
  [[nodiscard]] bool changes() const noexcept;

  /// Whether that changes in the supervisor itself.
  [[nodiscard]] bool changes(change_flag flag) const noexcept;
};

/// One line a step, flags first; for terminals and logs.
[[nodiscard]] std::string to_text(const change_plan& plan);

/// A child as it is now.
struct current_child {
  child_spec spec;
  bool runs = false; // it has a process; one that is stopped stays so, one that waits for its restart goes on waiting
};

/// Compares what is, in start order, with what is wanted. A child that runs is restarted when its revision has changed,
/// and, under one_for_all and rest_for_one, when one that it shares its fate with is. Both sides have passed
/// check_plan, and both or neither are simple_one_for_one.
[[nodiscard]] change_plan plan_change(const supervisor_flags& flags, const std::vector<current_child>& children,
                                      const supervisor_flags& wanted_flags, const std::vector<child_spec>& wanted);

} // namespace cafnode::supervision
