#include "tests/actors/venues/deribit_rig.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using test::recorded_frame;

namespace {

base::decimal number(std::string_view text) {
  return base::decimal::parse(text).value();
}

deribit_rig live_rig() {
  auto config = deribit_rig::default_config();
  for (const auto* more :
       {"ticker.BTC-25DEC26-76000-C.100ms", "book.BTC-PERPETUAL.none.10.100ms", "user.orders.option.BTC.raw",
        "user.orders.any.any.100ms", "user.trades.option.BTC.raw", "user.changes.any.any.raw", "platform_state"})
    config.channels.emplace_back(more);
  deribit_rig rig{std::move(config)};
  rig.go_live();
  rig.out.forget();
  return rig;
}

/// The result of a recorded answer, given for another request.
void replay_answer(deribit_rig& rig, std::string_view name, venues::request_id id) {
  auto frame = recorded_frame(name);
  const auto from = frame.find("\"id\":") + 5;
  frame.replace(from, frame.find(',', from) - from, std::to_string(id));
  rig.receive(frame);
}

} // namespace

SCENARIO("every recorded frame says where it is from") {
  std::size_t frames = 0;
  for (const auto& entry : std::filesystem::directory_iterator{test::source_tree() + "/tests/frames/deribit"}) {
    if (entry.path().extension() != ".json")
      continue;
    ++frames;
    auto source = entry.path();
    source.replace_extension(".source");
    CHECK_MESSAGE(std::filesystem::file_size(source) > 20, entry.path().string());
  }
  CHECK(frames >= 20);
}

SCENARIO("recorded tickers are read exactly") {
  auto rig = live_rig();
  rig.receive(recorded_frame("ticker_perpetual.json"));
  rig.receive(recorded_frame("ticker_option.json"));
  const auto tickers = rig.out.all<venues::ticker>();
  REQUIRE(tickers.size() == 2);
  CHECK(tickers[0].best_bid == number("83212"));
  CHECK(tickers[0].best_bid_amount == number("71750"));
  CHECK(tickers[0].best_ask == number("83212.5"));
  CHECK(tickers[0].best_ask_amount == number("261910"));
  CHECK(tickers[0].last == number("83216"));
  CHECK(tickers[0].mark == number("83212.14"));
  CHECK(tickers[0].index == number("83251.03"));
  CHECK(tickers[0].at_ms == 1790755218559);
  CHECK(tickers[1].best_bid == number("0.1255"));
}

SCENARIO("an empty side of a ticker is zero, whether it says so or says null") {
  auto rig = live_rig();
  rig.notify("ticker.BTC-PERPETUAL.100ms",
             R"({"timestamp":1,"instrument_name":"BTC-PERPETUAL","best_bid_price":null,"best_bid_amount":0.0,)"
             R"("best_ask_price":0,"best_ask_amount":null,"last_price":null})");
  const auto tickers = rig.out.all<venues::ticker>();
  REQUIRE(tickers.size() == 1);
  CHECK(tickers[0].best_bid.is_zero());
  CHECK(tickers[0].best_ask.is_zero());
}

SCENARIO("a recorded book is a snapshot and the changes that follow it") {
  auto rig = live_rig();
  rig.receive(recorded_frame("book_snapshot.json"));
  CHECK(rig.out.bids.size() == 12);
  CHECK(rig.out.asks.size() == 12);
  CHECK(rig.out.bids[0].price == number("76914"));
  CHECK(rig.out.bids[0].amount == number("1000200"));
  rig.receive(recorded_frame("book_change_1.json"));
  CHECK(rig.out.bids[0].amount == number("1000200"));
  CHECK(rig.out.bids[2].change == venues::level_change::removed);
  CHECK(rig.out.bids[3].amount == number("3000000"));
  rig.receive(recorded_frame("book_change_2.json"));
  const auto books = rig.out.all<venues::book_changed>();
  REQUIRE(books.size() == 3);
  CHECK(books[0].snapshot);
  CHECK(books[0].previous_id == 0);
  CHECK(!books[2].snapshot);
  CHECK(books[2].previous_id == books[1].change_id);
  CHECK(rig.out.all<venues::book_gap>().empty());
}

SCENARIO("recorded trades and other channels are told") {
  auto rig = live_rig();
  rig.receive(recorded_frame("trades.json"));
  const auto trades = rig.out.all<venues::public_trade>();
  REQUIRE(trades.size() == 3);
  CHECK(trades[2].price == number("76919.5"));
  CHECK(trades[2].amount == number("6000"));
  CHECK(trades[2].trade_seq == 140284856);
  rig.receive(recorded_frame("book_grouped.json"));
  CHECK(rig.out.all<venues::raw_notification>().size() == 1);
  CHECK(rig.out.raw_data.starts_with(R"({"timestamp":1789344931549)"));
  CHECK(rig.out.raw_data.ends_with("[77012.0,1990.0]]}"));
  rig.receive(recorded_frame("platform_locked.json"));
  REQUIRE(rig.out.all<venues::platform_changed>().size() == 1);
  CHECK(rig.out.all<venues::platform_changed>()[0].locked);
}

