#pragma once

#include "supervisors/event.hpp"

#include <cstdint>

namespace cafnode::supervision {

/// Where one child stands, as its supervisor knows it: everything that `child_state` shows, and what it hides.
enum class child_phase : std::uint8_t {
  stopped,
  gone,
  waiting_for_turn, // until a message comes back, or a job under way gets to it
  waiting_for_time, // until a timer is due
  called,           // its factory is to be called, or has been and has not told
  spawned,          // it runs, and is waited for until it says that it is ready
  spawned_killed,   // the same, and it was killed
  up,               // it runs, and has yet to say that it is ready
  up_doomed,        // the same, and it was killed while it ran, for what its watchdog found
  up_ended,         // it was up when it ended by itself or by that kill, and that has not been dealt with
  ready,
  ready_doomed,
  ready_ended,
  asked, // to end
  killed,
};

/// What others are shown of it.
[[nodiscard]] constexpr child_state state_of(child_phase phase) noexcept {
  switch (phase) {
  case child_phase::stopped:
    return child_state::stopped;
  case child_phase::gone:
    return child_state::gone;
  case child_phase::waiting_for_turn:
  case child_phase::waiting_for_time:
    return child_state::waiting;
  case child_phase::called:
  case child_phase::spawned:
  case child_phase::spawned_killed:
    return child_state::starting;
  case child_phase::up:
  case child_phase::up_doomed:
  case child_phase::up_ended:
  case child_phase::ready:
  case child_phase::ready_doomed:
  case child_phase::ready_ended:
    return child_state::running;
  case child_phase::asked:
  case child_phase::killed:
    return child_state::stopping;
  }
  return child_state::gone;
}

/// It ended while it ran, and that has not been dealt with.
[[nodiscard]] constexpr bool has_ended(child_phase phase) noexcept {
  return phase == child_phase::up_ended || phase == child_phase::ready_ended;
}

/// There is a process that is not let go of yet.
[[nodiscard]] constexpr bool has_process(child_phase phase) noexcept {
  const auto state = state_of(phase);
  return phase == child_phase::spawned || phase == child_phase::spawned_killed || state == child_state::running ||
         state == child_state::stopping;
}

/// OTP's active: it runs or is stopped, and its end is not known of.
[[nodiscard]] constexpr bool is_active(child_phase phase) noexcept {
  const auto state = state_of(phase);
  return (state == child_state::running && !has_ended(phase)) || state == child_state::stopping;
}

/// It said that it is ready, or need not, and runs, or ran until its end that has not been dealt with.
[[nodiscard]] constexpr bool is_ready(child_phase phase) noexcept {
  return phase == child_phase::ready || phase == child_phase::ready_doomed || phase == child_phase::ready_ended;
}

/// A kill is on its way.
[[nodiscard]] constexpr bool is_killed(child_phase phase) noexcept {
  return phase == child_phase::spawned_killed || phase == child_phase::up_doomed ||
         phase == child_phase::ready_doomed || phase == child_phase::killed;
}

/// It runs, its end is not known of, and nobody has killed it.
[[nodiscard]] constexpr bool runs_on(child_phase phase) noexcept {
  return phase == child_phase::up || phase == child_phase::ready;
}

/// The phase after a kill; of one that has a process.
[[nodiscard]] child_phase after_kill(child_phase phase);

/// The phase after the end of one that runs.
[[nodiscard]] child_phase after_end(child_phase phase);

/// The phase after it was asked to end; of one that has a process, and whose end is not known of.
[[nodiscard]] child_phase after_ask(child_phase phase);

} // namespace cafnode::supervision
