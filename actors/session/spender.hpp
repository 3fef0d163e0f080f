#pragma once

#include "actors/session/rate_budget.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>
#include <memory>

namespace cafnode::session {

/// One connection's dealings with the budget of its account. Whatever it takes is accounted for to the end: sent and
/// answered, sent and lost, or never sent. Outlives the processes of the connection; of one thread, theirs. Without a
/// budget (no login, so no account) everything passes.
///
///     take or turn ──► ready ──► sent (the machine says so) ──► answered (so too)
///                        │        └── the connection ends: lost
///                        └── refused, or left over, or the connection ends: unsent
class spender {
public:
  explicit spender(std::shared_ptr<rate_budget> budget) : budget_{std::move(budget)} {}

  spender(const spender&) = delete;
  spender& operator=(const spender&) = delete;

  // -- orders and queries --------------------------------------------------------------------------------------------

  bool take_order(base::time_point now);
  bool take_cancel(base::time_point now);

  /// Uses what is left of the set-up's turn first.
  bool take_query(std::int64_t credits, base::time_point now);

  /// Whether the account can spare that much for what may as well be left out. Takes nothing.
  [[nodiscard]] bool can_spare(std::int64_t credits, base::time_point now) const;

  [[nodiscard]] base::duration order_wait(base::time_point now) const;
  [[nodiscard]] base::duration cancel_wait(base::time_point now) const;
  [[nodiscard]] base::duration query_wait(std::int64_t credits, base::time_point now) const;

  /// What was taken for a command is with the machine now, or (`sent` false) never will be.
  void handed_on(const venues::credits& cost, bool sent, base::time_point now);

  // -- turns ---------------------------------------------------------------------------------------------------------

  /// Asks, again and again, for one turn that costs this much.
  rate_budget::turn ask_turn(standing as, const venues::credits& cost, base::time_point now);

  /// Nobody asks for the turn any more: another may have it.
  void forget_ask(base::time_point now) { leave_queue(now); }

  [[nodiscard]] bool has_turn() const noexcept { return has_turn_; }

  /// What the turn has left is given back: the set-up is done, or has to wait for something else.
  void end_turn(base::time_point now);

  // -- the machine ---------------------------------------------------------------------------------------------------

  /// What the machine has spent by now. What nobody took before is forced.
  void saw(const venues::traffic& traffic, base::time_point now);

  /// The connection is gone, and its machine; or a new one begins.
  void ended(base::time_point now);

  void drain(base::time_point now);

  [[nodiscard]] std::int64_t matching_left(base::time_point now) const;
  [[nodiscard]] std::int64_t credits_left(base::time_point now) const;

private:
  void claim(const venues::credits& cost);
  void leave_queue(base::time_point now);

  std::shared_ptr<rate_budget> budget_; // may be null
  venues::credits ready_;               // taken and not sent; never negative
  venues::credits transit_;             // of these, for commands on their way to the machine
  venues::traffic seen_;                // of the machine that runs now
  rate_budget::ticket ticket_ = 0;
  venues::credits ticket_cost_;
  bool has_turn_ = false;
};

} // namespace cafnode::session
