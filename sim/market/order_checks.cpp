#include "sim/market/faults.hpp"
#include "sim/market/order_entry.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

rpc_error fine() {
  return {};
}

/// A price that is certain to be nonsense, this many times the highest that may trade.
constexpr std::int64_t absurd_multiple = 100;

} // namespace

rpc_error order_entry::refuse(const order_request& asked, base::moment now) {
  if (is_late(asked, now))
    return fault(13888, "timed_out");
  if (auto why = check_shape(asked); why.code != 0)
    return why;
  if (auto why = check_limits(asked); why.code != 0)
    return why;
  if (is_trigger(asked.type))
    return fine();
  if (meets_own(asked))
    return fault(10003, "order_overlap");
  return asked.reduce_only ? fine() : check_funds(asked, asked.price, {});
}

bool order_entry::is_late(const order_request& asked, base::moment now) {
  return asked.valid_until_ms.has_value() && base::to_unix_ms(now.wall) > *asked.valid_until_ms;
}

bool order_entry::meets_own(const order_request& asked) const {
  return options_.self_trades == self_trade_mode::reject_taker && !asked.post_only &&
         asked.at->book.meets_own(asked.direction, asked.price, asked.amount, asked.account);
}

rpc_error order_entry::check_shape(const order_request& asked) const {
  const auto& what = asked.at->what;
  if (asked.amount <= decimal{})
    return fault(10021, "invalid_amount");
  if (!asked.amount.is_multiple_of(what.amount_step))
    return bad_parameter("amount", "must be a multiple of contract_size");
  if (asked.amount < what.min_amount)
    return fault(10002, "qty_too_low");
  if (asked.amount > what.max_amount)
    return fault(10018, "non_pme_max_future_position_size " + what.max_amount.to_string());
  const bool market = asked.type == order_type::market || asked.type == order_type::market_limit;
  if (asked.post_only &&
      (market || asked.tif == time_in_force::fill_or_kill || asked.tif == time_in_force::immediate_or_cancel))
    return fault(11055, "post_only_not_allowed");
  if (is_trigger(asked.type) && (asked.trigger_price <= decimal{}))
    return fault(11036, "invalid_trigger_price");
  if (!has_limit(asked.type))
    return fine();
  if (asked.price <= decimal{} && !what.is_spread())
    return fault(10023, "invalid_price");
  if (!asked.price.is_multiple_of(what.tick_at(asked.price)))
    return bad_parameter("price", "must conform to tick size");
  return check_band(*asked.at, asked.direction, asked.price);
}

rpc_error order_entry::check_limits(const order_request& asked) {
  if (orders_.live_count(asked.account) < options_.open_orders_max)
    return fine();
  const auto limit = std::to_string(options_.open_orders_max);
  if (asked.at->what.kind == instrument_kind::spot)
    return fault(11013, "max_spot_open_orders");
  return fault(10013, "pme_max_total_open_orders " + limit);
}

/// A reduce-only order never opens: it is cut to the position, and refused when there is none to reduce.
rpc_error order_entry::check_reduce_only(order_request& asked) {
  if (!asked.reduce_only)
    return fine();
  const auto& positions = accounts_.of(asked.account)->positions;
  const auto held = positions.find(asked.at->number);
  const bool reduces = held != positions.end() && !held->second.size.is_zero() &&
                       (held->second.size > decimal{}) == (asked.direction == side::sell);
  if (!reduces)
    return fault(11030, "other_reject reduce_only_without_position");
  asked.amount = std::min(asked.amount, absolute(held->second.size));
  return fine();
}

/// The band stops prices that would trade far from the mark; resting far away on the passive side is allowed.
rpc_error order_entry::check_band(const listing& at, side direction, decimal price) const {
  const auto highest = at.highest_price(options_.price_band_permille);
  const auto lowest = at.lowest_price(options_.price_band_permille);
  if (direction == side::buy && price > highest)
    return fault(10007, "price_too_high " + highest.to_string());
  if (direction == side::sell && price < lowest)
    return fault(10005, "price_too_low " + lowest.to_string());
  const auto absurd = scale(highest, absurd_multiple, 1);
  if (price > absurd)
    return fault(10007, "price_too_high " + absurd.to_string());
  return fine();
}

rpc_error order_entry::check_funds(const order_request& asked, decimal price, decimal held_already) {
  const auto& who = *accounts_.of(asked.account);
  const auto& what = asked.at->what;
  const auto& currency = accounts_.margin_currency(asked.at->number, asked.direction);
  const auto needed = accounts_.margin_for(who, asked.at->number, asked.direction, asked.amount, price);
  if (needed <= saturating_add(accounts_.available(who, currency, floor_.marks()), held_already))
    return fine();
  if (what.kind == instrument_kind::spot)
    return fault(10039, "not_enough_funds_in_currency " + currency);
  return fault(10009, "not_enough_funds");
}

rpc_error order_entry::slide_post_only(const listing& at, side direction, decimal& price, bool reject) const {
  const auto best = at.book.best_price(opposite(direction));
  if (!at.book.has(opposite(direction)) || (direction == side::buy ? price < best : price > best))
    return fine();
  const auto slid = direction == side::buy ? best - at.what.tick_at(best - at.what.tick)
                                           : best + at.what.tick_at(best + at.what.tick);
  if (reject || (slid <= decimal{} && !at.what.is_spread()))
    return fault(11054, "post_only_reject");
  price = slid;
  return fine();
}

} // namespace cafnode::sim
