#include "tests/sim/market/exchange_world.hpp"

using namespace cafnode;
using namespace cafnode::test;

namespace {

/// Everything that an exchange says while it is used in one way.
std::string story_of(std::uint64_t seed, int exponent_percent = 50) {
  sim::exchange_options options;
  options.seed = seed;
  options.exponent_percent = exponent_percent;
  exchange_world world{options};
  for (const auto* name : {"book.BTC-PERPETUAL.raw", "trades.any.any.100ms", "ticker.ETH_USDC-PERPETUAL.100ms",
                           "user.changes.any.any.raw", "incremental_ticker.BTC-PERPETUAL"})
    world.venue->subscribed(name);
  std::string story;
  for (int i = 0; i < 60; ++i) {
    world.pass(37ms);
    if (i % 7 == 0)
      story += sim::write_exact(world.order("buy", "60000", "10", R"(,"label":"s")"));
    for (const auto& each : world.venue->take_notifications())
      story += each.channel + each.account + each.data;
  }
  return story;
}

} // namespace

SCENARIO("the same seed, calls and times give the same bytes; another seed another market") {
  const auto story = story_of(7);
  CHECK(story.size() > 10'000);
  CHECK(story == story_of(7));
  CHECK(story != story_of(8));
}

SCENARIO("how numbers are written, and who listens, has no influence on the market") {
  const auto market_of = [](int exponent_percent, bool listens) {
    sim::exchange_options options;
    options.exponent_percent = exponent_percent;
    exchange_world world{options};
    if (listens)
      world.venue->subscribed("ticker.BTC-PERPETUAL.raw");
    for (int i = 0; i < 50; ++i) {
      world.pass(100ms);
      world.venue->take_notifications();
    }
    const auto book = world.good("public/get_order_book", R"({"instrument_name":"BTC-PERPETUAL"})");
    return text_at(book, "change_id") + "/" + sim::decimal_of(book.at("bids").at(0).at(1))->to_string();
  };
  CHECK(market_of(0, false) == market_of(50, true));
}

SCENARIO("makers keep a book of levels on both sides that never crosses") {
  exchange_world world{sim::exchange_options{}};
  for (int i = 0; i < 50; ++i) {
    world.pass(100ms);
    for (const auto* name :
         {"BTC-PERPETUAL", "ETH-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC_USDC-PERPETUAL", "BTC_USDC"}) {
      const auto book =
          world.good("public/get_order_book", R"({"instrument_name":")" + std::string{name} + R"(","depth":100})");
      CHECK(book.at("bids").as_array().size() >= 15);
      CHECK(book.at("asks").as_array().size() >= 15);
      CHECK(*sim::decimal_of(book.at("best_bid_price")) < *sim::decimal_of(book.at("best_ask_price")));
    }
  }
}

SCENARIO("the market trades against an account's resting orders") {
  sim::exchange_options options;
  options.taker_percent = 100;
  exchange_world world{options};
  world.pass(100ms);
  const auto book = world.good("public/get_order_book", R"({"instrument_name":"BTC-PERPETUAL"})");
  const auto bid = text_at(book, "best_bid_price");
  const auto id = id_of(world.order("buy", bid, "1000", R"(,"post_only":true)"));
  bool filled = false;
  for (int i = 0; i < 300 && !filled; ++i) {
    world.pass(100ms);
    filled =
        text_at(world.good("private/get_order_state", R"({"order_id":")" + id + R"("})"), "order_state") == "filled";
  }
  CHECK(filled);
  const auto trades = world.good("private/get_user_trades_by_order", R"({"order_id":")" + id + R"("})");
  sim::decimal sum;
  for (const auto& each : trades.as_array()) {
    CHECK(text_at(each, "liquidity") == "M");
    sum = sum + *sim::decimal_of(each.at("amount"));
  }
  CHECK(sum == sim::whole(1'000));
}

SCENARIO("after a long pause the market does not race to catch up") {
  exchange_world world{sim::exchange_options{}};
  world.pass(100ms);
  const auto seq_of = [&] {
    const auto trades =
        world.good("public/get_last_trades_by_instrument", R"({"instrument_name":"BTC-PERPETUAL","count":1})");
    const auto& all = trades.at("trades").as_array();
    return all.empty() ? std::int64_t{0} : all[0].at("trade_seq").to_number<std::int64_t>();
  };
  const auto before = seq_of();
  world.pass(24h);
  CHECK(seq_of() - before < 500);
}

SCENARIO("an index stays near where it began") {
  sim::exchange_options options;
  options.volatility = 30;
  exchange_world world{options};
  for (int i = 0; i < 2'000; ++i)
    world.pass(100ms);
  const auto index = world.good("public/get_index_price", R"({"index_name":"btc_usd"})");
  const auto price = *sim::decimal_of(index.at("index_price"));
  CHECK(price > sim::whole(45'000));
  CHECK(price < sim::whole(75'000));
}
