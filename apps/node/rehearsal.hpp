#pragma once

#include "conf/node_config.hpp"

#include <optional>
#include <string>

namespace cafnode::node {

/// What would keep a node from starting with `wanted` here, of what a start needs for itself: tokens and certificate
/// that load, a log file that can be appended to, a port to bind, a folder for the unix socket. Nothing: it can start.
/// Of these the last three are tried where they are not what the running node, which has `running`, holds already.
/// Leaves nothing behind. Blocks for files, and for the look-up of a name.
[[nodiscard]] std::optional<std::string> why_no_start(const conf::node_config& running,
                                                      const conf::node_config& wanted);

} // namespace cafnode::node
