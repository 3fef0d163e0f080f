#pragma once

#include "runtime/host/clock.hpp"
#include "runtime/host/io_engine.hpp"
#include "runtime/process/services.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::process {

class system_config;

} // namespace cafnode::process

namespace cafnode::host {

struct host_options {
  std::size_t io_threads = 1;
  std::size_t scheduler_threads = 2;

  /// How long a process may take to end after it was killed.
  std::chrono::milliseconds kill_grace{2000};

  /// Changes the settings of CAF before its system starts, for example to add message types or to load its middleman.
  std::function<void(process::system_config& config)> configure = {};

  process::services::end_function on_process_end = {}; // may be empty; see process::services
  escape_function on_escape = {};                      // may be empty
};

/// How a shutdown went.
struct shutdown_report {
  std::vector<std::string> killed; // labels of those that did not end by themselves in time
  std::vector<std::string> stuck;  // labels of those that not even a kill ended: they never left a handler

  [[nodiscard]] bool clean() const noexcept { return killed.empty() && stuck.empty(); }
};

/// One actor system with its I/O threads and its clock, made and ended in the right order.
class actor_host {
public:
  /// Everything runs when this returns.
  explicit actor_host(host_options options = {});

  /// Shuts down without a root and without patience, if nobody has shut down before.
  ~actor_host();

  actor_host(const actor_host&) = delete;
  actor_host& operator=(const actor_host&) = delete;

  [[nodiscard]] caf::actor_system& system() noexcept;
  [[nodiscard]] process::services& services() noexcept;
  [[nodiscard]] io_engine& engine() noexcept;

  /// A thread of its own, for processes that wait for a disk: they keep nobody from anything.
  [[nodiscard]] io_unit& aside() noexcept;

  [[nodiscard]] const base::clock_source& clock() const noexcept;

  /// Asks `root` to stop, waits at most `within` until every process has ended, kills those that are left, and waits
  /// host_options::kill_grace for them. The system and its threads still stand, so that those who use them (a control
  /// thread) can be ended next; what these start meanwhile, shutdown() ends. Never on a thread of this.
  shutdown_report end_processes(caf::actor root, std::chrono::milliseconds within);

  /// end_processes(), then ends the threads and the system. Once; nothing of this may be used afterwards, so whoever
  /// asks processes from other threads must have ended. When some are stuck, their threads and all they may touch are
  /// left alone: then exit the program soon, and without destructors of what they may touch.
  shutdown_report shutdown(caf::actor root, std::chrono::milliseconds within);

private:
  struct parts;

  [[nodiscard]] bool is_empty() const;
  bool wait_until_empty(std::chrono::milliseconds within);
  [[nodiscard]] std::vector<std::string> kill_the_rest();
  [[nodiscard]] std::vector<std::string> stuck() const;
  void abandon();

  std::unique_ptr<parts> parts_;
};

} // namespace cafnode::host
