#pragma once

#include "apps/node/options.hpp"

namespace cafnode::node {

/// Runs a node in the foreground until SIGTERM or SIGINT (drains, then ends; a second one ends at once), or until its
/// tree gives up. SIGHUP reads the configuration again, and the control API's tokens and certificate. `config` has
/// passed its checks; `options` say where it came from.
[[nodiscard]] exit_code run_node(const conf::node_config& config, const node_options& options);

} // namespace cafnode::node
