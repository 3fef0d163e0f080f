#pragma once

#include "bench/report.hpp"

#include <cstddef>

namespace cafnode::bench {

/// test_request in to public/test out: our client and heartbeat manager beside a bare Beast handler, asked in turn,
/// each on its own connection and thread; once alone, and once while `loads` other connections of each carry ten ticker
/// frames per second.
[[nodiscard]] report run_heartbeat(std::size_t rounds, std::size_t loads);

} // namespace cafnode::bench
