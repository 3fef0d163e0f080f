#pragma once

#include "runtime/base/decimal.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cafnode::venues {

using base::decimal;

enum class side : std::uint8_t { buy, sell };
enum class order_kind : std::uint8_t { limit, market };
enum class time_in_force : std::uint8_t { good_til_cancelled, good_til_day, fill_or_kill, immediate_or_cancel };

/// What an exchange says an order is. `unknown` is never sent by one: it is what we know after a lost answer.
enum class order_state : std::uint8_t { open, filled, rejected, cancelled, untriggered, triggered, unknown };

/// One order to be placed, in our words. Every field is sent explicitly; the exchange's defaults decide nothing.
struct order_request {
  std::string instrument;
  venues::side side = side::buy;
  order_kind kind = order_kind::limit;
  decimal amount;    // in the instrument's own unit (USD for inverse contracts, base coin for linear ones)
  decimal price;     // limit orders only
  std::string label; // ours; at most 64 bytes; never used for another attempt
  time_in_force tif = time_in_force::good_til_cancelled;
  bool post_only = false; // a crossing price is refused, not moved (reject_post_only)
  bool reduce_only = false;
  std::int64_t valid_until_ms = 0; // Unix time after which the exchange refuses it; 0: no fence
};

struct edit_request {
  std::string order_id;
  decimal amount; // the new total, fills included
  decimal price;
  bool post_only = false;
  bool reduce_only = false;
  std::int64_t valid_until_ms = 0;
};

/// Fields that a report can lack: the exchange left them out, or they could not be read. Bits of `lacks`.
enum report_field : std::uint16_t {
  field_id = 1,
  field_label = 2,
  field_instrument = 4,
  field_side = 8,
  field_state = 16,
  field_price = 32,
  field_amount = 64,
  field_filled = 128,
  field_updated = 256,
};

/// One order as the exchange reports it. What it lacks is empty, zero or unknown here, and means nothing.
struct order_report {
  std::string order_id;
  std::string label; // empty: not ours, or none given
  std::string instrument;
  venues::side side = side::buy;
  order_kind kind = order_kind::limit; // anything but limit is reported as market
  order_state state = order_state::unknown;
  decimal price; // zero when the exchange gives none
  decimal amount;
  decimal filled;
  decimal average_price;     // rounded to eight places; zero without fills
  std::string cancel_reason; // "cancel_on_disconnect", ...; empty unless cancelled
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  bool replaced = false;
  bool post_only = false;
  bool reduce_only = false;
  std::uint16_t lacks = 0; // report_field
};

/// One fill of ours.
struct fill_report {
  std::string trade_id;
  std::string order_id;
  std::string label;
  std::string instrument;
  venues::side side = side::buy;
  decimal price;
  decimal amount;
  decimal fee; // rounded to eight places; negative is a rebate
  std::string fee_currency;
  std::uint64_t trade_seq = 0; // per instrument
  std::int64_t at_ms = 0;
  bool maker = false;
  std::uint16_t lacks = 0; // report_field: of price, amount and side
};

struct position_report {
  std::string instrument;
  decimal size; // signed: negative is short
  decimal average_price;
};

} // namespace cafnode::venues
