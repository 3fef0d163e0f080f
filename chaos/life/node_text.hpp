#pragma once

#include "chaos/life/life_plan.hpp"
#include "conf/node_config.hpp"

#include <cstddef>
#include <string>

namespace cafnode::chaos {

/// "c3"
[[nodiscard]] std::string connection_name(std::size_t index);

/// The name and client id of an account of the simulator: "sim-key", "sim-key-1".
[[nodiscard]] std::string account_name(std::size_t index);

/// The configuration of the node that lives this life. The secrets of the simulator's accounts are in the environment
/// of this process from then on.
[[nodiscard]] conf::node_config node_config_of(const life_plan& plan);

} // namespace cafnode::chaos
