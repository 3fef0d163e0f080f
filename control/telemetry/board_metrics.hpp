#pragma once

#include "actors/session/board.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/time.hpp"
#include "runtime/observe/metrics.hpp"

#include <cstddef>
#include <memory>

namespace cafnode::control {

/// Connections beyond this number have no series of their own.
inline constexpr std::size_t own_series_max = 500;

/// Adds what the board counts, to be read at each scrape: summed over the connections of each exchange, and for the
/// first connections of the configuration one by one. `clock` outlives the registry's last look.
void add_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                       const base::clock_source& clock, const conf::node_config& config);

/// The same for another configuration, instead of what was added before.
void renew_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                         const base::clock_source& clock, const conf::node_config& config);

} // namespace cafnode::control
