#include "actors/venues/deribit/subscription_table.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using deribit::channel_kind;
using test::deribit_rig;

namespace {

std::string change(std::uint64_t previous, std::uint64_t id) {
  return R"({"type":"change","timestamp":1,"instrument_name":"BTC-PERPETUAL","bids":[],"asks":[],"prev_change_id":)" +
         std::to_string(previous) + R"(,"change_id":)" + std::to_string(id) + "}";
}

std::string snapshot(std::uint64_t id) {
  return R"({"type":"snapshot","timestamp":1,"instrument_name":"BTC-PERPETUAL",)"
         R"("bids":[["new",1,2]],"asks":[],"change_id":)" +
         std::to_string(id) + "}";
}

constexpr const char* book = "book.BTC-PERPETUAL.100ms";

} // namespace

SCENARIO("a channel's name says how its data are read") {
  CHECK(deribit::kind_of_channel("ticker.BTC-PERPETUAL.raw") == channel_kind::ticker);
  CHECK(deribit::kind_of_channel("book.BTC-PERPETUAL.raw") == channel_kind::book);
  CHECK(deribit::kind_of_channel("book.BTC-PERPETUAL.none.10.100ms") == channel_kind::raw);
  CHECK(deribit::kind_of_channel("trades.future.BTC.raw") == channel_kind::trades);
  CHECK(deribit::kind_of_channel("user.orders.any.any.raw") == channel_kind::user_orders);
  CHECK(deribit::kind_of_channel("user.trades.any.any.raw") == channel_kind::user_trades);
  CHECK(deribit::kind_of_channel("user.changes.any.any.raw") == channel_kind::user_changes);
  CHECK(deribit::kind_of_channel("platform_state") == channel_kind::platform);
  CHECK(deribit::kind_of_channel("quote.BTC-PERPETUAL") == channel_kind::raw);
  CHECK(deribit::instrument_of_channel("book.BTC-PERPETUAL.raw") == "BTC-PERPETUAL");
}

SCENARIO("channels are asked for in calls that the exchange takes") {
  std::vector<std::string> names;
  for (int i = 0; i < 1200; ++i)
    names.push_back("quote.BTC-25DEC26-" + std::to_string(i) + "-C");
  names.push_back(names.front());
  names.emplace_back("quote." + std::string(20'000, 'x'));
  names.emplace_back("quote." + std::string(20'000, 'y'));
  deribit::subscription_table channels{names};
  CHECK(channels.size() == 1202);
  std::vector<std::size_t> calls;
  for (auto call = channels.next_call(); !call.empty(); call = channels.next_call()) {
    calls.push_back(call.size());
    const auto compared = channels.settle_call(call);
    CHECK(compared.missing.empty());
    CHECK(compared.extra.empty());
  }
  CHECK(calls == std::vector<std::size_t>{500, 500, 201, 1});
}

SCENARIO("too many channels for one connection are refused before anything is sent") {
  auto config = deribit_rig::default_config();
  config.channels.clear();
  for (int i = 0; i < 5001; ++i)
    config.channels.push_back("quote." + std::to_string(i));
  deribit_rig rig{std::move(config)};
  rig.machine->open(rig.now, rig.out);
  CHECK(rig.out.sent.empty());
  CHECK(rig.out.closed == std::vector{venues::give_up::refused});
}

SCENARIO("a channel that the exchange leaves out is told; without our own orders the connection is of no use") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, test::grant_json);
  rig.answer(3, R"("ok")");
  WHEN("market data are missing") {
    rig.answer(4, R"(["user.trades.any.any.raw","user.orders.any.any.raw","book.BTC-PERPETUAL.100ms"])");
    const auto missing = rig.out.all<venues::subscription_missing>();
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].channels == std::vector<std::string>{"ticker.BTC-PERPETUAL.100ms", "trades.BTC-PERPETUAL.100ms"});
    CHECK(rig.out.all<venues::stage_reached>().back().stage == venues::stage::resumed);
    rig.receive(test::recorded_frame("ticker_perpetual.json"));
    REQUIRE(rig.out.all<venues::protocol_fault>().size() == 1);
    CHECK(rig.out.all<venues::protocol_fault>()[0].kind == venues::fault_kind::foreign_channel);
  }
  WHEN("our orders are missing") {
    rig.answer(4, R"(["user.trades.any.any.raw"])");
    CHECK(rig.out.all<venues::subscription_missing>().size() == 1);
    CHECK(rig.out.closed == std::vector{venues::give_up::unavailable});
  }
  WHEN("a channel is there that nobody asked for") {
    rig.answer(4, R"(["user.trades.any.any.raw","user.orders.any.any.raw","ticker.BTC-PERPETUAL.100ms",)"
                  R"("book.BTC-PERPETUAL.100ms","trades.BTC-PERPETUAL.100ms","user.lock"])");
    CHECK(rig.out.all<venues::protocol_fault>().size() == 1);
    CHECK(rig.out.all<venues::stage_reached>().back().stage == venues::stage::resumed);
  }
}

