#pragma once

#include "apps/node/options.hpp"

namespace cafnode::node {

/// Runs a node in the foreground until SIGTERM or SIGINT (drains, then ends; a second one ends at once), or until its
/// tree gives up. SIGHUP reads the configuration again, and the control API's tokens and certificate. `file` is usable;
/// `options` say where it came from. A version that was pushed since the node saw the file last runs instead of it.
[[nodiscard]] exit_code run_node(const conf::loaded& file, const node_options& options);

} // namespace cafnode::node
