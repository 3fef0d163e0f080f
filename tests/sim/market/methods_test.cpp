#include "runtime/base/rng.hpp"
#include "tests/sim/market/exchange_world.hpp"

#include <set>

using namespace cafnode;
using namespace cafnode::test;

namespace {

void has_fields(const json::value& object, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    CHECK_MESSAGE(object.as_object().contains(name), name);
}

const std::vector<std::string> hostile_methods{"public/get_instruments",
                                               "public/get_instrument",
                                               "public/ticker",
                                               "public/get_order_book",
                                               "public/get_last_trades_by_instrument",
                                               "public/get_tradingview_chart_data",
                                               "public/get_index_price",
                                               "public/get_book_summary_by_currency",
                                               "private/buy",
                                               "private/sell",
                                               "private/edit",
                                               "private/edit_by_label",
                                               "private/cancel",
                                               "private/cancel_by_label",
                                               "private/cancel_all",
                                               "private/cancel_all_by_kind_or_type",
                                               "private/cancel_all_by_instrument",
                                               "private/close_position",
                                               "private/get_open_orders",
                                               "private/get_open_orders_by_label",
                                               "private/get_order_state",
                                               "private/get_order_history_by_currency",
                                               "private/get_user_trades_by_instrument",
                                               "private/get_position",
                                               "private/get_account_summary"};
const std::vector<std::string> hostile_names{
    "instrument_name", "currency",  "kind",     "type",          "amount",        "price",
    "label",           "order_id",  "count",    "depth",         "resolution",    "start_timestamp",
    "end_timestamp",   "offset",    "detailed", "post_only",     "time_in_force", "contracts",
    "valid_until",     "start_seq", "start_id", "trigger_price", "index_name"};
const std::vector<std::string> hostile_values{"null",
                                              "true",
                                              "-1",
                                              "0",
                                              "10",
                                              "60000",
                                              "1e308",
                                              "-1e-308",
                                              "9223372036854775807",
                                              "18446744073709551615",
                                              "92233720368",
                                              "92233720368.54775807",
                                              "0.00000001",
                                              "\"\"",
                                              "\"BTC\"",
                                              "\"BTC-PERPETUAL\"",
                                              "\"any\"",
                                              "\"1000001\"",
                                              "\"market\"",
                                              "\"limit\"",
                                              "\"60000\"",
                                              "[]",
                                              "{}",
                                              "[\"BTC\",7]",
                                              "\"1D\"",
                                              "\"\\u0000\"",
                                              "\"" + std::string(2'000, 'x') + "\""};

} // namespace

SCENARIO("instruments carry the fields that clients load markets from, two and more of each style") {
  exchange_world world;
  const auto all = world.good("public/get_instruments", R"({"currency":"any"})").as_array();
  std::map<std::string, int> styles;
  for (const auto& each : all) {
    has_fields(each, {"instrument_name", "instrument_id", "kind", "instrument_type", "base_currency", "quote_currency",
                      "counter_currency", "settlement_currency", "price_index", "tick_size", "tick_size_steps",
                      "min_trade_amount", "contract_size", "maker_commission", "taker_commission", "is_active", "state",
                      "creation_timestamp", "expiration_timestamp"});
    ++styles[text_at(each, "kind") + "." + text_at(each, "instrument_type")];
  }
  for (const auto* style : {"future.reversed", "future.linear", "option.reversed", "spot.linear"})
    CHECK_MESSAGE(styles[style] >= 2, style);
  CHECK(world.good("public/get_instruments", R"({"currency":"BTC","kind":"option"})").as_array().size() == 6);
  CHECK(world.good("public/get_instruments", R"({"currency":"BTC","expired":"true"})").as_array().empty());
  CHECK(world.bad("public/get_instruments", R"({"currency":"BTC","kind":"stock"})") == -32602);
  CHECK(world.bad("public/get_instruments", R"({"currency":"DOGE"})") == -32602);
  const auto perpetual = world.good("public/get_instrument", R"({"instrument_name":"BTC-PERPETUAL"})");
  CHECK(text_at(perpetual, "tick_size") == "0.5");
  CHECK(text_at(perpetual, "contract_size") == "10.0");
  CHECK(text_at(perpetual, "expiration_timestamp") == "32503708800000");
  CHECK(text_at(world.good("public/get_instrument", R"({"instrument_name":"BTC-25DEC26"})"), "expiration_timestamp") ==
        "1798185600000");
  CHECK(world.bad("public/get_instrument", R"({"instrument_name":"X"})") == 13020);
}

SCENARIO("public methods answer in the shapes of the wire") {
  sim::exchange_options options;
  options.taker_percent = 100;
  exchange_world world{options};
  for (int i = 0; i < 30; ++i)
    world.pass(100ms);
  const std::string name = R"("instrument_name":"BTC-PERPETUAL")";
  has_fields(world.good("public/ticker", "{" + name + "}"),
             {"timestamp", "state", "stats", "open_interest", "index_price", "last_price", "mark_price", "min_price",
              "max_price", "best_bid_price", "best_ask_price", "best_bid_amount", "best_ask_amount", "funding_8h"});
  const auto book = world.good("public/get_order_book", "{" + name + R"(,"depth":"10"})");
  CHECK(book.at("bids").as_array().size() == 10);
  CHECK(world.bad("public/get_order_book", "{" + name + R"(,"depth":7})") == -32602);
  const auto trades = world.good("public/get_last_trades_by_instrument", "{" + name + R"(,"count":5})");
  REQUIRE(trades.at("trades").as_array().size() == 5);
  CHECK(text_at(trades, "has_more") == "true");
  const auto newest = trades.at("trades").at(0).at("trade_seq").to_number<std::int64_t>();
  const auto from = world.good("public/get_last_trades_by_instrument",
                               "{" + name + R"(,"start_seq":)" + std::to_string(newest - 1) + R"(,"count":1000})");
  REQUIRE(from.at("trades").as_array().size() == 2);
  CHECK(from.at("trades").at(1).at("trade_seq").to_number<std::int64_t>() == newest);
  CHECK(world.good("public/get_last_trades_by_currency", R"({"currency":"BTC","kind":"future","count":1000})")
            .at("trades")
            .as_array()
            .size() > 5);
  CHECK(world.bad("public/get_last_trades_by_instrument", "{" + name + R"(,"count":1001})") == -32602);
  const auto chart = world.good("public/get_tradingview_chart_data",
                                "{" + name + R"(,"start_timestamp":0,"end_timestamp":9999999999999,"resolution":"1"})");
  CHECK(text_at(chart, "status") == "ok");
  CHECK(chart.at("open").as_array().size() == chart.at("ticks").as_array().size());
  CHECK(world.good("public/get_book_summary_by_currency", R"({"currency":"BTC","kind":"future"})").as_array().size() ==
        3);
  has_fields(world.good("public/get_book_summary_by_instrument", "{" + name + "}").at(0),
             {"bid_price", "ask_price", "mid_price", "last", "volume", "mark_price"});
  CHECK(world.good("public/get_currencies", "{}").as_array().size() == 4);
  CHECK(world.good("public/get_index_price_names", "{}").as_array().size() == 4);
  CHECK(text_at(world.good("public/status", "{}"), "locked") == "false");
  CHECK(world.bad("public/get_index_price", R"({"index_name":"x"})") == -32602);
}

SCENARIO("an order's answer has the field set of the captured one") {
  exchange_world world;
  const auto placed = world.order("buy", "60000", "20", R"(,"label":"x","post_only":true,"reject_post_only":true)");
  has_fields(placed.at("order"), {"label",
                                  "price",
                                  "user_id",
                                  "amount",
                                  "direction",
                                  "time_in_force",
                                  "instrument_name",
                                  "web",
                                  "api",
                                  "order_id",
                                  "creation_timestamp",
                                  "replaced",
                                  "filled_amount",
                                  "last_update_timestamp",
                                  "post_only",
                                  "reject_post_only",
                                  "reduce_only",
                                  "average_price",
                                  "mmp",
                                  "contracts",
                                  "order_state",
                                  "order_type",
                                  "is_liquidation",
                                  "risk_reducing"});
  CHECK(text_at(placed.at("order"), "contracts") == "2.0");
  CHECK(id_of(placed).find_first_not_of("0123456789") == std::string::npos);
}

SCENARIO("positions close, summaries tell balances and limits") {
  exchange_world world;
  CHECK(world.bad("private/close_position", R"({"instrument_name":"BTC-PERPETUAL","type":"market"})") == 10010);
  world.order("sell", "60000", "100", "", "bob");
  world.order("buy", "60000", "100");
  CHECK(world.good("private/get_positions", R"({"currency":"any"})").as_array().size() == 1);
  world.order("buy", "60000", "100", "", "bob");
  world.good("private/close_position", R"({"instrument_name":"BTC-PERPETUAL","type":"market"})");
  CHECK(world.good("private/get_positions", "{}").as_array().empty());
  const auto flat = world.good("private/get_position", R"({"instrument_name":"BTC-PERPETUAL"})");
  CHECK(text_at(flat, "direction") == "zero");
  CHECK(text_at(flat, "size") == "0.0");
  const auto summary = world.good("private/get_account_summary", R"({"currency":"BTC","extended":true})");
  has_fields(summary, {"balance", "equity", "available_funds", "initial_margin", "limits", "username"});
  CHECK(text_at(summary.at("limits").at("matching_engine").at("trading").at("total"), "rate") == "5");
  CHECK(world.good("private/get_account_summaries", "{}").at("summaries").as_array().size() == 4);
}

SCENARIO("spot trades move both coins") {
  exchange_world world;
  world.order("sell", "60000", "0.5", "", "bob", 1, "BTC_USDC");
  world.order("buy", "60000", "0.5", "", "alice", 1, "BTC_USDC");
  CHECK(text_at(world.good("private/get_account_summary", R"({"currency":"BTC"})"), "balance") == "100.5");
  CHECK(text_at(world.good("private/get_account_summary", R"({"currency":"USDC"})"), "balance") == "4970000.0");
  CHECK(text_at(world.good("private/get_account_summary", R"({"currency":"USDC"})", "bob"), "balance") == "5030000.0");
}

SCENARIO("the cancel_all family counts, reports when asked to, and touches only what is named") {
  exchange_world world;
  const auto fill = [&] {
    world.good("private/cancel_all", "{}");
    world.order("buy", "50000", "10");
    world.order("buy", "2500", "10", "", "alice", 1, "ETH-PERPETUAL");
    world.order("buy", "2500", "0.1", "", "alice", 1, "ETH_USDC-PERPETUAL");
  };
  const auto count = [&](std::string_view method, std::string_view params) {
    fill();
    return world.good(method, params).as_int64();
  };
  CHECK(count("private/cancel_all", "{}") == 3);
  CHECK(count("private/cancel_all_by_currency", R"({"currency":"ETH"})") == 1);
  CHECK(count("private/cancel_all_by_currency", R"({"currency":"ETH","kind":"option"})") == 0);
  CHECK(count("private/cancel_all_by_instrument", R"({"instrument_name":"BTC-PERPETUAL","type":"limit"})") == 1);
  CHECK(count("private/cancel_all_by_instrument", R"({"instrument_name":"BTC-PERPETUAL","type":"trigger_all"})") == 0);
  CHECK(count("private/cancel_all_by_kind_or_type", R"({"currency":["BTC","ETH"]})") == 2);
  CHECK(count("private/cancel_all_by_kind_or_type", R"({"currency":"any"})") == 3);
  CHECK(count("private/cancel_all_by_currency_pair", R"({"currency_pair":"eth_usdc"})") == 1);
  CHECK(world.bad("private/cancel_all_by_instrument", R"({"instrument_name":"X"})") == 10020);
  fill();
  const auto reports = world.good("private/cancel_all", R"({"detailed":true})").as_array();
  REQUIRE(reports.size() == 3);
  CHECK(text_at(reports[0], "type") == "limit");
  CHECK(text_at(reports[0].at("result").at(0), "order_state") == "cancelled");
}

SCENARIO("there is a bound of accounts") {
  auto options = still_market();
  options.accounts_max = 1;
  exchange_world world{options};
  world.good("private/get_positions", "{}");
  CHECK(world.bad("private/get_positions", "{}", "second") == 13028);
}

SCENARIO("numbers take the exponent form where that is shorter") {
  auto options = still_market();
  options.exponent_percent = 100;
  exchange_world world{options};
  const auto fees = world.good("public/get_instrument", R"({"instrument_name":"BTC-PERPETUAL"})");
  CHECK(text_at(fees, "taker_commission") == "0.0005");
  CHECK(text_at(fees, "block_trade_min_trade_amount") == "1.0e7");
  CHECK(text_at(fees, "tick_size") == "0.5");
}

SCENARIO("no parameters, however wrong, do more than fail their own call") {
  const std::uint64_t seed = 20'261'122;
  CAPTURE(seed);
  base::rng chance{seed};
  const auto pick = [&](const auto& from) -> const std::string& {
    return from[static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(from.size()) - 1))];
  };
  exchange_world world{sim::exchange_options{}};
  std::set<int> codes;
  for (int i = 0; i < 20'000; ++i) {
    std::string params = R"({"instrument_name":"BTC-PERPETUAL")";
    const auto count = chance.between(0, 5);
    for (std::int64_t n = 0; n < count; ++n)
      params += ",\"" + pick(hostile_names) + "\":" + pick(hostile_values);
    const auto answer = world.call(pick(hostile_methods), params + "}");
    codes.insert(answer.error.code);
    static_cast<void>(sim::write_exact(answer.result));
    if (i % 200 == 0)
      world.pass(100ms);
  }
  CHECK(codes.contains(0));
  CHECK(codes.contains(-32602));
  CHECK(codes.size() > 6);
}
