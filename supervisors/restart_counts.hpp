#pragma once

#include "supervisors/child_record.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/restart_window.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cafnode::supervision {

/// Keeps the restart budgets of one supervisor: each reason falls under one of them, those that are named nowhere under
/// the supervisor's own intensity.
class restart_counts {
public:
  /// What a restart for some reason comes to. `then` says what follows when it is not allowed.
  struct verdict {
    bool allowed = true;
    exhausted then = exhausted::escalate;
    std::size_t intensity = 0; // the limits that it was held against
    std::chrono::milliseconds period{0};
  };

  /// `flags` have passed check_plan.
  explicit restart_counts(const supervisor_flags& flags);

  /// Counts one restart of a child for `why`.
  verdict record(process::reason_code why, child_trouble& trouble, base::time_point now);

  /// What follows when the budget of `why` has no room.
  [[nodiscard]] exhausted after(process::reason_code why) const noexcept;

  /// Other limits; what was counted for budgets of the same reasons stays counted.
  void change(const supervisor_flags& flags);

  /// The window of the supervisor's own intensity.
  [[nodiscard]] const restart_window& own() const noexcept { return own_; }

private:
  struct entry {
    restart_budget budget;
    restart_window shared;  // unused when each child is counted alone, or there is no limit
    std::uint16_t mask = 0; // a bit for each of its reasons: what names it among a child's own windows
  };

  static constexpr std::uint8_t none = UINT8_MAX;
  static constexpr std::size_t reasons = 16;

  [[nodiscard]] std::uint8_t entry_of(process::reason_code why) const noexcept;
  [[nodiscard]] restart_window& window_of(entry& of, child_trouble& trouble);
  void index();

  restart_window own_;
  exhausted own_then_;
  std::vector<entry> entries_;
  std::array<std::uint8_t, reasons> by_reason_{};
};

} // namespace cafnode::supervision