SCENARIO("data may come before the answer to their subscription") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, test::grant_json);
  rig.answer(3, R"("ok")");
  rig.notify(book, snapshot(10));
  rig.confirm_subscription();
  rig.notify(book, change(10, 11));
  CHECK(rig.out.all<venues::book_changed>().size() == 2);
  CHECK(rig.out.all<venues::protocol_fault>().empty());
}

SCENARIO("a book whose chain breaks is subscribed anew, once, and told again from its snapshot") {
  deribit_rig rig;
  rig.go_live();
  rig.notify(book, snapshot(10));
  rig.notify(book, change(10, 12));
  rig.notify(book, change(13, 14));
  CHECK(rig.out.all<venues::book_changed>().size() == 2);
  REQUIRE(rig.out.all<venues::book_gap>().size() == 1);
  CHECK(rig.out.all<venues::book_gap>()[0].instrument == "BTC-PERPETUAL");
  REQUIRE(rig.count("private/unsubscribe") == 1);
  CHECK(rig.out.sent.back().ends_with(R"("params":{"channels":["book.BTC-PERPETUAL.100ms"]}})"));

  rig.notify(book, change(14, 15)); // was under way
  CHECK(rig.out.all<venues::book_changed>().size() == 2);
  rig.answer(rig.last("private/unsubscribe"), R"(["book.BTC-PERPETUAL.100ms"])");
  REQUIRE(rig.count("private/subscribe") == 2);
  rig.notify(book, snapshot(20));
  rig.confirm_subscription();
  rig.notify(book, change(20, 21));
  CHECK(rig.out.all<venues::book_changed>().size() == 4);
  CHECK(rig.out.all<venues::book_gap>().size() == 1);
  CHECK(rig.out.all<venues::protocol_fault>().empty());

  WHEN("it breaks again at once") {
    rig.notify(book, change(77, 78));
    THEN("the next renewal waits, so that renewals cannot eat the credits") {
      CHECK(rig.out.all<venues::book_gap>().size() == 2);
      CHECK(rig.count("private/unsubscribe") == 1);
      rig.pass(2s);
      CHECK(rig.count("private/unsubscribe") == 2);
    }
  }
}

SCENARIO("a book is silent until its snapshot, and a change must name its forerunner") {
  deribit_rig rig;
  rig.go_live();
  rig.notify(book, change(9, 10));
  CHECK(rig.out.all<venues::book_changed>().empty());
  CHECK(rig.out.all<venues::book_gap>().empty());
  rig.notify(book, snapshot(10));
  rig.notify(book, R"({"type":"change","timestamp":1,"instrument_name":"BTC-PERPETUAL","bids":[],"asks":[],)"
                   R"("change_id":11})");
  CHECK(rig.out.all<venues::book_changed>().size() == 1);
  CHECK(rig.out.all<venues::protocol_fault>().size() == 1);
  THEN("the change that was not taken leaves a gap, and the book is renewed") {
    CHECK(rig.out.all<venues::book_gap>().size() == 1);
    CHECK(rig.count("private/unsubscribe") == 1);
  }
}
