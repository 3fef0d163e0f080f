#pragma once

#include "runtime/base/backoff.hpp"
#include "runtime/process/reason.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cafnode::supervision {

/// What becomes of a restart for which its budget has no room.
enum class exhausted : std::uint8_t {
  escalate,     // the supervisor gives up and ends, as in OTP
  stop_child,   // the child stays stopped, its spec is kept; its siblings are left alone
  open_circuit, // the child, or its group, waits for `circuit`, and is tried again
};

/// Whose restarts a budget counts together.
enum class budget_scope : std::uint8_t { supervisor, child };

/// How many restarts the reasons of one class may cause. A reason that no budget names falls under the supervisor's own
/// intensity and period.
struct restart_budget {
  std::vector<process::reason_code> reasons{}; // each in one budget only
  std::optional<std::size_t> intensity{};      // more than this many within `period` exhaust it; none: no limit
  std::chrono::milliseconds period{5000};      // at least 1 ms
  exhausted on_exhausted = exhausted::escalate;
  budget_scope scope = budget_scope::supervisor;
};

/// How restarts are paced. None in OTP, where a restart is at once; off unless asked for. A child that ends with
/// `retry_after` (process::make_reason) is left alone for so long, ten minutes at most, and its back-off is added.
struct restart_pacing {
  base::backoff_config backoff;
  std::chrono::milliseconds healthy_after{30'000}; // ready that long without a failure: the back-off starts over
};

/// How long an open circuit waits before it lets one attempt through (half-open). That attempt closes it by being ready
/// for `healthy_after`; if it fails before, the circuit opens again for twice as long, up to the cap.
struct circuit_config {
  base::backoff_config open{std::chrono::milliseconds{30'000}, std::chrono::milliseconds{300'000}, 50};
  std::chrono::milliseconds healthy_after{30'000};
};

/// Where the circuit of one child stands.
enum class circuit_state : std::uint8_t { closed, open, half_open };

} // namespace cafnode::supervision
