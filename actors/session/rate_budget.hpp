#pragma once

#include "runtime/base/time.hpp"
#include "runtime/base/token_bucket.hpp"

#include <cstdint>
#include <mutex>

namespace cafnode::session {

/// What an account may ask of its exchange, less what is left to others.
struct rate_limits {
  base::token_bucket_config matching{16, 4};      // requests that change orders
  base::token_bucket_config other{40'000, 8'000}; // credits, for everything else
  std::int64_t reserve_percent = 20;              // of both pools, kept for cancels and for finding out about orders
};

/// The rate budget of one account, shared by all connections of this node that use it, and outliving their restarts: an
/// exchange that finds it overdrawn ends the session, and cancels its orders. Thread-safe; never blocks for long.
class rate_budget {
public:
  rate_budget(rate_limits limits, base::time_point now);

  /// One request that makes or changes an order: leaves the reserve alone.
  bool take_order(base::time_point now);

  /// One request that cancels: may use the reserve.
  bool take_cancel(base::time_point now);

  /// A query that costs `credits`: may use the reserve.
  bool take_query(std::int64_t credits, base::time_point now);

  /// A query that may as well be left out: passes only while half of the pool is there.
  bool take_spare(std::int64_t credits, base::time_point now);

  /// How long until a query of that cost would pass if nobody else asked.
  [[nodiscard]] base::duration query_wait(std::int64_t credits, base::time_point now) const;

  /// The exchange says that the budget is gone.
  void drain(base::time_point now);

  [[nodiscard]] std::int64_t matching_left(base::time_point now) const;
  [[nodiscard]] std::int64_t credits_left(base::time_point now) const;

private:
  /// The latest time that any of the threads has shown: theirs may overtake each other on the way to the lock.
  [[nodiscard]] base::time_point latest(base::time_point now) const;

  rate_limits limits_;
  mutable std::mutex mutex_;
  mutable base::time_point latest_;
  base::token_bucket matching_;
  base::token_bucket other_;
};

} // namespace cafnode::session
