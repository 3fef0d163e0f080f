#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace cafnode::supervision {

/// What a restart attempt comes to.
enum class restart_verdict { restart, give_up };

/// Counts the restart attempts of one supervisor: more than `intensity` of them within `period` are too many.
///
/// An attempt exactly `period` old still counts. A period of whole seconds is measured as OTP does, in whole seconds of
/// the clock, so that the window is up to one second longer than `period`; any other period is measured exactly.
/// Remembers at most `intensity` + 1 times.
class restart_window {
public:
  restart_window(std::size_t intensity, std::chrono::milliseconds period);

  /// Records one attempt. Time that runs backwards is taken as standing still.
  restart_verdict record(base::time_point now);

  /// The attempts that count at `now`.
  [[nodiscard]] std::size_t count(base::time_point now) const;

  /// Other limits for the attempts that are remembered; those that only a larger intensity would remember are not.
  void change(std::size_t intensity, std::chrono::milliseconds period);

  void forget() noexcept;

  [[nodiscard]] std::size_t intensity() const noexcept { return intensity_; }

  [[nodiscard]] std::chrono::milliseconds period() const noexcept { return period_; }

private:
  [[nodiscard]] base::duration age(base::time_point then, base::time_point now) const;

  [[nodiscard]] std::size_t size() const noexcept { return times_.size() - first_; }

  void pop_front();

  std::size_t intensity_;
  std::chrono::milliseconds period_;
  bool whole_seconds_;
  std::vector<base::time_point> times_; // oldest first; those before `first_` are over
  std::size_t first_ = 0;
};

} // namespace cafnode::supervision
