#pragma once

#include "actors/session/board.hpp"
#include "runtime/observe/metrics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cafnode::node {

/// Adds what the board counts, summed over the connections of each exchange, to be read at each scrape. `exchanges` are
/// the names in the configuration.
void add_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                       const std::vector<std::string>& exchanges);

} // namespace cafnode::node
