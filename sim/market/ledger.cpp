#include "sim/market/ledger.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

decimal add_to(decimal& sum, decimal change) {
  sum = saturating_add(sum, change);
  return sum;
}

/// What `amount` is worth in the settlement currency.
decimal value_of(const instrument& on, decimal amount, decimal price) {
  return on.style == pay_style::inverse ? divide(amount, price) : multiply(amount, price);
}

} // namespace

account* ledger::of(const std::string& name) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end())
    return &found->second;
  if (accounts_.size() >= options_.accounts_max)
    return nullptr;
  account opened{name, 1001 + static_cast<std::int64_t>(accounts_.size()), {}, {}};
  for (const auto& [currency, amount] : options_.balances)
    opened.wallets[currency].balance = amount;
  return &accounts_.emplace(name, std::move(opened)).first->second;
}

ledger::booked ledger::book(account& who, std::size_t on, side direction, decimal amount, decimal price, bool maker) {
  const auto& what = instruments_[on];
  auto& settled = who.wallets[what.settlement];
  const decimal signed_amount = direction == side::buy ? amount : -amount;
  booked result{fee_of(what, amount, price, maker), {}};
  if (what.is_spread())
    return result; // the positions would be those of its legs, which are not kept
  add_to(settled.balance, -result.fee);
  add_to(settled.fees, result.fee);
  if (what.style == pay_style::spot) {
    add_to(settled.balance, -multiply(signed_amount, price));
    add_to(who.wallets[what.base].balance, signed_amount);
    return result;
  }
  auto& held = who.positions[on];
  result.profit = move_position(held, what, signed_amount, price);
  add_to(held.realized, result.profit);
  if (what.kind == instrument_kind::option)
    add_to(settled.balance, -multiply(signed_amount, price));
  else
    add_to(settled.balance, result.profit);
  return result;
}

decimal ledger::move_position(position& held, const instrument& on, decimal change, decimal price) const {
  const bool grows = held.size.is_zero() || (held.size > decimal{}) == (change > decimal{});
  if (grows) {
    held.cost += cost_of(on, absolute(change), price);
    add_to(held.size, change);
    return {};
  }
  const auto closing = std::min(absolute(change), absolute(held.size));
  const auto entry = share(held.cost, closing.raw(), absolute(held.size).raw());
  const auto exit = cost_of(on, closing, price);
  const bool was_long = held.size > decimal{};
  const bool gains_when_up = was_long == (on.style != pay_style::inverse);
  held.cost -= entry;
  add_to(held.size, was_long ? -closing : closing);
  const auto rest = absolute(change) - closing;
  if (!rest.is_zero()) {
    held.cost = cost_of(on, rest, price);
    held.size = was_long ? -rest : rest;
  }
  return narrow(gains_when_up ? exit - entry : entry - exit);
}

decimal ledger::fee_of(const instrument& on, decimal amount, decimal price, bool maker) const {
  const auto rate = maker ? on.maker_fee : on.taker_fee;
  if (on.kind != instrument_kind::option)
    return multiply(value_of(on, amount, price), rate);
  // An option's fee is capped at an eighth of its premium.
  return std::min(multiply(amount, rate), scale(multiply(amount, price), 1, 8));
}

const std::string& ledger::margin_currency(std::size_t on, side direction) const {
  const auto& what = instruments_[on];
  return what.style == pay_style::spot && direction == side::sell ? what.base : what.settlement;
}

decimal ledger::margin_for(const account& who, std::size_t on, side direction, decimal amount, decimal price) const {
  const auto& what = instruments_[on];
  if (what.is_spread())
    return {};
  if (what.style == pay_style::spot)
    return direction == side::sell ? amount : multiply(amount, price);
  if (what.kind == instrument_kind::option)
    return direction == side::sell ? scale(amount, 15, 100) : multiply(amount, price);
  const auto held = who.positions.find(on);
  decimal opening = amount;
  if (held != who.positions.end() && (held->second.size > decimal{}) == (direction == side::sell))
    opening = std::max(decimal{}, amount - absolute(held->second.size));
  return scale(value_of(what, opening, price), 1, what.leverage);
}

decimal ledger::profit_of(std::size_t on, const position& held, decimal mark) const {
  if (held.size.is_zero())
    return {};
  const auto& what = instruments_[on];
  const auto worth = cost_of(what, absolute(held.size), mark);
  const bool gains_when_up = (held.size > decimal{}) == (what.style != pay_style::inverse);
  return narrow(gains_when_up ? worth - held.cost : held.cost - worth);
}

decimal ledger::margin_of(std::size_t on, const position& held, decimal mark) const {
  const auto& what = instruments_[on];
  if (what.kind == instrument_kind::option)
    return held.size < decimal{} ? scale(-held.size, 15, 100) : decimal{};
  return scale(value_of(what, absolute(held.size), mark), 1, what.leverage);
}

decimal ledger::unrealized(const account& who, const std::string& currency, const mark_prices& marks) const {
  decimal sum;
  for (const auto& [on, held] : who.positions)
    if (instruments_[on].settlement == currency && instruments_[on].kind != instrument_kind::option)
      add_to(sum, profit_of(on, held, marks[on]));
  return sum;
}

decimal ledger::positions_margin(const account& who, const std::string& currency, const mark_prices& marks) const {
  decimal sum;
  for (const auto& [on, held] : who.positions)
    if (instruments_[on].settlement == currency)
      add_to(sum, margin_of(on, held, marks[on]));
  return sum;
}

decimal ledger::equity(const account& who, const std::string& currency, const mark_prices& marks) const {
  decimal sum = saturating_add(wallet_of(who, currency).balance, unrealized(who, currency, marks));
  for (const auto& [on, held] : who.positions)
    if (instruments_[on].settlement == currency && instruments_[on].kind == instrument_kind::option)
      add_to(sum, multiply(held.size, marks[on]));
  return sum;
}

decimal ledger::available(const account& who, const std::string& currency, const mark_prices& marks) const {
  const auto mine = wallet_of(who, currency);
  const auto free = saturating_add(mine.balance, unrealized(who, currency, marks));
  return saturating_add(free, -saturating_add(mine.held, positions_margin(who, currency, marks)));
}

wallet wallet_of(const account& who, const std::string& currency) {
  const auto found = who.wallets.find(currency);
  return found == who.wallets.end() ? wallet{} : found->second;
}

} // namespace cafnode::sim
