#include "tests/sim/market/exchange_world.hpp"

#include <map>

using namespace cafnode;
using namespace cafnode::test;

namespace {

using level_map = std::map<sim::decimal, sim::decimal>;

/// A book that is kept from a channel's messages alone.
struct replayed_book {
  level_map bids;
  level_map asks;
  std::uint64_t change_id = 0;

  void apply(const std::string& data) {
    const auto read = sim::parse_exact(data);
    REQUIRE(read.has_value());
    const auto& message = read.value().as_object();
    const bool snapshot = text_at(message, "type") == "snapshot";
    if (!snapshot)
      REQUIRE(text_at(message, "prev_change_id") == std::to_string(change_id));
    change_id = message.at("change_id").to_number<std::uint64_t>();
    apply_side(bids, message.at("bids").as_array(), snapshot);
    apply_side(asks, message.at("asks").as_array(), snapshot);
  }

  static void apply_side(level_map& levels, const json::array& changes, bool snapshot) {
    if (snapshot)
      levels.clear();
    for (const auto& each : changes) {
      const auto& change = each.as_array();
      const auto price = *sim::decimal_of(change.at(1));
      const auto amount = *sim::decimal_of(change.at(2));
      const std::string action{change.at(0).as_string().c_str()};
      CHECK((action == "new") == !levels.contains(price));
      CHECK((action == "delete") == amount.is_zero());
      if (amount.is_zero())
        levels.erase(price);
      else
        levels[price] = amount;
    }
  }
};

level_map side_of(const json::value& book, std::string_view side) {
  level_map levels;
  for (const auto& each : book.as_object().at({side.data(), side.size()}).as_array())
    levels[*sim::decimal_of(each.as_array().at(0))] = *sim::decimal_of(each.as_array().at(1));
  return levels;
}

std::vector<std::string> on(const std::vector<sim::notification>& all, std::string_view channel) {
  std::vector<std::string> texts;
  for (const auto& each : all)
    if (each.channel == channel)
      texts.push_back(each.data);
  return texts;
}

json::value parsed(const std::string& text) {
  const auto read = sim::parse_exact(text);
  REQUIRE_MESSAGE(read.has_value(), text);
  return read.value();
}

} // namespace

SCENARIO("a book channel's changes lead from its snapshot to the book that is asked for") {
  for (const std::uint64_t seed : {1U, 2U, 3U})
    for (const std::string interval : {"raw", "100ms", "agg2"}) {
      CAPTURE(seed);
      CAPTURE(interval);
      sim::exchange_options options;
      options.seed = seed;
      exchange_world world{options};
      const auto channel = "book.BTC-PERPETUAL." + interval;
      world.pass(350ms);
      world.venue->take_notifications();
      world.venue->subscribed(channel);
      replayed_book early;
      early.apply(world.venue->snapshot(channel, world.now));
      replayed_book late;
      for (int i = 0; i < 200; ++i) {
        world.pass(std::chrono::milliseconds{7 + i % 50});
        if (i % 10 == 3)
          world.order("buy", "59990", "10");
        if (i == 100) {
          // Joins while changes wait to be sent.
          world.venue->subscribed(channel);
          late.apply(world.venue->snapshot(channel, world.now));
        }
        for (const auto& data : on(world.venue->take_notifications(), channel)) {
          early.apply(data);
          if (i >= 100)
            late.apply(data);
        }
      }
      world.now = world.now + 2s;
      world.call("public/status", "{}");
      for (const auto& data : on(world.venue->take_notifications(), channel)) {
        early.apply(data);
        late.apply(data);
      }
      const auto asked = world.good("public/get_order_book", R"({"instrument_name":"BTC-PERPETUAL","depth":10000})");
      CHECK(early.bids == side_of(asked, "bids"));
      CHECK(early.asks == side_of(asked, "asks"));
      CHECK(late.bids == early.bids);
      CHECK(late.asks == early.asks);
      CHECK(early.bids.size() >= 15);
    }
}

SCENARIO("a still book sends nothing, and nothing is made for channels without listeners") {
  exchange_world world;
  world.venue->subscribed("book.BTC-PERPETUAL.raw");
  world.venue->subscribed("ticker.BTC-PERPETUAL.raw");
  world.pass(1s);
  world.venue->take_notifications();
  world.pass(1s);
  CHECK(world.venue->take_notifications().empty());
  world.venue->unsubscribed("book.BTC-PERPETUAL.raw");
  world.venue->unsubscribed("ticker.BTC-PERPETUAL.raw");
  world.venue->unsubscribed("ticker.BTC-PERPETUAL.raw");
  world.order("buy", "60000", "10");
  CHECK(world.venue->take_notifications().empty());
}

