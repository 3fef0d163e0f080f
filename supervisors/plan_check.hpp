#pragma once

#include "supervisors/child_spec.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::supervision {

/// What can be wrong with a supervision plan. Each has a name of its own; values are shown, never sent.
enum class plan_fault_code {
  invalid_strategy,
  invalid_auto_shutdown,
  invalid_period,       // less than 1 ms, or above `span_max`, as with all spans below
  intensity_too_large,  // above `intensity_max`
  invalid_children_max, // 0
  too_many_children,    // above children_max
  invalid_stuck_after,  // less than 1 ms
  invalid_pacing,       // first below 1 ms, cap below first, jitter outside 0 to 100, negative healthy_after
  invalid_stop_within,  // less than 1 ms, or more than a day
  empty_budget,         // names no reason
  too_many_budgets,     // above `budgets_max`
  reason_in_two_budgets,
  invalid_budget_reason,    // none of the reasons there are
  invalid_budget_period,    // less than 1 ms
  invalid_exhausted,        // none of the three
  invalid_budget_scope,     // neither of the two
  unlimited_without_pacing, // would restart in a hot loop for ever
  invalid_circuit,          // open.first below 1 ms, cap below it, jitter outside 0 to 100, negative healthy_after
  not_one_template,         // simple_one_for_one needs exactly one child
  bad_combination,          // significant against auto_shutdown or permanent; auto_shutdown against simple_one_for_one
  missing_id,
  id_too_long, // above `id_max` bytes
  duplicate_id,
  missing_start,
  invalid_restart_type,
  invalid_child_type,
  invalid_grace,           // negative, or more than a day
  invalid_start_within,    // less than 1 ms, or more than a day
  invalid_progress_within, // less than 1 ms, or more than a day
  invalid_healthy_after,   // negative, or more than a day
  invalid_replacement,     // neither of the two, or make before break under a group strategy
  missing_path,
  path_too_long, // above `path_max` bytes
};

/// Longest of the spans that have no limit of their own.
inline constexpr std::chrono::milliseconds span_max = std::chrono::hours{365 * 24};
inline constexpr std::size_t intensity_max = 1'000'000;
inline constexpr std::size_t budgets_max = 16;
inline constexpr std::size_t id_max = 256;
inline constexpr std::size_t path_max = 1024;

struct plan_fault {
  plan_fault_code code = plan_fault_code::missing_id;
  std::string child; // id, or "#3" where it has none; empty for the supervisor itself
  std::string text;  // what is wrong and what to do
};

/// The name of `code`, as it is written above.
[[nodiscard]] std::string_view to_string(plan_fault_code code) noexcept;

/// Every fault of the flags and the children, flags first, then the children in their order. Empty: the plan is sound.
[[nodiscard]] std::vector<plan_fault> check_plan(const supervisor_flags& flags,
                                                 const std::vector<child_spec>& children);

/// The faults of one more child under `flags`; what depends on its siblings is not looked at.
[[nodiscard]] std::vector<plan_fault> check_child(const supervisor_flags& flags, const child_spec& child);

/// One sentence for all of `faults`, cut to what a reason may carry.
[[nodiscard]] std::string describe(const std::vector<plan_fault>& faults);

} // namespace cafnode::supervision
