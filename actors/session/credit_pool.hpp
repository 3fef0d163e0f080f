#pragma once

#include "runtime/base/time.hpp"
#include "runtime/base/token_bucket.hpp"

#include <chrono>
#include <cstdint>
#include <deque>

namespace cafnode::session {

/// One pool of an account's credits, counted so that the exchange's own bucket (the same size and refill, or larger) is
/// never overdrawn, however long requests take on their way to it.
///
/// The exchange charges a request when it arrives, not when it is sent. A stalled network can hold back many and
/// deliver them at once, so what has no answer yet keeps its place: what is there and what is unanswered are never more
/// than the pool. Until an answer comes, time gives back only what fits beside it. Requests that were lost with their
/// connection keep their place for `lost_after`, as they may still lie in a socket's buffer or on their way.
///
/// Starts empty: what the process before this one has spent, nobody knows. Pure; time is an argument and must not run
/// backwards.
class credit_pool {
public:
  /// How long a request may still arrive after its connection was given up here. For orders, which an exchange gets
  /// to late at the cost of the connection: longer than a network was seen to hold them back and then release them.
  static constexpr std::chrono::seconds lost_after_default{5};
  static constexpr std::chrono::seconds lost_after_orders{30};

  credit_pool(base::token_bucket_config config, base::time_point now, base::duration lost_after = lost_after_default);

  /// Another size and refill from now on. What is there and does not fit any more is gone.
  void resize(base::token_bucket_config config, base::time_point now);

  /// Takes `cost` credits (0 or more) if they are there above `reserve`; they are unanswered from then on.
  bool take(std::int64_t cost, base::time_point now, std::int64_t reserve = 0);

  /// Takes `cost` whatever is there, down to minus the pool's size: for what must never wait.
  void force(std::int64_t cost, base::time_point now);

  /// Requests of `cost` in all have their answers.
  void answered(std::int64_t cost, base::time_point now);

  /// Requests of `cost` in all were never sent: the credits come back.
  void unsent(std::int64_t cost, base::time_point now);

  /// The connection with unanswered requests of `cost` in all is gone.
  void lost(std::int64_t cost, base::time_point now);

  /// The exchange says that there is nothing left.
  void drain(base::time_point now);

  /// Credits there at `now`; negative after too much was forced.
  [[nodiscard]] std::int64_t available(base::time_point now);

  [[nodiscard]] std::int64_t unanswered() const noexcept { return unanswered_; }

  /// The shortest time after which `cost` above `reserve` can be there if nobody else takes any and every answer comes
  /// at once; zero when they are there now. `duration::max()`: never.
  [[nodiscard]] base::duration wait_for(std::int64_t cost, base::time_point now, std::int64_t reserve = 0);

  [[nodiscard]] const base::token_bucket_config& config() const noexcept { return config_; }

private:
  struct lost_requests {
    base::time_point due;
    std::int64_t cost = 0;
  };

  void advance(base::time_point now);
  void refill(base::time_point to);
  void settle(std::int64_t cost);

  base::token_bucket_config config_;
  base::duration lost_after_;
  std::int64_t micro_ = 0; // millionths of a credit, so that slow refills lose nothing
  std::int64_t unanswered_ = 0;
  base::time_point at_;
  std::deque<lost_requests> lost_; // by due time; those of 100 ms are one, so their number is bounded
};

} // namespace cafnode::session
