#include "tests/sim/market/exchange_world.hpp"

using namespace cafnode;
using namespace cafnode::test;

SCENARIO("orders of one price are filled in the order in which they came") {
  GIVEN("two bids at one price and a better one that came last") {
    exchange_world world;
    const auto first = id_of(world.order("buy", "60000", "100", "", "bob"));
    const auto second = id_of(world.order("buy", "60000", "100", "", "carol"));
    const auto better = id_of(world.order("buy", "60000.5", "50", "", "dave"));
    WHEN("somebody sells 180") {
      const auto sold = world.order("sell", "60000", "180");
      THEN("the better price goes first, then time decides") {
        const auto& trades = sold.at("trades").as_array();
        REQUIRE(trades.size() == 3);
        CHECK(text_at(trades[0], "price") == "60000.5");
        CHECK(text_at(trades[1], "amount") == "100.0");
        CHECK(text_at(trades[2], "amount") == "30.0");
        CHECK(text_at(world.good("private/get_order_state", R"({"order_id":")" + better + R"("})", "dave"),
                      "order_state") == "filled");
        CHECK(text_at(world.good("private/get_order_state", R"({"order_id":")" + first + R"("})", "bob"),
                      "order_state") == "filled");
        const auto rest = world.good("private/get_order_state", R"({"order_id":")" + second + R"("})", "carol");
        CHECK(text_at(rest, "order_state") == "open");
        CHECK(text_at(rest, "filled_amount") == "30.0");
      }
    }
  }
}

SCENARIO("an edit that only lowers the amount keeps its place, any other loses it") {
  const auto first_filled = [](const std::string& change) {
    exchange_world world;
    const auto first = id_of(world.order("buy", "60000", "100", "", "bob"));
    world.order("buy", "60000", "100", "", "carol");
    world.good("private/edit", R"({"order_id":")" + first + R"(",)" + change + "}", "bob");
    world.order("sell", "60000", "10");
    return text_at(world.good("private/get_order_state", R"({"order_id":")" + first + R"("})", "bob"),
                   "filled_amount") == "10.0";
  };
  CHECK(first_filled(R"("amount":50)"));
  CHECK_FALSE(first_filled(R"("amount":150)"));
  CHECK_FALSE(first_filled(R"("amount":100,"price":59999.5)"));
}

SCENARIO("post_only never takes: it moves one tick off the other side, or is refused when told so") {
  exchange_world world;
  world.order("sell", "60010", "100", "", "bob");
  const auto slid = world.order("buy", "60020", "10", R"(,"post_only":true)");
  CHECK(text_at(slid.at("order"), "price") == "60009.5");
  CHECK(slid.at("trades").as_array().empty());
  CHECK(world.bad("private/buy", R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":60010,"post_only":true,
                  "reject_post_only":true})") == 11054);
  CHECK(world.bad("private/buy", R"({"instrument_name":"BTC-PERPETUAL","amount":10,"type":"market",
                  "post_only":true})") == 11055);
}

SCENARIO("immediate_or_cancel fills what there is, fill_or_kill all or nothing") {
  exchange_world world;
  world.order("sell", "60000", "50", "", "bob");
  const auto killed = world.order("buy", "60000", "60", R"(,"time_in_force":"fill_or_kill")");
  CHECK(text_at(killed.at("order"), "order_state") == "cancelled");
  CHECK(text_at(killed.at("order"), "filled_amount") == "0.0");
  const auto partly = world.order("buy", "60000", "60", R"(,"time_in_force":"immediate_or_cancel")");
  CHECK(text_at(partly.at("order"), "order_state") == "cancelled");
  CHECK(text_at(partly.at("order"), "filled_amount") == "50.0");
  world.order("sell", "60000", "50", "", "bob");
  const auto whole = world.order("buy", "60000", "50", R"(,"time_in_force":"fill_or_kill")");
  CHECK(text_at(whole.at("order"), "order_state") == "filled");
}

SCENARIO("a market order takes within the band and never rests") {
  exchange_world world;
  world.order("sell", "60100", "50", "", "bob");
  const auto bought =
      world.good("private/buy", R"({"instrument_name":"BTC-PERPETUAL","amount":70,"type":"market"})").as_object();
  CHECK(text_at(bought.at("order"), "filled_amount") == "50.0");
  CHECK(text_at(bought.at("order"), "order_state") == "cancelled");
  CHECK(text_at(bought.at("order"), "average_price") == "60100.0");
}

