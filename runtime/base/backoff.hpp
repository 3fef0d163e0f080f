#pragma once

#include "runtime/base/rng.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>

namespace cafnode::base {

/// How long to wait before the next attempt: doubles from `first` up to `cap`, and each wait is spread at random
/// over [wait - wait * jitter_percent / 100, wait], so that a fleet does not come back in step.
struct backoff_config {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds cap{30'000};
  std::int64_t jitter_percent = 50; // 0 to 100
};

/// Counts failures and says how long to wait after each. Pure: chance is an argument.
class backoff {
public:
  explicit backoff(backoff_config config);

  /// Records one failure and returns the wait before the next attempt; at least one millisecond, at most `cap`.
  std::chrono::milliseconds next(rng& chance);

  /// Forgets all failures. Called only after proven health, not after a mere start.
  void reset() noexcept { failures_ = 0; }

  [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

private:
  backoff_config config_;
  std::uint32_t failures_ = 0;
};

} // namespace cafnode::base
