#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <deque>

namespace cafnode::supervision {

/// What a restart attempt comes to.
enum class restart_verdict { restart, give_up };

/// Counts the restart attempts of one supervisor: more than `intensity` of them within `period` are too many.
///
/// An attempt exactly `period` old still counts. A period of whole seconds is measured as OTP does, in whole seconds of
/// the clock, so that the window is up to one second longer than `period`; any other period is measured exactly.
/// Holds at most `intensity` + 1 times.
class restart_window {
public:
  restart_window(std::size_t intensity, std::chrono::milliseconds period);

  /// Records one attempt. Time that runs backwards is taken as standing still.
  restart_verdict record(base::time_point now);

  /// The attempts that count at `now`.
  [[nodiscard]] std::size_t count(base::time_point now) const;

  [[nodiscard]] std::size_t intensity() const noexcept { return intensity_; }

private:
  [[nodiscard]] base::duration age(base::time_point then, base::time_point now) const;

  std::size_t intensity_;
  std::chrono::milliseconds period_;
  bool whole_seconds_;
  std::deque<base::time_point> recent_; // oldest first
};

} // namespace cafnode::supervision
