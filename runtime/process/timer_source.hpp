#pragma once

#include "runtime/base/time.hpp"

#include <caf/actor_control_block.hpp>

#include <cstdint>

namespace cafnode::process {

/// Where a process gets its time and its timers: an I/O thread of the host, or a test that turns the hands itself.
///
/// A due timer sends `timer_fired{token}` to its target at high priority. The target is held weakly: a timer keeps
/// nobody alive. Thread: `now` from any; `arm` and `cancel` from any.
class timer_source : public base::clock_source {
public:
  using ticket = std::uint64_t; // never 0

  virtual ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) = 0;

  /// After this returns on the target's own thread nothing new is sent for `armed`; what was already sent is the
  /// process base's to ignore.
  virtual void cancel(ticket armed) = 0;
};

} // namespace cafnode::process
