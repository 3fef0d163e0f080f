#pragma once

#include "actors/venues/event.hpp"
#include "runtime/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace cafnode::session {

/// Chooses which faults of a peer are worth an event: of each kind the first, and then one per minute. All are counted
/// elsewhere.
class fault_sampler {
public:
  static constexpr std::chrono::seconds rest{60};

  /// How many of its kind there were since the last that was shown, this one included; nothing when it is not shown.
  std::optional<std::uint64_t> show(const venues::protocol_fault& fault, base::time_point now);

private:
  struct kind_state {
    std::optional<base::time_point> shown_at;
    std::uint64_t since = 0;
  };

  std::array<kind_state, venues::fault_kinds> kinds_;
};

} // namespace cafnode::session
