#pragma once

#include <chrono>
#include <cstdint>

namespace cafnode::base {

/// Monotonic time: deadlines, intervals, what virtual time replaces in tests.
using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;

/// Calendar time in UTC, for what is shown or sent to an exchange. Never for measuring.
using wall_time = std::chrono::sys_time<std::chrono::microseconds>;

/// Both clocks, read at one moment. Deciding code takes this as an argument and never reads a clock itself.
struct moment {
  time_point steady{};
  wall_time wall{};

  friend moment operator+(moment at, duration span) {
    return {at.steady + span, at.wall + std::chrono::duration_cast<std::chrono::microseconds>(span)};
  }
};

/// Milliseconds since 1970, as exchanges write time.
[[nodiscard]] constexpr std::int64_t to_unix_ms(wall_time at) noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
}

/// Where time comes from. The host reads the machine's clocks; tests turn the hands themselves.
class clock_source {
public:
  virtual ~clock_source() = default;
  [[nodiscard]] virtual moment now() const = 0;
};

} // namespace cafnode::base
