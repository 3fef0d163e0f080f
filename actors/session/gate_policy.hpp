#pragma once

#include "actors/session/spender.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>
#include <string>

namespace cafnode::session {

struct gate_limits {
  std::size_t in_flight_max = conf::order_config{}.in_flight_max;       // order requests without an answer
  std::chrono::milliseconds valid_for = conf::order_config{}.valid_for; // what the exchange gets later it refuses
  std::chrono::milliseconds report_max{5000}; // from an acknowledgement to the report of what was done
};

/// Whether a request may go out.
enum class gate_verdict : std::uint8_t {
  pass,
  not_live,       // the connection is not live
  over_rate,      // the budget is spent; try again later
  too_many_asked, // too many requests wait for their answers
  held,           // the configuration of the connection is being changed
};

/// A sentence for whoever was refused.
[[nodiscard]] std::string explain(gate_verdict verdict);

/// What one connection may send: its account's budget, and a cap on unanswered requests. A request that passes is
/// charged.
class gate_policy {
public:
  /// `spending` outlives it.
  gate_policy(gate_limits limits, spender& spending);

  /// Other limits from the next request on.
  void use(gate_limits limits);

  /// A new order or an edit: leaves the reserve alone.
  gate_verdict admit_order(bool live, base::time_point now);

  /// A cancel: may use the reserve, and passes whatever waits for an answer.
  gate_verdict admit_cancel(bool live, base::time_point now);

  /// A query that may as well be left out: passes only while the account has plenty.
  gate_verdict admit_spare(std::int64_t credits, base::time_point now);

  /// A query that costs `credits`: may use the reserve.
  gate_verdict admit_query(std::int64_t credits, base::time_point now);

  /// When to ask again for a query of that cost: others of the account take from it too, and what is unanswered gives
  /// nothing back, so it is looked at again after a second at the latest.
  [[nodiscard]] base::duration query_wait(std::int64_t credits, base::time_point now) const;

  /// When to ask again for an order or an edit.
  [[nodiscard]] base::duration order_wait(base::time_point now) const;

  /// When to ask again for a cancel.
  [[nodiscard]] base::duration cancel_wait(base::time_point now) const;

  /// An admitted order or edit is not sent after all.
  void unsent(base::time_point now);

  /// An admitted order, edit or cancel has its outcome.
  void answered();

  /// The exchange says the budget is gone.
  void drain(base::time_point now);

  [[nodiscard]] std::int64_t matching_left(base::time_point now) const { return spending_->matching_left(now); }

  [[nodiscard]] std::int64_t credits_left(base::time_point now) const { return spending_->credits_left(now); }

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

private:
  gate_limits limits_;
  spender* spending_; // never null
  std::size_t in_flight_ = 0;
};

} // namespace cafnode::session
