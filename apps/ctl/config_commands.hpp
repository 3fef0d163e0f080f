#pragma once

#include "apps/ctl/commands.hpp"

#include <string>

namespace cafnode::ctl {

/// How a configuration is applied; empty words are left out.
struct apply_options {
  std::string file;
  std::string version;
  std::string index, hash, node; // the plan's
  std::string why;
  std::string healthy_within; // a span
  bool force = false;
};

// Each does one command: data to standard output, faults to standard error.
[[nodiscard]] exit_code show_config(const options& chosen);
[[nodiscard]] exit_code plan_config(const options& chosen, const std::string& file);
[[nodiscard]] exit_code apply_config(const options& chosen, const apply_options& how);
[[nodiscard]] exit_code roll_config_back(const options& chosen, const apply_options& how);
[[nodiscard]] exit_code show_config_history(const options& chosen);

/// Prints the text of a version; empty: of the one that runs.
[[nodiscard]] exit_code print_config_version(const options& chosen, const std::string& version);
[[nodiscard]] exit_code diff_config(const options& chosen, const std::string& from, const std::string& to);

} // namespace cafnode::ctl
