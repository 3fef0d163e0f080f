#pragma once

#include "sim/market/exchange.hpp"
#include "sim/market/number.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// One order as tests and fault controls see it.
struct order_report {
  std::string order_id;
  std::string account;
  std::string label;
  std::string instrument;
  std::uint64_t connection = 0;
  decimal amount;
  decimal filled;
};

struct label_report {
  std::string account;
  std::string label;
  std::size_t uses = 0;
};

/// The answer of a call that will be executed later has this code: the client must not be answered at all.
inline constexpr int answer_withheld = -1;

/// What tests and the fault controls may look at and do behind the clients' backs.
class inspection {
public:
  virtual ~inspection() = default;

  [[nodiscard]] virtual std::vector<order_report> open_orders() = 0;
  [[nodiscard]] virtual std::vector<order_report> open_orders_by_label(const std::string& label) = 0;
  /// Labels that were ever used for more than one order: what must stay empty when each order is placed exactly once.
  [[nodiscard]] virtual std::vector<label_report> labels_used_twice() = 0;
  [[nodiscard]] virtual std::map<std::uint64_t, std::size_t> open_orders_by_connection() = 0;

  /// Fills (`amount` zero: all that is left) or cancels an open order as others on the market would; false when there
  /// is no such open order.
  virtual bool fill_order(const std::string& order_id, decimal amount, base::moment now) = 0;
  virtual bool cancel_order(const std::string& order_id, std::string_view reason, base::moment now) = 0;

  /// While settlement runs, matching methods answer 10041; under maintenance, all methods answer 11051.
  virtual void set_settlement(bool running) = 0;
  virtual void set_maintenance(bool on, base::moment now) = 0;
  /// How old the answers of open-order and state queries are, up to 30 s; may be set for one call alone.
  virtual void set_query_lag(std::chrono::milliseconds lag) = 0;

  /// Calls of `method` are executed this much later and never answered (`answer_withheld`); zero ends it.
  virtual void execute_late(const std::string& method, std::chrono::milliseconds by) = 0;
};

/// The inspection of an exchange that `make_exchange` made.
[[nodiscard]] inspection& inspect(exchange& made);

} // namespace cafnode::sim
