#pragma once

#include "runtime/base/time.hpp"
#include "sim/market/number.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

enum class instrument_kind : std::uint8_t { future, option, spot, future_combo };

/// How money follows from price and amount.
enum class pay_style : std::uint8_t {
  inverse, // amount in USD, profit in coin: amount * (1/entry - 1/exit)
  linear,  // amount in base coin, profit in the settlement currency: amount * (exit - entry)
  spot,    // coins change hands
};

/// Above this price the tick is another.
struct tick_step {
  decimal above;
  decimal tick;
};

/// One instrument as A5 of the exchange's reference describes it. Amounts are USD for inverse futures, else base coin.
struct instrument {
  std::string name;
  std::int64_t id = 0;
  instrument_kind kind = instrument_kind::future;
  pay_style style = pay_style::linear;
  std::string base;
  std::string quote;
  std::string counter;
  std::string settlement; // the currency it is listed under, and that fees are taken in
  std::string period;     // perpetual, month, ...; empty for spot
  std::string index;
  decimal tick;
  std::vector<tick_step> tick_steps;
  decimal contract;
  decimal min_amount;
  decimal amount_step; // amounts are multiples of it
  decimal max_amount;  // of one order
  decimal maker_fee;
  decimal taker_fee;
  int leverage = 1;
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;
  decimal strike;             // options
  bool call = false;          // options
  std::int64_t basis_ppm = 0; // of a future over its index

  [[nodiscard]] decimal tick_at(decimal price) const;

  /// What trades is the difference of two prices: it may be zero or below.
  [[nodiscard]] bool is_spread() const { return kind == instrument_kind::future_combo; }

  [[nodiscard]] decimal contracts_of(decimal amount) const { return divide(amount, contract); }
};

[[nodiscard]] std::string_view name_of(instrument_kind kind);

/// Whether a listing under `currency` ("any" for all) shows this instrument.
[[nodiscard]] bool listed_under(const instrument& what, std::string_view currency);

/// Two and more of each style, with expiries counted from `start`: perpetuals, dated futures, options, spot; and one
/// future spread, in which nobody but accounts trades.
[[nodiscard]] std::vector<instrument> default_instruments(base::moment start, decimal btc_price);

} // namespace cafnode::sim
