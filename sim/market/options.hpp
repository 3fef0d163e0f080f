#pragma once

#include "runtime/base/time.hpp"
#include "sim/market/number.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace cafnode::sim {

/// What happens when an order would trade with another of its own account.
enum class self_trade_mode : std::uint8_t {
  reject_taker, // error 10003 order_overlap
  cancel_maker, // the resting order is cancelled, the incoming one goes on
  allow,        // both fill; trades carry self_trade:true
};

/// Every setting of the exchange. What the real one does not publish is here, never a constant.
struct exchange_options {
  std::uint64_t seed = 1;

  // The market. A tick moves the indexes, the makers and the takers; 0 ms means a still market without makers.
  std::int64_t market_tick_ms = 100;
  int levels = 20;             // a maker's levels on each side
  int taker_percent = 30;      // chance of a taker an instrument and tick
  std::int64_t volatility = 3; // largest move of an index in one tick, in 1/100000
  decimal btc_price = whole(60'000);
  decimal eth_price = whole(3'000);

  // Rules.
  bool post_only_default = false;
  self_trade_mode self_trades = self_trade_mode::reject_taker;
  std::int64_t price_band_permille = 15; // around the mark; beyond it 10005 and 10007
  std::size_t open_orders_max = 10'000;  // an account; beyond it 10013
  std::size_t label_max = 64;

  // Memory.
  std::chrono::minutes order_retention{30};
  std::chrono::hours trade_retention{24};
  std::size_t closed_orders_max = 20'000; // an account; older ones are forgotten for good
  std::size_t trades_max = 20'000;        // an account
  std::size_t tape_max = 1'000;           // an instrument's public trades
  std::size_t accounts_max = 4'096;

  // Answers of open-order and state queries are this old.
  std::int64_t query_lag_ms = 0;

  // Feeds.
  std::int64_t agg2_ms = 1'000;
  int exponent_percent = 100; // of the numbers that are shorter with an exponent, as on the wire

  // Accounts start with this much of each currency.
  std::map<std::string, decimal> balances{
      {"BTC", whole(100)}, {"ETH", whole(1'000)}, {"USDC", whole(5'000'000)}, {"USDT", whole(1'000'000)}};
};

} // namespace cafnode::sim
