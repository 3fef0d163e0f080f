#pragma once

#include "conf/fault.hpp"
#include "control/config/config_store.hpp"
#include "control/push/config_plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cafnode::control {

/// How things stand with the configuration.
struct config_status {
  std::string node;
  version_entry running;
  std::string stage = "idle";              // of the change that is under way: "look_at_health"
  std::uint64_t proposed = 0;              // its version
  std::string trouble;                     // the store's, or of a change that could not be taken back; empty: none
  std::string store;                       // where versions are kept; empty: in memory only
  std::string file;                        // the node's own; empty: it has none
  std::string drift;                       // how the file differs from what runs; empty: not at all
  std::vector<conf::change> after_restart; // what runs only after a restart of the node
};

[[nodiscard]] std::string to_json(const config_plan& plan);
[[nodiscard]] std::string to_json(const config_status& status);
[[nodiscard]] std::string to_json(const std::vector<version_entry>& history);
[[nodiscard]] std::string to_json(const config_version& version);
[[nodiscard]] std::string to_json(const std::vector<conf::change>& changes);

/// What became of an apply, once the node was touched by it.
struct push_report {
  std::uint64_t version = 0; // that runs now
  std::uint64_t tried = 0;   // the one that was applied
  std::string result;        // "applied", "undone", "unchanged"
  std::string why;
  std::size_t started = 0, stopped = 0, restarted = 0, changed = 0, unchanged = 0;
  std::int64_t took_us = 0;
};

[[nodiscard]] std::string to_json(const push_report& report);

} // namespace cafnode::control
