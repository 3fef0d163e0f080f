#pragma once

#include "sim/market/exchange.hpp"
#include "sim/market/ledger.hpp"
#include "sim/market/listing.hpp"
#include "sim/market/order_store.hpp"

#include <string_view>
#include <vector>

namespace cafnode::sim {

/// Hears what matching does, while it does it.
class matching_listener {
public:
  virtual ~matching_listener() = default;
  /// An account's order has changed; may come several times in one step for one order.
  virtual void on_order(const order& changed) = 0;
  virtual void on_trade(const trade& made) = 0;
  virtual void on_user_trade(const user_trade& made) = 0;
};

/// Price-time matching over all books. Knows accounts' orders (in the store, booked in the ledger, audited) and the
/// market's own (account empty), which are only matched.
class matching {
public:
  matching(const exchange_options& options, listings& floor, order_store& orders, ledger& accounts,
           matching_listener& listener, audit_sink& audit);

  /// Trades the order against the other side as far as `limit` allows.
  void take(order& taker, decimal limit, base::moment now);
  /// Puts the rest of an order into its book.
  void rest(order& maker);
  /// Takes an order out of its book and closes it as cancelled; an order that does not rest is only closed.
  void cancel(order& closing, std::string_view reason, base::moment now, bool in_book = true);
  /// Trades `amount` of a resting order with nobody in particular.
  void fill_resting(order& maker, decimal amount, base::moment now);

  /// Holds, and gives back, the margin for the open rest of an order.
  void hold_margin(order& opening, decimal margin);
  void release_margin(order& closing);

  /// Tells listeners and the audit log of a change that the caller made.
  void announce(std::string_view kind, const order& changed, std::string_view reason = {});

  /// The account's trades that are kept, oldest first, and how many it ever made.
  [[nodiscard]] const std::deque<user_trade>& user_trades(const std::string& account);
  [[nodiscard]] std::uint64_t user_trades_made(const std::string& account) const;

  [[nodiscard]] std::string next_order_id(const instrument& on);
  /// As `ETH-SLIS-12`: what kind of waiting order it is can be read from its id.
  [[nodiscard]] std::string next_trigger_id(const instrument& on, const order& waiting);

  [[nodiscard]] std::uint64_t next_key() { return ++keys_; }

private:
  struct trade_tape {
    std::deque<user_trade> kept;
    std::uint64_t made = 0;
  };

  void fill(order& taker, order& maker, decimal amount, base::moment now);
  trade make_trade(listing& at, side direction, decimal amount, decimal price, base::moment now);
  void book_side(order& of, const trade& made, bool maker, bool self_trade, base::moment now);
  void apply(order& of, decimal amount, decimal price, base::moment now);
  void audit_fill(const user_trade& made, const order& of);

  exchange_options options_;
  listings& floor_;
  order_store& orders_;
  ledger& accounts_;
  matching_listener& listener_;
  audit_sink& audit_;
  std::uint64_t keys_ = 0;
  std::map<std::string, std::uint64_t> order_numbers_; // by currency
  std::map<std::string, std::uint64_t> trade_numbers_;
  std::uint64_t triggers_ = 0;
  std::map<std::string, trade_tape> user_trades_;
};

} // namespace cafnode::sim