SCENARIO("both sides of every trade are the same amount, and fees are the taker's") {
  exchange_world world;
  world.order("sell", "60000", "600", "", "bob");
  world.order("buy", "60000", "200");
  world.order("buy", "60000", "400");
  const auto sum_of = [&](const std::string& account) {
    sim::decimal sum;
    const auto trades = world.good("private/get_user_trades_by_instrument",
                                   R"({"instrument_name":"BTC-PERPETUAL","count":100})", account);
    for (const auto& each : trades.at("trades").as_array())
      sum = sum + *sim::decimal_of(each.at("amount"));
    return sum;
  };
  CHECK(sum_of("alice") == sim::whole(600));
  CHECK(sum_of("bob") == sim::whole(600));
  const auto position = world.good("private/get_position", R"({"instrument_name":"BTC-PERPETUAL"})");
  CHECK(text_at(position, "size") == "600.0");
  CHECK(text_at(position, "average_price") == "60000.0");
  CHECK(text_at(position, "direction") == "buy");
  // 600 USD at 60,000 are 0.01 BTC; the taker pays 0.0005 of them.
  CHECK(text_at(world.good("private/get_account_summary", R"({"currency":"BTC"})"), "balance") == "99.999995");
  CHECK(text_at(world.good("private/get_account_summary", R"({"currency":"BTC"})", "bob"), "balance") == "100.0");
}

SCENARIO("profit of inverse and linear contracts is exact") {
  exchange_world world;
  world.order("sell", "60000", "6000", "", "bob");
  world.order("buy", "60000", "6000");
  world.order("buy", "60600", "6000", "", "bob");
  const auto closed = world.order("sell", "60600", "6000");
  // 6000 * (1/60000 - 1/60600), to the eighth place.
  CHECK(text_at(closed.at("trades").as_array()[0], "profit_loss") == "0.0009901");
}

SCENARIO("a reduce-only order is cut to the position and refused without one") {
  exchange_world world;
  const std::string reduce = R"({"instrument_name":"BTC-PERPETUAL","amount":100,"price":60000,"reduce_only":true})";
  CHECK(world.bad("private/sell", reduce) == 11030);
  world.order("sell", "60000", "50", "", "bob");
  world.order("buy", "60000", "50");
  CHECK(world.bad("private/buy", reduce) == 11030);
  const auto cut = world.good("private/sell", reduce).as_object();
  CHECK(text_at(cut.at("order"), "amount") == "50.0");
}

SCENARIO("an account does not trade with itself") {
  const std::string crossing = R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":60000})";
  GIVEN("an exchange that refuses the taker") {
    exchange_world world;
    world.order("sell", "60000", "10");
    CHECK(world.bad("private/buy", crossing) == 10003);
  }
  GIVEN("one that cancels the maker") {
    auto options = still_market();
    options.self_trades = sim::self_trade_mode::cancel_maker;
    exchange_world world{options};
    const auto resting = id_of(world.order("sell", "60000", "10"));
    const auto bought = world.good("private/buy", crossing).as_object();
    CHECK(text_at(bought.at("order"), "order_state") == "open");
    CHECK(text_at(world.good("private/get_order_state", R"({"order_id":")" + resting + R"("})"), "order_state") ==
          "cancelled");
  }
  GIVEN("one that allows it") {
    auto options = still_market();
    options.self_trades = sim::self_trade_mode::allow;
    exchange_world world{options};
    world.order("sell", "60000", "10");
    const auto bought = world.good("private/buy", crossing).as_object();
    CHECK(text_at(bought.at("trades").as_array().at(0), "self_trade") == "true");
  }
}

SCENARIO("the book, its listener and what fills count agree") {
  exchange_world world;
  for (const auto* price : {"60000", "60000.5", "60001"})
    world.order("sell", price, "10", "", "bob");
  const auto book = world.good("public/get_order_book", R"({"instrument_name":"BTC-PERPETUAL","depth":5})");
  CHECK(sim::write_exact(book.at("asks")) == "[[60000.0,10.0],[60000.5,10.0],[60001.0,10.0]]");
  CHECK(text_at(book, "best_bid_price") == "0.0");
  world.good("private/cancel_all", "{}", "bob");
  CHECK(sim::write_exact(world.good("public/get_order_book", R"({"instrument_name":"BTC-PERPETUAL"})").at("asks")) ==
        "[]");
}

SCENARIO("a call answers the trades that it made, whatever its account traded elsewhere before") {
  exchange_world world;
  for (int i = 0; i < 5; ++i) {
    world.order("sell", "60000", "10", "", "bob");
    CHECK(world.order("buy", "60000", "10").at("trades").as_array().size() == 1);
  }
  world.order("sell", "3000", "10", "", "bob", 1, "ETH-PERPETUAL");
  CHECK(world.order("buy", "3000", "10", "", "alice", 1, "ETH-PERPETUAL").at("trades").as_array().size() == 1);
}
