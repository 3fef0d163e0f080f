#include "apps/node/options.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace cafnode::node {

conf::loaded load(const node_options& options) {
  auto config = options.config_file.empty() ? conf::load_built_in() : conf::load_file(options.config_file);
  add_overrides(config, options);
  return config;
}

void add_overrides(conf::loaded& config, const node_options& options) {
  // Later ones win: the file, then the environment, then the command line.
  conf::apply_overrides(config, conf::overrides_from_environment([](const char* name) { return std::getenv(name); }));
  conf::apply_overrides(config, options.overrides);
}

void print_faults(const conf::loaded& config, bool json) {
  if (config.faults.empty())
    return;
  const auto text = json ? conf::faults_to_json(config.faults) + "\n" : conf::format_faults(config.faults);
  std::fputs(text.c_str(), stderr);
}

} // namespace cafnode::node
