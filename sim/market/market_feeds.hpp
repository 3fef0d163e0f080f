#pragma once

#include "sim/market/channel.hpp"
#include "sim/market/encode.hpp"
#include "sim/market/exchange.hpp"

#include <map>
#include <string>
#include <vector>

namespace cafnode::sim {

/// The public channels: tickers, books, quotes, trades, indexes. What nobody listens to is not made. Each message is
/// encoded once, whatever the number of its listeners.
///
/// Messages that show a state (all but trades) are made in `take`, so a snapshot always is the state that the messages
/// taken so far lead to.
class market_feeds {
public:
  market_feeds(const exchange_options& options, listings& floor, encoder& writer);

  void subscribed(const std::string& name, const channel& what);
  void unsubscribed(const std::string& name);

  /// The first message of a channel that starts with one; empty when it does not.
  [[nodiscard]] std::string snapshot(const std::string& name, const channel& what, base::moment now);

  void on_trade(const trade& made);
  /// Sends `data` on a channel when somebody listens.
  void announce(const std::string& name, const boost::json::value& data, std::vector<notification>& out);

  void take(base::moment now, std::vector<notification>& out);

private:
  using level_key = std::pair<side, decimal>;

  struct feed {
    channel what;
    std::size_t listeners = 0;
    base::time_point sent{};
    std::uint64_t seen = 0;             // listing.changes at the last message
    std::uint64_t change_id = 0;        // of the last message
    std::map<level_key, decimal> dirty; // levels that changed since, with what they were
    boost::json::object shown;          // what the last message said
    std::string text;
    boost::json::array pending; // trades
  };

  void on_level(listing& at, side of, decimal price, decimal before);
  [[nodiscard]] bool is_due(const feed& each, base::moment now) const;
  [[nodiscard]] base::duration interval_of(const feed& each) const;
  boost::json::value make(feed& each, base::moment now);
  boost::json::value book_change(feed& each, const listing& at, base::moment now);
  boost::json::value grouped_book(feed& each, const listing& at, base::moment now);
  boost::json::value ticker_change(feed& each, const listing& at, base::moment now);
  boost::json::value quote(feed& each, const listing& at, base::moment now);
  boost::json::value index_price(feed& each, base::moment now);
  boost::json::value chart_bar(feed& each, const listing& at);
  boost::json::object book_snapshot(const feed* active, const listing& at, base::moment now);
  boost::json::array window(const order_book& book, side of, decimal group, std::size_t depth);

  static constexpr std::size_t pending_max = 1'000;

  listings& floor_;
  encoder& writer_;
  base::duration agg2_;
  std::uint64_t change_ids_ = 100'000'000;
  std::map<std::string, feed> feeds_;
  std::map<std::size_t, std::vector<feed*>> books_; // by instrument
};

} // namespace cafnode::sim
