#pragma once

#include "apps/node/options.hpp"
#include "conf/node_config.hpp"

#include <chrono>
#include <functional>

namespace cafnode::node {

/// What a reload may change while the node runs.
struct live_settings {
  std::function<void(conf::log_level)> set_log_level;
  std::function<void(std::chrono::milliseconds)> set_drain_timeout;
};

/// Reads the configuration again and compares it with `running`. A bad file changes nothing and is reported with its
/// faults. Of the differences those that can go live are applied and kept in `running`; each other one is reported with
/// what it takes. Reports go to the log. False: it was refused.
bool reload(conf::node_config& running, const node_options& options, const live_settings& settings);

} // namespace cafnode::node
