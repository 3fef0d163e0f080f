#pragma once

#include "sim/market/options.hpp"
#include "sim/market/order.hpp"

#include <map>
#include <string>
#include <vector>

namespace cafnode::sim {

/// What an account holds of one instrument. `size` is signed: USD for inverse instruments, else base coin.
struct position {
  decimal size;
  wide cost = 0; // at 10^-16, never negative
  decimal realized;
};

struct wallet {
  decimal balance;
  decimal held; // by open orders
  decimal fees;
};

struct account {
  std::string name;
  std::int64_t user_id = 0;
  std::map<std::string, wallet> wallets;
  std::map<std::size_t, position> positions;
};

/// The price each instrument is valued at, by its index.
using mark_prices = std::vector<decimal>;

/// The accounts' money and positions, in whole hundred-millionths. Accounts come into being when first asked for.
class ledger {
public:
  ledger(const exchange_options& options, const std::vector<instrument>& instruments)
      : options_{options}, instruments_{instruments} {}

  /// Null when there are too many accounts already.
  [[nodiscard]] account* of(const std::string& name);

  struct booked {
    decimal fee;
    decimal profit; // realised by what the fill closed
  };

  /// Books one side of a trade.
  booked book(account& who, std::size_t on, side direction, decimal amount, decimal price, bool maker);

  /// The currency that holds margin for such an order, and how much a new order needs.
  [[nodiscard]] const std::string& margin_currency(std::size_t on, side direction) const;
  [[nodiscard]] decimal margin_for(const account& who, std::size_t on, side direction, decimal amount,
                                   decimal price) const;

  [[nodiscard]] decimal profit_of(std::size_t on, const position& held, decimal mark) const;
  [[nodiscard]] decimal margin_of(std::size_t on, const position& held, decimal mark) const;

  /// Sums over an account's positions settled in `currency`.
  [[nodiscard]] decimal unrealized(const account& who, const std::string& currency, const mark_prices& marks) const;
  [[nodiscard]] decimal positions_margin(const account& who, const std::string& currency,
                                         const mark_prices& marks) const;
  [[nodiscard]] decimal equity(const account& who, const std::string& currency, const mark_prices& marks) const;
  [[nodiscard]] decimal available(const account& who, const std::string& currency, const mark_prices& marks) const;

private:
  decimal fee_of(const instrument& on, decimal amount, decimal price, bool maker) const;
  decimal move_position(position& held, const instrument& on, decimal change, decimal price) const;

  exchange_options options_;
  const std::vector<instrument>& instruments_;
  std::map<std::string, account> accounts_;
};

/// The wallet of a currency; an empty one when the account has none.
[[nodiscard]] wallet wallet_of(const account& who, const std::string& currency);

} // namespace cafnode::sim
