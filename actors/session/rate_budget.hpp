#pragma once

#include "actors/session/credit_pool.hpp"
#include "actors/session/setup_queue.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/time.hpp"
#include "runtime/base/token_bucket.hpp"

#include <cstdint>
#include <mutex>

namespace cafnode::session {

/// What an account may ask of its exchange, less what is left to others: rate_limits_of gives it.
struct rate_limits {
  base::token_bucket_config matching{};  // requests that change orders
  base::token_bucket_config other{};     // credits, for everything else
  std::int64_t reserve_percent = 20;     // of `matching`, kept for cancels
  base::token_bucket_config subscribe{}; // credits, for subscriptions
};

/// The rate budget of one account, shared by all connections of this node that use it, and outliving their restarts: an
/// exchange that finds it overdrawn ends the session, and cancels its orders. What is taken is unanswered until one of
/// answered, unsent and lost says otherwise; see credit_pool. Starts empty. Thread-safe; never blocks for long.
class rate_budget {
public:
  rate_budget(rate_limits limits, base::time_point now);

  /// Other limits from now on, as credit_pool::resize. Who waits for a turn that the pools cannot pay any more asks for
  /// one that they can: affordable().
  void use(rate_limits limits, base::time_point now);

  /// One request that makes or changes an order: leaves the reserve alone.
  bool take_order(base::time_point now);

  /// One request that cancels: may use the reserve.
  bool take_cancel(base::time_point now);

  /// A query that costs `credits`.
  bool take_query(std::int64_t credits, base::time_point now);

  /// Whether what may as well be left out can be asked for: half of the pool is there beyond its `credits`.
  [[nodiscard]] bool can_spare(std::int64_t credits, base::time_point now) const;

  /// What must not wait, whatever is there: heartbeats, the renewal of a login.
  void force(const venues::credits& cost, base::time_point now);

  void answered(const venues::credits& cost, base::time_point now);
  void unsent(const venues::credits& cost, base::time_point now);
  void lost(const venues::credits& cost, base::time_point now);

  /// How long until an order would pass if nobody else asked.
  [[nodiscard]] base::duration order_wait(base::time_point now) const;
  [[nodiscard]] base::duration cancel_wait(base::time_point now) const;

  /// How long until a query of that cost would pass if nobody else asked.
  [[nodiscard]] base::duration query_wait(std::int64_t credits, base::time_point now) const;

  // -- turns: for whatever is asked for as a whole, such as the set-up of a connection ------------------------------

  using ticket = setup_queue::ticket;

  struct turn {
    bool granted = false;  // the credits are taken, the ticket is spent
    base::duration wait{}; // if not: ask again after this
  };

  /// As much of `cost` as the pools can ever hold: who asks for more waits for all there is; the rest is forced when it
  /// is sent.
  [[nodiscard]] venues::credits affordable(const venues::credits& cost) const;

  /// A place in the queue for `cost`, which is affordable and holds no matching request.
  ticket enter(standing as, const venues::credits& cost, base::time_point now);

  /// Gives turns to all whose turn it is, and tells whether this ticket had one.
  turn poll(ticket which, base::time_point now);

  /// The ticket is given back; so are the credits of one that has had its turn.
  void leave(ticket which, const venues::credits& cost, base::time_point now);

  [[nodiscard]] std::size_t waiting() const;

  /// The exchange says that the budget is gone.
  void drain(base::time_point now);

  [[nodiscard]] std::int64_t matching_left(base::time_point now) const;
  [[nodiscard]] std::int64_t credits_left(base::time_point now) const;

private:
  /// What orders leave to cancels.
  [[nodiscard]] std::int64_t reserve() const noexcept { return limits_.matching.pool * limits_.reserve_percent / 100; }

  /// The latest time that any of the threads has shown: theirs may overtake each other on the way to the lock.
  [[nodiscard]] base::time_point latest(base::time_point now) const;
  void give_turns(base::time_point now);
  [[nodiscard]] base::duration turn_wait(ticket which, base::time_point now);

  rate_limits limits_;
  mutable std::mutex mutex_;
  mutable base::time_point latest_;
  mutable credit_pool matching_;
  mutable credit_pool other_;
  mutable credit_pool subscribe_;
  setup_queue queue_;
};

} // namespace cafnode::session
