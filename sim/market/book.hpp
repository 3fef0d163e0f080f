#pragma once

#include "sim/market/order.hpp"

#include <functional>
#include <list>
#include <map>
#include <vector>

namespace cafnode::sim {

/// One price of one side: its orders by time, and what they add up to.
struct price_level {
  decimal total;
  std::list<order*> queue;
};

/// The resting orders of one instrument by price, then time. Holds pointers only; every change of a level's total is
/// told to the listener.
class order_book {
public:
  using buy_side = std::map<decimal, price_level, std::greater<>>;
  using sell_side = std::map<decimal, price_level, std::less<>>;
  using listener = std::function<void(side, decimal price, decimal before, decimal after)>;

  void listen(listener to) { listener_ = std::move(to); }

  [[nodiscard]] const buy_side& bids() const { return bids_; }

  [[nodiscard]] const sell_side& asks() const { return asks_; }

  /// Whether any order rests on a side.
  [[nodiscard]] bool has(side of) const { return of == side::buy ? !bids_.empty() : !asks_.empty(); }

  /// The best price of a side; zero when it is empty, which of a spread may also be a price.
  [[nodiscard]] decimal best_price(side of) const;
  [[nodiscard]] decimal best_amount(side of) const;
  [[nodiscard]] decimal amount_at(side of, decimal price) const;

  /// The order that an order of the other side meets first, null when there is none at `limit` or better for it.
  [[nodiscard]] order* first_against(side taker, decimal limit) const;

  /// What an order of side `taker` could fill at `limit` or better, counted up to `enough`.
  [[nodiscard]] decimal fillable(side taker, decimal limit, decimal enough) const;

  /// Whether an order of `account` rests within the first `reach` that a taker would meet at `limit` or better.
  [[nodiscard]] bool meets_own(side taker, decimal limit, decimal reach, const std::string& account) const;

  /// Puts an order behind the others of its price.
  void add(order& resting);
  /// Takes out an order that rests here; its rest leaves the level.
  void remove(order& resting);
  /// Lowers what a resting order adds to its level by `amount`, its place kept: a fill, or an edit to less.
  void reduce(order& resting, decimal amount);

private:
  void change(side of, decimal price, price_level& level, decimal after);

  buy_side bids_;
  sell_side asks_;
  listener listener_ = [](side, decimal, decimal, decimal) {};
};

} // namespace cafnode::sim