SCENARIO("channels that do not exist are told from those that do, and private ones from public ones") {
  exchange_world world;
  const auto kind_of = [&](std::string_view name) {
    bool needs_account = false;
    if (!world.venue->channel_exists(name, needs_account))
      return std::string{"none"};
    return std::string{needs_account ? "private" : "public"};
  };
  for (const auto* name : {"ticker.BTC-PERPETUAL.100ms", "book.ETH-PERPETUAL.agg2", "book.BTC-PERPETUAL.none.10.100ms",
                           "book.BTC-PERPETUAL.5.20.100ms", "quote.BTC_USDC", "trades.BTC-PERPETUAL.100ms",
                           "trades.future.BTC.100ms", "trades.any.any.100ms", "incremental_ticker.BTC-PERPETUAL",
                           "platform_state", "platform_state.public_methods_state", "instrument.state.any.any",
                           "deribit_price_index.btc_usd", "chart.trades.BTC-PERPETUAL.1"})
    CHECK_MESSAGE(kind_of(name) == "public", name);
  for (const auto* name :
       {"ticker.BTC-PERPETUAL.raw", "book.BTC-PERPETUAL.raw", "trades.any.any.raw", "user.orders.any.any.raw",
        "user.orders.BTC-PERPETUAL.100ms", "user.trades.future.BTC.raw", "user.changes.any.any.raw",
        "user.portfolio.btc", "user.portfolio.any", "user.lock", "user.access_log", "user.mmp_trigger.btc_usd"})
    CHECK_MESSAGE(kind_of(name) == "private", name);
  for (const auto* name :
       {"", ".", "ticker", "ticker.BTC-PERPETUAL", "ticker.NO-SUCH.100ms", "ticker.BTC-PERPETUAL.1s",
        "book.BTC-PERPETUAL.3.10.100ms", "book.BTC-PERPETUAL.none.7.100ms", "quote.X", "user", "user.orders",
        "user.orders.any.raw", "user.orders.stocks.BTC.raw", "user.portfolio.DOGE", "chart.trades.BTC-PERPETUAL.7",
        "deribit_price_index.doge_usd", "platform_state.x", "instrument.state.any", "trades.any.any.any.raw"})
    CHECK_MESSAGE(kind_of(name) == "none", name);
  CHECK(kind_of(std::string(100'000, '.')) == "none");
}

SCENARIO("raw order updates are objects, interval ones arrays with the latest of each order") {
  exchange_world world;
  for (const auto* name : {"user.orders.any.any.raw", "user.orders.BTC-PERPETUAL.100ms", "user.orders.option.any.raw"})
    world.venue->subscribed(name);
  world.order("buy", "60000", "20", R"(,"label":"x")");
  world.good("private/cancel_all", "{}");
  world.pass(100ms);
  const auto told = world.venue->take_notifications();
  const auto raw = on(told, "user.orders.any.any.raw");
  REQUIRE(raw.size() == 2);
  CHECK(text_at(parsed(raw[0]), "order_state") == "open");
  CHECK(text_at(parsed(raw[1]), "order_state") == "cancelled");
  const auto each_interval = on(told, "user.orders.BTC-PERPETUAL.100ms");
  REQUIRE(each_interval.size() == 1);
  const auto latest = parsed(each_interval[0]).as_array();
  REQUIRE(latest.size() == 1);
  CHECK(text_at(latest[0], "order_state") == "cancelled");
  CHECK(on(told, "user.orders.option.any.raw").empty());
  for (const auto& each : told)
    CHECK(each.account == "alice");
}

SCENARIO("an order that fills at once is told once, with trade and position beside it") {
  exchange_world world;
  world.order("sell", "60000", "20", "", "bob");
  for (const auto* name : {"user.changes.any.any.raw", "user.trades.any.any.raw", "user.orders.any.any.raw",
                           "user.portfolio.any", "trades.BTC-PERPETUAL.raw"})
    world.venue->subscribed(name);
  world.order("buy", "60000", "20", R"(,"label":"x")");
  world.pass(100ms);
  const auto told = world.venue->take_notifications();
  std::map<std::string, json::value> changes;
  for (const auto& each : told)
    if (each.channel == "user.changes.any.any.raw")
      changes[each.account] = parsed(each.data);
  REQUIRE(changes.size() == 2);
  const auto& mine = changes.at("alice");
  REQUIRE(mine.at("orders").as_array().size() == 1);
  CHECK(text_at(mine.at("orders").at(0), "order_state") == "filled");
  CHECK(text_at(mine.at("trades").at(0), "liquidity") == "T");
  CHECK(text_at(mine.at("trades").at(0), "label") == "x");
  CHECK(text_at(mine.at("positions").at(0), "size") == "20.0");
  CHECK(text_at(changes.at("bob").at("trades").at(0), "liquidity") == "M");
  CHECK(text_at(changes.at("bob").at("positions").at(0), "size") == "-20.0");
  CHECK(on(told, "user.trades.any.any.raw").size() == 2);
  CHECK(on(told, "user.orders.any.any.raw").size() == 2);
  CHECK(on(told, "user.portfolio.any").size() == 8);
  const auto tape = on(told, "trades.BTC-PERPETUAL.raw");
  REQUIRE(tape.size() == 1);
  const auto trades = parsed(tape[0]);
  REQUIRE(trades.as_array().size() == 1);
  CHECK(text_at(trades.at(0), "direction") == "buy");
  CHECK(text_at(trades.at(0), "contracts") == "2.0");
}

SCENARIO("incremental tickers begin whole and go on with what changed") {
  exchange_world world;
  const std::string name = "incremental_ticker.BTC-PERPETUAL";
  world.venue->subscribed(name);
  const auto whole = parsed(world.venue->snapshot(name, world.now));
  CHECK(text_at(whole, "type") == "snapshot");
  CHECK(text_at(whole, "best_bid_price") == "0.0");
  world.order("buy", "60000", "20");
  const auto told = on(world.venue->take_notifications(), name);
  REQUIRE(told.size() == 1);
  const auto change = parsed(told[0]);
  CHECK(text_at(change, "best_bid_price") == "60000.0");
  CHECK_FALSE(change.as_object().contains("mark_price"));
}

SCENARIO("grouped books add up prices and show no more than their depth") {
  exchange_world world;
  const std::string name = "book.BTC-PERPETUAL.2.1.100ms";
  world.venue->subscribed(name);
  world.order("buy", "60000", "10");
  world.order("buy", "60000.5", "20");
  world.order("buy", "59999", "40");
  world.pass(100ms);
  const auto told = on(world.venue->take_notifications(), name);
  REQUIRE(told.size() == 1);
  CHECK(sim::write_exact(parsed(told[0]).at("bids")) == "[[60000.0,30.0]]");
}

SCENARIO("quotes, indexes, charts and tickers of every interval come from a moving market") {
  sim::exchange_options options;
  options.taker_percent = 100;
  exchange_world world{options};
  const std::vector<std::string> names{"quote.BTC-PERPETUAL",          "deribit_price_index.btc_usd",
                                       "chart.trades.BTC-PERPETUAL.1", "ticker.BTC-PERPETUAL.raw",
                                       "ticker.ETH-PERPETUAL.100ms",   "ticker.BTC_USDC.agg2"};
  for (const auto& name : names)
    world.venue->subscribed(name);
  std::map<std::string, int> counts;
  for (int i = 0; i < 100; ++i) {
    world.pass(50ms);
    for (const auto& each : world.venue->take_notifications()) {
      ++counts[each.channel];
      CHECK(sim::parse_exact(each.data).has_value());
    }
  }
  for (const auto& name : names)
    CHECK_MESSAGE(counts[name] > 0, name);
  CHECK(counts["ticker.ETH-PERPETUAL.100ms"] <= 51);
  CHECK(counts["ticker.BTC_USDC.agg2"] <= 6);
}

SCENARIO("an interval of 100 ms is ten messages per second, whatever the steps") {
  for (const auto step : {3ms, 7ms, 40ms}) {
    exchange_world world{sim::exchange_options{}};
    world.venue->subscribed("ticker.BTC-PERPETUAL.100ms");
    std::size_t count = 0;
    for (auto passed = 0ms; passed < 10s; passed += step) {
      world.pass(step);
      count += world.venue->take_notifications().size();
    }
    CHECK(count >= 95);
    CHECK(count <= 101);
  }
}
