#pragma once

#include "bench/report.hpp"

#include <cstddef>

namespace cafnode::bench {

/// `count` supervised connections against exchange-sim over loopback, plain and over TLS, each in a process of its own:
/// seconds until all are live, resident bytes for each, processor time at rest, and over `watch_seconds` what the
/// simulator's own log says of their heartbeats.
[[nodiscard]] report run_connections(std::size_t count, int watch_seconds);

} // namespace cafnode::bench
