#pragma once

#include "supervisors/child_ref.hpp"
#include "supervisors/end_reason.hpp"
#include "supervisors/management.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <variant>

namespace cafnode::supervision {

/// One command that waits for its answer, as the carrier of the actions numbers them.
using call_id = std::uint64_t;

enum class timer_purpose : std::uint8_t {
  grace,        // of one child that was asked to stop
  stuck,        // of one child that was killed
  start,        // of one child that has to say that it is ready
  progress,     // until the next look at one child's progress
  health,       // until one child's circuit closes
  delay,        // until one child is started again
  group_delay,  // until a group is started again
  shared_grace, // of all instances at the end of a simple_one_for_one supervisor
  shared_stuck,
  successor,    // of one that is to take a child's place, to say that it is ready
  retire_grace, // of a process that was replaced and asked to stop
  retire_stuck,
  stop_deadline, // of the whole stop
  hurry,         // until a stop no longer waits for a child that has yet to confirm its start
};

/// Names a timer; at most one is armed under one name.
struct timer_key {
  timer_purpose purpose = timer_purpose::grace;
  slot_key slot = 0; // 0 for those that are not of one child

  friend auto operator<=>(const timer_key&, const timer_key&) = default;
};

/// Runs the child's factory and tells the outcome.
struct start_process {
  child_ref who;
};

struct ask_process {
  child_ref who;
};

struct kill_process {
  child_ref who;
};

/// It does not end: whatever it still does must come to nothing.
struct fence_process {
  child_ref who;
};

/// The process has ended or is given up: nothing of it is waited for.
struct release_process {
  child_ref who;
};

/// Looks whether the child has got on since the last look, and tells.
struct check_progress {
  child_ref who;
};

/// Replaces a timer of the same name.
struct arm_timer {
  timer_key key;
  base::duration after{};
};

struct cancel_timer {
  timer_key key;
};

/// Comes back as `retry_due` behind what waits by then.
struct retry_later {
  child_ref who;
};

struct answer_call {
  call_id call = 0;
  call_answer answer;
};

/// All children are up: whoever awaits that is told.
struct confirm_start {};

/// The last action of all: the supervisor ends.
struct end_supervisor {
  end_reason why;
};

/// What a supervision_machine wants done. Done in order.
using action = std::variant<start_process, ask_process, kill_process, fence_process, release_process, check_progress,
                            arm_timer, cancel_timer, retry_later, answer_call, confirm_start, end_supervisor>;

} // namespace cafnode::supervision
