#pragma once

#include "bench/report.hpp"

#include <cstddef>

namespace cafnode::bench {

struct connections_options {
  std::size_t count = 5000;
  int watch_seconds = 60;
  std::size_t busy = 0; // other processes that use all the processor time they get
};

/// `count` supervised connections against exchange-sim over loopback, plain and over TLS, each in a process of its own:
/// seconds until all are live, the worst answer to a heartbeat in that time, resident bytes for each, processor time at
/// rest, and over `watch_seconds` what the simulator's own log says of their heartbeats. Then the same with half of
/// them cut at once, of which the heartbeats of the other half are shown.
[[nodiscard]] report run_connections(const connections_options& options);

} // namespace cafnode::bench
