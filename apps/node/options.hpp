#pragma once

#include "conf/loader.hpp"

#include <string>
#include <vector>

namespace cafnode::node {

/// Exit codes of the daemon, so that a service manager knows when a restart may help.
enum class exit_code : int {
  clean = 0,
  usage = 2,
  internal = 70,   // a bug, or the tree gave up
  temporary = 75,  // a port in use, a certificate not readable yet
  bad_config = 78, // no restart helps
};

/// What the command line asks for.
struct node_options {
  enum class what { run, check_config, print_config, print_schema } what = what::run;
  std::string config_file;  // empty: the built-in default
  std::string state_folder; // where versions of the configuration are kept; empty: in memory only
  bool show_origin = false;
  bool json = false; // faults of the configuration as JSON
  std::vector<conf::override_value> overrides;
};

/// The configuration that the options and the environment add up to, with all its faults.
[[nodiscard]] conf::loaded load(const node_options& options);

/// Puts over `config` what flags and environment say.
void add_overrides(conf::loaded& config, const node_options& options);

/// Prints what is wrong with the configuration on standard error; as JSON if asked.
void print_faults(const conf::loaded& config, bool json);

} // namespace cafnode::node
