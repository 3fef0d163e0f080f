#include "sim/market/matching.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr std::uint64_t first_order_number = 1'000'000;
constexpr std::uint64_t first_trade_number = 200'000;

std::string wire_id(const std::string& currency, std::uint64_t number) {
  return currency == "BTC" ? std::to_string(number) : currency + "-" + std::to_string(number);
}

boost::json::object audit_fields(const order& of, const instrument& on) {
  return {{"order_id", of.id},
          {"label", of.label},
          {"account", of.account},
          {"connection", of.connection},
          {"instrument", on.name},
          {"side", name_of(of.direction)},
          {"type", name_of(of.type)},
          {"price", of.price.to_string()},
          {"amount", of.amount.to_string()},
          {"filled", of.filled.to_string()},
          {"state", name_of(of.state)}};
}

} // namespace

matching::matching(const exchange_options& options, listings& floor, order_store& orders, ledger& accounts,
                   matching_listener& listener, audit_sink& audit)
    : options_{options}, floor_{floor}, orders_{orders}, accounts_{accounts}, listener_{listener}, audit_{audit} {}

void matching::take(order& taker, decimal limit, base::moment now) {
  auto& at = floor_.at(taker.on);
  while (!taker.left().is_zero()) {
    order* const maker = at.book.first_against(taker.direction, limit);
    if (maker == nullptr)
      return;
    const bool own = !taker.account.empty() && maker->account == taker.account;
    if (own && options_.self_trades == self_trade_mode::cancel_maker)
      cancel(*maker, "user_request", now);
    else
      fill(taker, *maker, std::min(taker.left(), maker->left()), now);
  }
}

void matching::rest(order& maker) {
  floor_.at(maker.on).book.add(maker);
}

void matching::cancel(order& closing, std::string_view reason, base::moment now, bool in_book) {
  if (in_book && closing.state == order_state::open)
    floor_.at(closing.on).book.remove(closing);
  if (closing.account.empty()) {
    closing.state = order_state::cancelled;
    return;
  }
  orders_.about_to_change(closing, now);
  closing.state = order_state::cancelled;
  closing.cancel_reason = reason;
  closing.updated_ms = base::to_unix_ms(now.wall);
  release_margin(closing);
  announce("order_cancelled", closing, reason);
  orders_.retire(closing, now);
}

void matching::fill_resting(order& maker, decimal amount, base::moment now) {
  order nobody;
  nobody.on = maker.on;
  nobody.direction = opposite(maker.direction);
  nobody.amount = amount;
  fill(nobody, maker, std::min(amount, maker.left()), now);
}

void matching::hold_margin(order& opening, decimal margin) {
  auto& held = accounts_.of(opening.account)->wallets[accounts_.margin_currency(opening.on, opening.direction)].held;
  opening.reserved = saturating_add(opening.reserved, margin);
  held = saturating_add(held, margin);
}

void matching::release_margin(order& closing) {
  hold_margin(closing, -closing.reserved);
}

void matching::announce(std::string_view kind, const order& changed, std::string_view reason) {
  auto fields = audit_fields(changed, floor_.at(changed.on).what);
  if (!reason.empty())
    fields["reason"] = reason;
  audit_.record(kind, fields);
  listener_.on_order(changed);
}

const std::deque<user_trade>& matching::user_trades(const std::string& account) {
  static const std::deque<user_trade> none;
  const auto found = user_trades_.find(account);
  return found == user_trades_.end() ? none : found->second.kept;
}

std::uint64_t matching::user_trades_made(const std::string& account) const {
  const auto found = user_trades_.find(account);
  return found == user_trades_.end() ? 0 : found->second.made;
}

std::string matching::next_order_id(const instrument& on) {
  return wire_id(on.settlement, first_order_number + ++order_numbers_[on.settlement]);
}

std::string matching::next_trigger_id(const instrument& on, const order& waiting) {
  const bool stop = waiting.type == order_type::stop_limit || waiting.type == order_type::stop_market;
  const char watched = waiting.trigger == trigger_source::index_price  ? 'I'
                       : waiting.trigger == trigger_source::mark_price ? 'M'
                                                                       : 'T';
  const char direction = waiting.direction == side::buy ? 'B' : 'S';
  return on.settlement + (stop ? "-SL" : "-TP") + watched + direction + "-" + std::to_string(++triggers_);
}

void matching::fill(order& taker, order& maker, decimal amount, base::moment now) {
  auto& at = floor_.at(maker.on);
  const auto price = maker.price;
  at.book.reduce(maker, amount);
  apply(maker, amount, price, now);
  apply(taker, amount, price, now);
  if (maker.left().is_zero())
    at.book.remove(maker);
  const bool self_trade = !taker.account.empty() && taker.account == maker.account;
  const auto made = make_trade(at, taker.direction, amount, price, now);
  listener_.on_trade(made);
  book_side(taker, made, false, self_trade, now);
  book_side(maker, made, true, self_trade, now);
}

void matching::apply(order& of, decimal amount, decimal price, base::moment now) {
  if (!of.account.empty()) {
    orders_.about_to_change(of, now);
    hold_margin(of,
                -decimal::from_raw(static_cast<std::int64_t>(share(of.reserved.raw(), amount.raw(), of.left().raw()))));
  }
  of.filled = of.filled + amount;
  of.cost += cost_of(floor_.at(of.on).what, amount, price);
  of.updated_ms = base::to_unix_ms(now.wall);
  if (of.left().is_zero())
    of.state = order_state::filled;
}

trade matching::make_trade(listing& at, side direction, decimal amount, decimal price, base::moment now) {
  if (price > at.last)
    at.tick_direction = 0;
  else if (price < at.last)
    at.tick_direction = 2;
  else
    at.tick_direction = at.tick_direction < 2 ? 1 : 3;
  trade made;
  made.number = first_trade_number + ++trade_numbers_[at.what.settlement];
  made.id = wire_id(at.what.settlement, made.number);
  made.seq = ++at.trade_seq;
  made.on = at.number;
  made.direction = direction;
  made.price = price;
  made.amount = amount;
  made.mark_price = at.mark;
  made.index_price = at.index;
  made.tick_direction = at.tick_direction;
  made.at_ms = base::to_unix_ms(now.wall);
  at.record(made);
  return made;
}

void matching::book_side(order& of, const trade& made, bool maker, bool self_trade, base::moment now) {
  if (of.account.empty())
    return;
  const auto booked = accounts_.book(*accounts_.of(of.account), of.on, of.direction, made.amount, made.price, maker);
  user_trade mine{made,       of.account,    of.id, of.label,     of.original_type, of.direction, of.type, of.state,
                  booked.fee, booked.profit, maker, of.post_only, of.reduce_only,   self_trade,   of.mmp};
  auto& [kept, count] = user_trades_[of.account];
  ++count;
  kept.push_back(mine);
  while (kept.size() > options_.trades_max)
    kept.pop_front();
  audit_fill(mine, of);
  listener_.on_order(of);
  listener_.on_user_trade(mine);
  if (of.state == order_state::filled)
    orders_.retire(of, now);
}

void matching::audit_fill(const user_trade& made, const order& of) {
  auto fields = audit_fields(of, floor_.at(of.on).what);
  fields["trade_id"] = made.what.id;
  fields["trade_seq"] = made.what.seq;
  fields["fill_price"] = made.what.price.to_string();
  fields["fill_amount"] = made.what.amount.to_string();
  fields["liquidity"] = made.maker ? "M" : "T";
  audit_.record("order_filled", fields);
}

} // namespace cafnode::sim
