#pragma once

#include "runtime/process/services.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstddef>
#include <memory>

namespace cafnode::process {

/// How CAF is set up, for every system that has processes of ours: nothing is read from the environment, the command
/// line or the working folder, nothing is logged by CAF itself, the scheduler shares one queue (it sleeps when idle),
/// the end of an actor without timeouts of CAF's does not wake CAF's clock, and one process gives way after
/// `throughput_max` messages. Outlives its actor system. What else a program wants of CAF it sets on this, or on a
/// class derived from it, as on any caf::actor_system_config.
class system_config : public caf::actor_system_config {
public:
  static constexpr std::size_t throughput_max = 300; // messages

  /// `scheduler_threads` run the processes without a home; at least 1.
  explicit system_config(std::size_t scheduler_threads = 2);

  /// Gives the processes without a home real time: a timer_thread, owned by this. Before the first process is spawned;
  /// another call changes nothing. Not needed where every process has a home, or the services use other timers.
  void use_timer_thread();

  /// What the processes of this system find.
  [[nodiscard]] process::services& services() const noexcept { return *services_; }

private:
  std::unique_ptr<process::services> services_;
  std::unique_ptr<timer_source> timers_; // none unless asked for
};

/// The services of a system made from a system_config; any other system is a programmer error.
[[nodiscard]] services& services_of(const caf::actor_system& system);

} // namespace cafnode::process
