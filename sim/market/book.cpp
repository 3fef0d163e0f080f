#include "sim/market/book.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

template<class Levels>
decimal total_at(const Levels& levels, decimal price) {
  const auto found = levels.find(price);
  return found == levels.end() ? decimal{} : found->second.total;
}

template<class Levels>
decimal fillable_in(const Levels& levels, decimal limit, decimal enough) {
  decimal sum;
  for (const auto& [price, level] : levels) {
    if (levels.key_comp()(limit, price) || sum >= enough)
      break;
    sum = saturating_add(sum, level.total);
  }
  return std::min(sum, enough);
}

template<class Levels>
bool meets_in(const Levels& levels, decimal limit, decimal reach, const std::string& account) {
  for (const auto& [price, level] : levels) {
    if (levels.key_comp()(limit, price))
      return false;
    for (const order* each : level.queue) {
      if (each->account == account)
        return true;
      if (each->left() >= reach)
        return false;
      reach = reach - each->left();
    }
  }
  return false;
}

} // namespace

decimal order_book::best_price(side of) const {
  if (of == side::buy)
    return bids_.empty() ? decimal{} : bids_.begin()->first;
  return asks_.empty() ? decimal{} : asks_.begin()->first;
}

decimal order_book::best_amount(side of) const {
  if (of == side::buy)
    return bids_.empty() ? decimal{} : bids_.begin()->second.total;
  return asks_.empty() ? decimal{} : asks_.begin()->second.total;
}

decimal order_book::amount_at(side of, decimal price) const {
  return of == side::buy ? total_at(bids_, price) : total_at(asks_, price);
}

order* order_book::first_against(side taker, decimal limit) const {
  const auto best = best_price(opposite(taker));
  if (!has(opposite(taker)) || (taker == side::buy ? best > limit : best < limit))
    return nullptr;
  return taker == side::buy ? asks_.begin()->second.queue.front() : bids_.begin()->second.queue.front();
}

decimal order_book::fillable(side taker, decimal limit, decimal enough) const {
  return taker == side::buy ? fillable_in(asks_, limit, enough) : fillable_in(bids_, limit, enough);
}

bool order_book::meets_own(side taker, decimal limit, decimal reach, const std::string& account) const {
  return taker == side::buy ? meets_in(asks_, limit, reach, account) : meets_in(bids_, limit, reach, account);
}

void order_book::add(order& resting) {
  auto& level = resting.direction == side::buy ? bids_[resting.price] : asks_[resting.price];
  level.queue.push_back(&resting);
  change(resting.direction, resting.price, level, level.total + resting.left());
}

void order_book::remove(order& resting) {
  const auto take_out = [&](auto& levels) {
    const auto found = levels.find(resting.price);
    CAFNODE_INVARIANT(found != levels.end(), "an order was taken from a level that is not there");
    auto& queue = found->second.queue;
    const auto place = std::find(queue.begin(), queue.end(), &resting);
    CAFNODE_INVARIANT(place != queue.end(), "an order was taken from a level that it is not in");
    queue.erase(place);
    change(resting.direction, resting.price, found->second, found->second.total - resting.left());
    if (queue.empty())
      levels.erase(found);
  };
  resting.direction == side::buy ? take_out(bids_) : take_out(asks_);
}

void order_book::reduce(order& resting, decimal amount) {
  auto& level = resting.direction == side::buy ? bids_.at(resting.price) : asks_.at(resting.price);
  change(resting.direction, resting.price, level, level.total - amount);
}

void order_book::change(side of, decimal price, price_level& level, decimal after) {
  const auto before = level.total;
  level.total = after;
  if (before != after)
    listener_(of, price, before, after);
}

} // namespace cafnode::sim
