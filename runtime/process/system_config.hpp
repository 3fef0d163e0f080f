#pragma once

#include "runtime/process/services.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstddef>
#include <memory>

namespace cafnode::process {

/// How CAF is set up, for every system of ours: nothing is read from the environment, the command line or the working
/// folder, nothing is logged by CAF itself, the scheduler shares one queue (it sleeps when idle), the end of an actor
/// without timeouts of CAF's does not wake CAF's clock, and one process gives way after `throughput_max` messages.
/// Outlives its actor system.
class system_config : public caf::actor_system_config {
public:
  static constexpr std::size_t throughput_max = 300; // messages

  /// `scheduler_threads` run the processes without a home; at least 1.
  explicit system_config(std::size_t scheduler_threads = 2);

  /// What the processes of this system find.
  [[nodiscard]] process::services& services() const noexcept { return *services_; }

private:
  std::unique_ptr<process::services> services_;
};

/// The services of a system made from a system_config; any other system is a programmer error.
[[nodiscard]] services& services_of(const caf::actor_system& system);

} // namespace cafnode::process
