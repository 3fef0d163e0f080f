#pragma once

#include "runtime/base/time.hpp"
#include "sim/market/instrument.hpp"
#include "sim/market/number.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

enum class side : std::uint8_t { buy, sell };
enum class order_type : std::uint8_t { limit, market, market_limit, stop_limit, stop_market, take_limit, take_market };
enum class time_in_force : std::uint8_t { good_til_cancelled, good_til_day, fill_or_kill, immediate_or_cancel };
enum class order_state : std::uint8_t { open, filled, cancelled, untriggered };
enum class trigger_source : std::uint8_t { index_price, mark_price, last_price };

[[nodiscard]] constexpr side opposite(side of) {
  return of == side::buy ? side::sell : side::buy;
}

[[nodiscard]] std::string_view name_of(side value);
[[nodiscard]] std::string_view name_of(order_type value);
[[nodiscard]] std::string_view name_of(time_in_force value);
[[nodiscard]] std::string_view name_of(order_state value);
[[nodiscard]] std::string_view name_of(trigger_source value);

/// Whether orders of this type bring a price of their own.
[[nodiscard]] constexpr bool has_limit(order_type type) {
  return type == order_type::limit || type == order_type::stop_limit || type == order_type::take_limit;
}

[[nodiscard]] constexpr bool is_trigger(order_type type) {
  return type >= order_type::stop_limit;
}

/// One order. Accounts' orders live in the order store for as long as they are remembered; the market's own (account
/// empty) live with the market flow.
struct order {
  std::uint64_t key = 0; // the order of creation, over all instruments
  std::string id;        // "74311538594", "ETH-584864807"
  std::string account;
  std::uint64_t connection = 0; // that created it; 0 for HTTP
  std::size_t on = 0;           // index of its instrument
  side direction = side::buy;
  order_type type = order_type::limit;
  time_in_force tif = time_in_force::good_til_cancelled;
  order_state state = order_state::open;
  decimal price;
  decimal amount;
  decimal filled;
  wide cost = 0;    // of the fills, at 10^-16: what average_price comes from
  decimal reserved; // margin held for the open rest
  std::string label;
  std::string cancel_reason;
  std::string original_type;
  bool post_only = false;
  bool reject_post_only = false;
  bool reduce_only = false;
  bool mmp = false;
  bool replaced = false;
  decimal trigger_price;
  trigger_source trigger = trigger_source::last_price;
  bool triggered = false;
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  base::time_point created_at{};
  base::time_point closed_at{};

  [[nodiscard]] decimal left() const { return amount - filled; }

  [[nodiscard]] bool is_live() const { return state == order_state::open || state == order_state::untriggered; }
};

/// One trade as everybody sees it; `direction` is the taker's.
struct trade {
  std::uint64_t number = 0; // of its currency; part of the id
  std::string id;
  std::uint64_t seq = 0; // of its instrument
  std::size_t on = 0;
  side direction = side::buy;
  decimal price;
  decimal amount;
  decimal mark_price;
  decimal index_price;
  int tick_direction = 0;
  std::int64_t at_ms = 0;
};

/// One account's half of a trade, with the order as it was right after.
struct user_trade {
  trade what;
  std::string account;
  std::string order_id;
  std::string label;
  std::string original_type;
  side direction = side::buy;
  order_type type = order_type::limit;
  order_state state = order_state::open;
  decimal fee;
  decimal profit;
  bool maker = false;
  bool post_only = false;
  bool reduce_only = false;
  bool self_trade = false;
  bool mmp = false;
};

/// What the fills of an order or a position cost, at 10^-16: coin for inverse instruments, else settlement currency.
[[nodiscard]] wide cost_of(const instrument& on, decimal amount, decimal price);

/// The average price that a cost means for an amount; zero for none.
[[nodiscard]] decimal average_of(const instrument& on, decimal amount, wide cost);

} // namespace cafnode::sim
