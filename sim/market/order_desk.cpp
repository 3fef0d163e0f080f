#include "sim/market/order_desk.hpp"

#include "sim/market/faults.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

rpc_error fine() {
  return {};
}

/// A price that is certain to be nonsense, this many times the mark.
constexpr std::int64_t absurd_multiple = 100;

bool has_limit(order_type type) {
  return type == order_type::limit || type == order_type::stop_limit || type == order_type::take_limit;
}

bool is_late(const std::optional<std::int64_t>& valid_until_ms, base::moment now) {
  return valid_until_ms.has_value() && base::to_unix_ms(now.wall) > *valid_until_ms;
}

/// The first user trades that `order_id` made after `before` were counted.
std::vector<user_trade> trades_since(const std::deque<user_trade>& all, std::uint64_t before,
                                     const std::string& order_id) {
  std::vector<user_trade> mine;
  for (auto each = all.rbegin(); each != all.rend() && each->what.number > before; ++each)
    if (each->order_id == order_id && !each->maker)
      mine.push_back(*each);
  std::reverse(mine.begin(), mine.end());
  return mine;
}

std::uint64_t newest_trade(const std::deque<user_trade>& all) {
  return all.empty() ? 0 : all.back().what.number;
}

} // namespace

order_desk::order_desk(const exchange_options& options, listings& floor, order_store& orders, ledger& accounts,
                       matching& engine, audit_sink& audit)
    : options_{options}, floor_{floor}, orders_{orders}, accounts_{accounts}, engine_{engine}, audit_{audit} {}

order_result order_desk::place(order_request asked, base::moment now) {
  if (asked.type == order_type::market || asked.type == order_type::market_limit)
    asked.price = asked.direction == side::buy ? asked.at->highest_price(options_.price_band_permille)
                                               : asked.at->lowest_price(options_.price_band_permille);
  auto why =
      accounts_.of(asked.account) == nullptr ? fault(13028, "temporarily_unavailable") : check_reduce_only(asked);
  if (why.code == 0)
    why = refuse(asked, now);
  if (why.code == 0 && asked.post_only && !is_trigger(asked.type))
    why = slide_post_only(*asked.at, asked.direction, asked.price, asked.reject_post_only);
  if (why.code != 0) {
    audit_refusal(asked, why);
    return base::failure{std::move(why)};
  }
  order created;
  created.key = engine_.next_key();
  created.id = engine_.next_order_id(asked.at->what);
  created.account = asked.account;
  created.connection = asked.connection;
  created.on = asked.at->number;
  created.direction = asked.direction;
  created.type = asked.type;
  created.tif = asked.tif;
  created.price = asked.price;
  created.amount = asked.amount;
  created.label = asked.label;
  created.post_only = asked.post_only;
  created.reject_post_only = asked.reject_post_only;
  created.reduce_only = asked.reduce_only;
  created.mmp = asked.mmp;
  created.trigger_price = asked.trigger_price;
  created.trigger = asked.trigger;
  created.created_ms = created.updated_ms = base::to_unix_ms(now.wall);
  created.created_at = now.steady;
  const auto before = newest_trade(engine_.user_trades(asked.account));
  auto& placed = orders_.add(std::move(created));
  work(placed, now);
  return order_outcome{&placed, trades_since(engine_.user_trades(asked.account), before, placed.id)};
}

rpc_error order_desk::refuse(const order_request& asked, base::moment now) {
  if (is_late(asked.valid_until_ms, now))
    return fault(13888, "timed_out");
  if (auto why = check_shape(asked); why.code != 0)
    return why;
  if (auto why = check_limits(asked); why.code != 0)
    return why;
  if (is_trigger(asked.type))
    return fine();
  if (options_.self_trades == self_trade_mode::reject_taker && !asked.post_only &&
      asked.at->book.meets_own(asked.direction, asked.price, asked.amount, asked.account))
    return fault(10003, "order_overlap");
  return asked.reduce_only ? fine() : check_funds(asked, asked.price, {});
}

rpc_error order_desk::check_shape(const order_request& asked) const {
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
  if (asked.price <= decimal{})
    return fault(10023, "invalid_price");
  if (!asked.price.is_multiple_of(what.tick_at(asked.price)))
    return bad_parameter("price", "must conform to tick size");
  return check_band(*asked.at, asked.direction, asked.price);
}

