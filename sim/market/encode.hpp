#pragma once

#include "runtime/base/rng.hpp"
#include "sim/market/ledger.hpp"
#include "sim/market/listing.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>

namespace cafnode::sim {

/// Turns what the exchange knows into the objects that its clients read (A5 to A7 of the reference). Prices and amounts
/// become marked numbers, now and then in exponent form where that is shorter.
class encoder {
public:
  encoder(const exchange_options& options, listings& floor)
      : floor_{floor},
        band_{options.price_band_permille},
        exponent_percent_{options.exponent_percent},
        chance_{options.seed ^ 0x6e756d626572ULL} {}

  [[nodiscard]] boost::json::value number(decimal value);
  [[nodiscard]] boost::json::array levels(const order_book& book, side of, std::size_t depth);

  [[nodiscard]] boost::json::object instrument_object(const instrument& what);
  [[nodiscard]] boost::json::object ticker_object(const listing& at, std::int64_t now_ms);
  [[nodiscard]] boost::json::object book_object(const listing& at, std::int64_t now_ms, std::size_t depth);
  [[nodiscard]] boost::json::object quote_object(const listing& at, std::int64_t now_ms);
  [[nodiscard]] boost::json::object summary_object(const listing& at, std::int64_t now_ms);
  [[nodiscard]] boost::json::object trade_object(const trade& made);

  [[nodiscard]] boost::json::object order_object(const order& of, std::int64_t user_id);
  [[nodiscard]] boost::json::object user_trade_object(const user_trade& made, std::int64_t user_id);
  [[nodiscard]] boost::json::object position_object(const ledger& money, const account& who, std::size_t on);
  [[nodiscard]] boost::json::object portfolio_object(const ledger& money, const account& who,
                                                     const std::string& currency);

private:
  void add_option_fields(boost::json::object& ticker, const listing& at);
  void add_stats(boost::json::object& ticker, const listing& at, std::int64_t now_ms);

  listings& floor_;
  std::int64_t band_;
  int exponent_percent_;
  base::rng chance_;
};

/// The currencies that accounts are kept in.
[[nodiscard]] const std::vector<std::string>& currencies();

} // namespace cafnode::sim
