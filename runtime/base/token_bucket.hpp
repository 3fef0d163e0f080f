#pragma once

#include "runtime/base/time.hpp"

#include <cstdint>

namespace cafnode::base {

/// A rate budget: `pool` credits at most, `per_second` of them coming back each second.
struct token_bucket_config {
  std::int64_t pool = 1;       // credits, at least 1
  std::int64_t per_second = 1; // credits, at least 1
};

/// Counts credits. Pure: time is an argument and must not run backwards.
class token_bucket {
public:
  /// Starts full at `now`.
  token_bucket(token_bucket_config config, time_point now);

  /// Takes `cost` credits if they are there after leaving `reserve` untouched; false, and nothing taken, otherwise.
  bool take(std::int64_t cost, time_point now, std::int64_t reserve = 0);

  /// Credits there at `now`.
  [[nodiscard]] std::int64_t available(time_point now) const;

  /// How long until `cost` credits are there above `reserve`; zero when they are, `duration::max()` when they never can
  /// be.
  [[nodiscard]] duration wait_for(std::int64_t cost, time_point now, std::int64_t reserve = 0) const;

  /// Takes everything: the exchange said that the budget is gone.
  void drain(time_point now);

private:
  [[nodiscard]] std::int64_t micro_at(time_point now) const;

  token_bucket_config config_;
  std::int64_t micro_; // millionths of a credit, so that slow refills lose nothing
  time_point at_;
};

} // namespace cafnode::base