rpc_error order_desk::check_limits(const order_request& asked) {
  if (orders_.live_count(asked.account) < options_.open_orders_max)
    return fine();
  const auto limit = std::to_string(options_.open_orders_max);
  if (asked.at->what.kind == instrument_kind::spot)
    return fault(11013, "max_spot_open_orders");
  return fault(10013, "pme_max_total_open_orders " + limit);
}

/// A reduce-only order never opens: it is cut to the position, and refused when there is none to reduce.
rpc_error order_desk::check_reduce_only(order_request& asked) {
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
rpc_error order_desk::check_band(const listing& at, side direction, decimal price) const {
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

rpc_error order_desk::check_funds(const order_request& asked, decimal price, decimal held_already) {
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

rpc_error order_desk::slide_post_only(const listing& at, side direction, decimal& price, bool reject) const {
  const auto best = at.book.best_price(opposite(direction));
  if (best.is_zero() || (direction == side::buy ? price < best : price > best))
    return fine();
  const auto slid = direction == side::buy ? best - at.what.tick_at(best - at.what.tick)
                                           : best + at.what.tick_at(best + at.what.tick);
  if (reject || slid <= decimal{})
    return fault(11054, "post_only_reject");
  price = slid;
  return fine();
}

void order_desk::work(order& placed, base::moment now) {
  auto& at = floor_.at(placed.on);
  if (is_trigger(placed.type) && !placed.triggered) {
    placed.state = order_state::untriggered;
    engine_.announce("order_placed", placed);
    return;
  }
  if (!placed.reduce_only)
    engine_.hold_margin(placed, accounts_.margin_for(*accounts_.of(placed.account), placed.on, placed.direction,
                                                     placed.left(), placed.price));
  if (!placed.triggered)
    engine_.announce("order_placed", placed);
  const bool kill = placed.tif == time_in_force::fill_or_kill &&
                    at.book.fillable(placed.direction, placed.price, placed.left()) < placed.left();
  if (kill)
    return engine_.cancel(placed, "", now, false);
  engine_.take(placed, placed.price, now);
  if (placed.state != order_state::open)
    return;
  const bool market = placed.type == order_type::market || placed.type == order_type::stop_market ||
                      placed.type == order_type::take_market;
  if (placed.type == order_type::market_limit && !placed.filled.is_zero()) {
    placed.original_type = "market_limit";
    placed.type = order_type::limit;
    placed.price = at.last;
  }
  if (market || placed.type == order_type::market_limit || placed.tif == time_in_force::immediate_or_cancel)
    return engine_.cancel(placed, "", now, false);
  engine_.rest(placed);
}

order_result order_desk::edit(order& changing, const edit_request& asked, base::moment now) {
  auto& at = floor_.at(changing.on);
  order_request wish;
  wish.account = changing.account;
  wish.connection = changing.connection;
  wish.at = &at;
  wish.direction = changing.direction;
  wish.type = changing.type;
  wish.tif = changing.tif;
  wish.amount = asked.amount.value_or(changing.amount);
  wish.price = asked.price.value_or(changing.price);
  wish.trigger_price = changing.trigger_price;
  wish.label = changing.label;
  wish.post_only = asked.post_only.value_or(changing.post_only);
  wish.reject_post_only = asked.reject_post_only.value_or(changing.reject_post_only);
  wish.reduce_only = asked.reduce_only.value_or(changing.reduce_only);
  wish.valid_until_ms = asked.valid_until_ms;
  rpc_error why;
  if (!changing.is_live())
    why = fault(11044, "not_open_order");
  else if (is_late(asked.valid_until_ms, now))
    why = fault(13888, "timed_out");
  else
    why = check_shape(wish);
  const bool in_book = changing.state == order_state::open;
  const bool moves = wish.price != changing.price || wish.amount > changing.amount;
  if (why.code == 0 && wish.amount <= changing.filled)
    why = fault(11008, "already_filled");
  if (why.code == 0 && moves && wish.post_only && in_book)
    why = slide_post_only(at, wish.direction, wish.price, wish.reject_post_only);
  if (why.code == 0 && moves && in_book && !wish.post_only && options_.self_trades == self_trade_mode::reject_taker &&
      at.book.meets_own(wish.direction, wish.price, wish.amount - changing.filled, wish.account))
    why = fault(10003, "order_overlap");
  if (why.code == 0 && moves && in_book && !wish.reduce_only) {
    auto rest = wish;
    rest.amount = wish.amount - changing.filled;
    why = check_funds(rest, wish.price, changing.reserved);
  }
  if (why.code != 0) {
    audit_refusal(wish, why);
    return base::failure{std::move(why)};
  }
  const auto before = newest_trade(engine_.user_trades(changing.account));
  orders_.about_to_change(changing, now);
  changing.post_only = wish.post_only;
  changing.reject_post_only = wish.reject_post_only;
  changing.reduce_only = wish.reduce_only;
  changing.replaced = true;
  changing.updated_ms = base::to_unix_ms(now.wall);
  requeue(changing, wish.amount, wish.price, now);
  return order_outcome{&changing, trades_since(engine_.user_trades(changing.account), before, changing.id)};
}

/// Gives an order its new amount and price. Less of the same price keeps the place in the queue; else it goes to the
/// end.
void order_desk::requeue(order& changing, decimal amount, decimal price, base::moment now) {
  auto& book = floor_.at(changing.on).book;
  const bool in_book = changing.state == order_state::open;
  const bool keeps_place = price == changing.price && amount <= changing.amount;
  if (in_book && keeps_place)
    book.reduce(changing, changing.amount - amount);
  else if (in_book)
    book.remove(changing);
  changing.amount = amount;
  changing.price = price;
  engine_.release_margin(changing);
  if (in_book && !changing.reduce_only)
    engine_.hold_margin(changing, accounts_.margin_for(*accounts_.of(changing.account), changing.on, changing.direction,
                                                       changing.left(), price));
  engine_.announce("order_edited", changing);
  if (!in_book || keeps_place)
    return;
  engine_.take(changing, price, now);
  if (changing.state == order_state::open)
    engine_.rest(changing);
}

void order_desk::watch(base::moment now) {
  const auto today = std::chrono::floor<std::chrono::days>(now.wall) + std::chrono::hours{8};
  const auto day_end = base::to_unix_ms(today <= now.wall ? today : today - std::chrono::days{1});
  for (order* each : orders_.waiting()) {
    if (each->tif == time_in_force::good_til_day && each->created_ms < day_end)
      engine_.cancel(*each, "settlement", now);
    else if (each->state == order_state::untriggered)
      set_off(*each, now);
  }
}

void order_desk::set_off(order& waiting, base::moment now) {
  const auto& at = floor_.at(waiting.on);
  const auto price = waiting.trigger == trigger_source::index_price  ? at.index
                     : waiting.trigger == trigger_source::mark_price ? at.mark
                                                                     : at.last;
  const bool stop = waiting.type == order_type::stop_limit || waiting.type == order_type::stop_market;
  const bool waits_for_rise = stop == (waiting.direction == side::buy);
  if (price.is_zero() || (waits_for_rise ? price < waiting.trigger_price : price > waiting.trigger_price))
    return;
  orders_.about_to_change(waiting, now);
  waiting.triggered = true;
  waiting.state = order_state::open;
  waiting.updated_ms = base::to_unix_ms(now.wall);
  if (!has_limit(waiting.type))
    waiting.price = waiting.direction == side::buy ? at.highest_price(options_.price_band_permille)
                                                   : at.lowest_price(options_.price_band_permille);
  engine_.announce("order_triggered", waiting);
  work(waiting, now);
}

void order_desk::audit_refusal(const order_request& asked, const rpc_error& why) {
  audit_.record("order_rejected", {{"label", asked.label},
                                   {"account", asked.account},
                                   {"connection", asked.connection},
                                   {"instrument", asked.at->what.name},
                                   {"side", name_of(asked.direction)},
                                   {"type", name_of(asked.type)},
                                   {"price", asked.price.to_string()},
                                   {"amount", asked.amount.to_string()},
                                   {"code", why.code},
                                   {"reason", why.message}});
}

} // namespace cafnode::sim
