#include "sim/market/order_entry.hpp"

#include "sim/market/faults.hpp"

#include <algorithm>

namespace cafnode::sim {

order_entry::order_entry(const exchange_options& options, listings& floor, order_store& orders, ledger& accounts,
                         matching& engine, audit_sink& audit)
    : options_{options}, floor_{floor}, orders_{orders}, accounts_{accounts}, engine_{engine}, audit_{audit} {}

order_result order_entry::place(order_request asked, base::moment now) {
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
  created.id =
      is_trigger(asked.type) ? engine_.next_trigger_id(asked.at->what, created) : engine_.next_order_id(asked.at->what);
  const auto before = engine_.user_trades_made(asked.account);
  auto& placed = orders_.add(std::move(created));
  work(placed, now);
  return order_outcome{&placed, trades_since(before, placed)};
}

void order_entry::work(order& placed, base::moment now) {
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

void order_entry::watch(base::moment now) {
  const auto today = std::chrono::floor<std::chrono::days>(now.wall) + std::chrono::hours{8};
  const auto day_end = base::to_unix_ms(today <= now.wall ? today : today - std::chrono::days{1});
  for (order* each : orders_.waiting()) {
    if (each->tif == time_in_force::good_til_day && each->created_ms < day_end)
      engine_.cancel(*each, "settlement", now);
    else if (each->state == order_state::untriggered)
      set_off(*each, now);
  }
}

void order_entry::set_off(order& waiting, base::moment now) {
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
  const bool own = options_.self_trades == self_trade_mode::reject_taker &&
                   at.book.meets_own(waiting.direction, waiting.price, waiting.left(), waiting.account);
  own ? engine_.cancel(waiting, "user_request", now, false) : work(waiting, now);
}

std::vector<user_trade> order_entry::trades_since(std::uint64_t before, const order& taker) {
  const auto& all = engine_.user_trades(taker.account);
  const auto added = std::min<std::uint64_t>(engine_.user_trades_made(taker.account) - before, all.size());
  std::vector<user_trade> mine;
  std::copy_if(all.end() - static_cast<std::ptrdiff_t>(added), all.end(), std::back_inserter(mine),
               [&](const user_trade& each) { return each.order_id == taker.id && !each.maker; });
  return mine;
}

void order_entry::audit_refusal(const order_request& asked, const rpc_error& why) {
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
