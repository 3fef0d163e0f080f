#pragma once

#include "actors/session/connection_seat.hpp"
#include "runtime/host/io_engine.hpp"

namespace cafnode::session {

/// Seats on the I/O threads of `engine`, each on the one that had the fewest. The engine outlives what runs there.
[[nodiscard]] seat_source seats_on(host::io_engine& engine);

} // namespace cafnode::session
