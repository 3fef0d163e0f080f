#pragma once

#include "actors/session/depot.hpp"
#include "control/push/config_plan.hpp"
#include "runtime/process/process_base.hpp"
#include "supervisors/management.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::control {

/// The process at a path of the supervisor tree; null: none runs there. Any thread.
using process_finder = std::function<caf::actor(const std::string& path)>;

/// Has the supervisors of a node take over what its depot wants, one after the other: the root where exchanges come or
/// go, then each exchange, then the connections that are restarted otherwise from now on. One that does not run takes
/// it over when it is started. Part of a process, and of its thread.
class tree_change {
public:
  using finish = std::function<void(std::optional<std::string> fault)>;

  /// How long one supervisor may take: it stops and starts connections side by side, each within its own limits.
  static constexpr std::chrono::seconds supervisor_max{60};

  tree_change(process::process_base& self, session::depot& depot, process_finder find)
      : self_{self}, depot_{depot}, find_{std::move(find)} {}

  /// Begins. `done` is called once, later or at once; after a fault the rest is left alone. One change at a time.
  void begin(const config_plan& plan, const std::string& region, finish done);

  [[nodiscard]] bool is_busy() const noexcept { return static_cast<bool>(done_); }

private:
  struct step {
    std::string path;
    std::function<std::optional<supervision::supervisor_plan>()> wanted;
  };

  static constexpr std::size_t at_once = 32; // connections; supervisors of more are changed one by one

  void go_on();
  void ask(const step& which);
  void answered(std::optional<std::string> fault);

  process::process_base& self_;
  session::depot& depot_;
  process_finder find_;
  std::vector<step> steps_;
  std::size_t singles_ = 0; // of the steps, those that are taken one by one
  std::size_t next_ = 0;
  std::size_t waiting_ = 0;
  bool going_on_ = false;
  std::optional<std::string> fault_;
  finish done_;
};

} // namespace cafnode::control
