#pragma once

#include "runtime/base/time.hpp"

#include <caf/actor_control_block.hpp>

#include <cstdint>

namespace cafnode::process {

/// Where a process gets its time and its timers: a timer_thread, an I/O thread of the host, or a test that turns the
/// hands itself.
///
/// A due timer sends `timer_fired{token}` to its target at high priority. The target is held weakly: a timer keeps
/// nobody alive. Thread: `now` from any; `arm` and `cancel` from any.
class timer_source : public base::clock_source {
public:
  using ticket = std::uint64_t; // never 0

  /// Arms a timer for `due`; at once when that is past. Early it never fires.
  virtual ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) = 0;

  /// After this returns on the thread that fires, nothing new is sent for `armed`; called elsewhere, one message may
  /// still come. The process base ignores what it no longer knows. A ticket that fired or was cancelled is ignored.
  virtual void cancel(ticket armed) = 0;
};

} // namespace cafnode::process
