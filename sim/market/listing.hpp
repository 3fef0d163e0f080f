#pragma once

#include "sim/market/book.hpp"
#include "sim/market/options.hpp"
#include "sim/market/tape.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::sim {

/// One minute of trades.
struct candle {
  std::int64_t start_ms = 0;
  decimal open;
  decimal high;
  decimal low;
  decimal close;
  decimal volume; // in base coin
  decimal cost;   // in the quote currency
};

/// One instrument with everything that moves: its book, prices, trades and statistics.
struct listing {
  listing(instrument listed, std::size_t place, std::size_t trades_max)
      : what{std::move(listed)}, number{place}, trades{trades_max} {}

  instrument what;
  std::size_t number; // its index everywhere
  order_book book;
  decimal mark;
  decimal index;
  decimal last;
  int tick_direction = 0;
  std::uint64_t trade_seq = 0;
  std::uint64_t change_id = 0; // of the book's latest change; drawn from a counter that all books share
  std::uint64_t changes = 0;   // of anything that a ticker shows
  decimal open_interest;
  tape trades;
  std::deque<candle> candles; // oldest first

  [[nodiscard]] decimal lowest_price(std::int64_t band_permille) const;
  [[nodiscard]] decimal highest_price(std::int64_t band_permille) const;

  /// Adds a trade to the tape and the statistics.
  void record(const trade& made);
};

/// All instruments, in the order of their indexes.
class listings {
public:
  listings(base::moment start, const exchange_options& options);

  [[nodiscard]] listing* find(std::string_view name);
  [[nodiscard]] const listing* find(std::string_view name) const;

  [[nodiscard]] listing& at(std::size_t number) { return *all_[number]; }

  [[nodiscard]] std::vector<std::unique_ptr<listing>>& all() { return all_; }

  [[nodiscard]] const std::vector<std::unique_ptr<listing>>& all() const { return all_; }

  [[nodiscard]] const std::vector<instrument>& instruments() const { return instruments_; }

  /// What each is valued at.
  [[nodiscard]] std::vector<decimal> marks() const;

private:
  std::vector<instrument> instruments_;
  std::vector<std::unique_ptr<listing>> all_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

} // namespace cafnode::sim
