#pragma once

#include <cstdint>
#include <string>

namespace cafnode::venues {

/// One socket of a connection: its place in `machine::lanes`.
using lane = std::uint8_t;

inline constexpr lane first_lane = 0;

/// Where a lane leads.
struct lane_spec {
  std::string name = {};  // for a person: "private", "trade"
  std::string host = {};  // empty: as configured
  std::uint16_t port = 0; // 0: as configured
  std::string path = {};  // empty: as configured
  bool later = false;     // not dialed before the machine has learned where it leads: `outbox::open_lane`
};

} // namespace cafnode::venues