SCENARIO("news of an order come alone, in an array, or wrapped") {
  auto rig = live_rig();
  rig.receive(recorded_frame("user_order_open.json"));
  rig.receive(recorded_frame("user_order_cancelled.json"));
  const auto order = test::order_json("1", "a");
  rig.notify("user.orders.any.any.100ms", "[" + order + "," + order + "]");
  rig.notify("user.orders.any.any.raw", "{\"order\":" + order + "}");
  const auto news = rig.out.all<venues::order_updated>();
  REQUIRE(news.size() == 5);
  CHECK(news[0].order.state == venues::order_state::open);
  CHECK(news[0].order.price == number("0.0065"));
  CHECK(news[0].order.cancel_reason.empty());
  CHECK(news[1].order.state == venues::order_state::cancelled);
  CHECK(news[1].order.cancel_reason == "user_request");
  CHECK(news[1].order.filled == number("0.5"));
  CHECK(news[1].order.replaced);
  CHECK(news[2].order.cancel_reason.empty());
  CHECK(news[4].order.label == "a");
}

SCENARIO("recorded fills are read; changes of the account tell no order or fill twice") {
  auto rig = live_rig();
  rig.receive(recorded_frame("user_trades.json"));
  REQUIRE(rig.out.all<venues::filled>().size() == 1);
  CHECK(rig.out.all<venues::filled>()[0].fill.fee == number("0.00015"));
  CHECK(rig.out.all<venues::filled>()[0].fill.maker);
  rig.receive(recorded_frame("user_changes.json"));
  CHECK(rig.out.all<venues::filled>().size() == 1);
  CHECK(rig.out.all<venues::order_updated>().empty());
  REQUIRE(rig.out.all<venues::position_changed>().size() == 1);
  CHECK(rig.out.all<venues::position_changed>()[0].position.size.is_zero());
}

SCENARIO("recorded answers settle the requests they belong to") {
  auto rig = live_rig();
  replay_answer(rig, "buy_ok.json", rig.machine->place({}, rig.now, rig.out));
  replay_answer(rig, "edit_ok.json", rig.machine->edit({}, rig.now, rig.out));
  replay_answer(rig, "cancel_ok.json", rig.machine->cancel("x", rig.now, rig.out));
  replay_answer(rig, "stop_market_without_filled_amount.json", rig.machine->place({}, rig.now, rig.out));
  replay_answer(rig, "positions.json", rig.machine->list_positions(rig.now, rig.out));
  const auto accepted = rig.out.all<venues::order_accepted>();
  REQUIRE(accepted.size() == 4);
  CHECK(accepted[0].order.order_id == "USDC-104819327443");
  CHECK(accepted[0].order.price == number("2973.55"));
  CHECK(accepted[1].order.replaced);
  CHECK(accepted[2].order.state == venues::order_state::cancelled);
  CHECK(accepted[3].order.state == venues::order_state::untriggered);
  CHECK(accepted[3].order.kind == venues::order_kind::market);
  CHECK(accepted[3].order.price.is_zero());
  REQUIRE(rig.out.all<venues::positions_listed>().size() == 1);
  CHECK(rig.out.all<venues::positions_listed>()[0].positions.at(0).size == number("50"));
  CHECK(rig.machine->pending() == 0);
}

SCENARIO("recorded errors are told in the exchange's words") {
  auto rig = live_rig();
  replay_answer(rig, "heartbeat_interval_too_small.json", rig.machine->list_positions(rig.now, rig.out));
  const auto failed = rig.out.all<venues::request_failed>();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].text == "private/get_positions: -32602 Invalid params (interval): value must be >= 10");
  CHECK(failed[0].disposition == venues::disposition::our_bug);
  rig.receive(recorded_frame("bad_request.json"));
  rig.receive(recorded_frame("string_id_echo.json"));
  const auto faults = rig.out.all<venues::protocol_fault>();
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].kind == venues::fault_kind::unsolicited_error);
  CHECK(faults[1].kind == venues::fault_kind::unknown_reply);
}

SCENARIO("nothing of one order is left in the news of the next") {
  auto rig = live_rig();
  rig.receive(recorded_frame("user_order_cancelled.json"));
  rig.notify("user.orders.option.BTC.raw",
             R"({"order_id":"2","instrument_name":"X","direction":"buy","order_state":"untriggered","amount":1,)"
             R"("creation_timestamp":1,"last_update_timestamp":2})");
  const auto news = rig.out.all<venues::order_updated>();
  REQUIRE(news.size() == 2);
  CHECK(news[1].order.label.empty());
  CHECK(news[1].order.cancel_reason.empty());
  CHECK(news[1].order.kind == venues::order_kind::market);
  CHECK(news[1].order.price.is_zero());
  CHECK(news[1].order.filled.is_zero());
  CHECK(!news[1].order.replaced);
}
