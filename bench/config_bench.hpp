#pragma once

#include "bench/report.hpp"

#include <cstddef>

namespace cafnode::bench {

struct config_options {
  std::size_t count = 1000;     // connections
  std::size_t rounds = 20;      // changes of each case
  std::size_t planned = 10'000; // connections of the case that is only planned
};

/// Changes of a running node's configuration: one that restarts one of its live connections, one that all of them take
/// over as they run, and the plan of one for many more. Throws std::runtime_error when something does not come up.
[[nodiscard]] report run_config(const config_options& options);

} // namespace cafnode::bench
