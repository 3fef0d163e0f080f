#include "runtime/base/rng.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using test::order_json;
using venues::fault_kind;
using venues::order_state;

// What an exchange may say that this version does not know: it costs nobody their connection, nor anybody else's
// record.

namespace {

constexpr std::string_view own_orders = "user.orders.any.any.raw";
constexpr std::string_view own_trades = "user.trades.any.any.raw";
constexpr std::string_view book = "book.BTC-PERPETUAL.100ms";

deribit_rig live_rig() {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  return rig;
}

/// order_json with the value behind `key` replaced, or the whole member left out when it is empty.
std::string order_with(std::string_view id, std::string_view label, std::string_view key, std::string_view value) {
  auto text = order_json(id, label);
  const auto quoted = "\"" + std::string{key} + "\":";
  const auto from = text.find(quoted);
  REQUIRE(from != std::string::npos);
  const auto end = text.find_first_of(",}", from);
  if (!value.empty())
    text.replace(from + quoted.size(), end - from - quoted.size(), value);
  else
    text.erase(from, end - from + (text[end] == ',' ? 1 : 0));
  return text;
}

std::vector<venues::order_report> orders_of(deribit_rig& rig, const std::string& list) {
  rig.out.forget();
  rig.answer(rig.machine->list_open_orders(rig.now, rig.out), list);
  const auto listed = rig.out.all<venues::orders_listed>();
  REQUIRE(listed.size() == 1);
  return listed[0].orders;
}

/// A random JSON text, well formed by its making, of the words and keys that the protocol has.
std::string any_json(base::rng& chance, int depth) {
  constexpr std::array<std::string_view, 18> atoms{"null",
                                                   "true",
                                                   "false",
                                                   "0",
                                                   "-1.5e3",
                                                   "0.30000000000000004",
                                                   "1e400",
                                                   "\"\"",
                                                   "\"open\"",
                                                   "\"\\ud800\"",
                                                   "\"ok\"",
                                                   "12",
                                                   "\"buy\"",
                                                   "\"heartbeat\"",
                                                   "\"subscription\"",
                                                   "\"snapshot\"",
                                                   "\"1\"",
                                                   "99999999999999999999"};
  constexpr std::array<std::string_view, 24> keys{
      "id",     "method", "params",      "result", "error", "usOut",     "channel",       "data",
      "type",   "order",  "trades",      "orders", "code",  "message",   "order_id",      "label",
      "amount", "price",  "order_state", "bids",   "asks",  "direction", "filled_amount", "positions"};
  const auto pick = [&chance](const auto& of) {
    return of[static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(of.size()) - 1))];
  };
  if (depth == 0 || chance.chance(1, 3))
    return std::string{pick(atoms)};
  const bool object = chance.chance(2, 3);
  std::string text(1, object ? '{' : '[');
  for (auto left = chance.between(0, 4); left > 0; --left) {
    if (text.size() > 1)
      text += ',';
    if (object)
      text += "\"" + std::string{pick(keys)} + "\":";
    text += any_json(chance, depth - 1);
  }
  return text + (object ? '}' : ']');
}

} // namespace

SCENARIO("what is well formed never ends a connection, however often it comes") {
  const std::string subscription = R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":")";
  const std::vector<std::string> frames{
      R"({"jsonrpc":"2.0","method":"announcement","params":{"text":"x"}})",
      R"({"jsonrpc":"2.0","method":"announcement"})",
      R"({"jsonrpc":"2.0","method":"announcement","params":["x"],"id":null})",
      R"({"jsonrpc":"2.0","method":"heartbeat","params":{"type":"keepalive"}})",
      R"({"jsonrpc":"2.0","method":"heartbeat"})",
      R"({"jsonrpc":"2.0","method":null})",
      R"({"jsonrpc":"2.0","id":99,"result":null,"error":null})",
      R"({"jsonrpc":"2.0","id":{},"result":1})",
      R"({"jsonrpc":"2.0","id":"x","error":{"code":"many","message":null,"data":[1]}})",
      R"([{"jsonrpc":"2.0","method":"announcement"},17,null])",
      "[]",
      "{}",
      "17",
      "\"x\"",
      "null",
      "true",
      "",
      " ",
      "[[[[[[]]]]]]",
      subscription + R"(user.lock","data":{}}})",
      subscription + R"(ticker.BTC-PERPETUAL.100ms","data":{"timestamp":1,"instrument_name":"BTC-PERPETUAL",)"
                     R"("best_bid_price":0.000012345}}})",
      subscription + R"(ticker.BTC-PERPETUAL.100ms","data":[]}})",
      subscription + R"(book.BTC-PERPETUAL.100ms","data":{"type":"delta","bids":[[]]}}})",
      subscription + R"(trades.BTC-PERPETUAL.100ms","data":[{"direction":null},null,[],1]}})",
      subscription + std::string{own_orders} + R"(","data":)" + order_json("1", "", "suspended") + "}}",
      subscription + std::string{own_orders} + R"(","data":[null,{},)" + order_json("1", "", "suspended") + "]}}",
      subscription + std::string{own_trades} + R"(","data":[{"trade_id":"T","liquidity":null},{},7]}})",
  };
  for (const auto& frame : frames) {
    CAPTURE(frame);
    auto rig = live_rig();
    for (int i = 0; i < 50; ++i)
      rig.receive(frame);
    CHECK(rig.out.closed.empty());
    rig.receive(test::recorded_frame("ticker_perpetual.json"));
    CHECK(rig.out.all<venues::ticker>().size() >= 1);
  }
}

SCENARIO("no well-formed JSON is taken for garbage") {
  const std::uint64_t seed = 20'261'130;
  CAPTURE(seed);
  base::rng chance{seed};
  auto rig = live_rig();
  for (int round = 0; round < 20'000; ++round) {
    auto frame = any_json(chance, 5);
    if (chance.chance(1, 2))
      frame = R"({"method":"subscription","params":{"channel":")" +
              std::string{chance.chance(1, 2)   ? own_orders
                          : chance.chance(1, 2) ? own_trades
                                                : book} +
              R"(","data":)" + frame + "}}";
    else if (chance.chance(1, 2))
      frame =
          R"({"id":)" + std::to_string(rig.machine->list_open_orders(rig.now, rig.out)) + R"(,"result":)" + frame + "}";
    CAPTURE(frame);
    rig.out.forget();
    rig.receive(frame);
    for (const auto& fault : rig.out.all<venues::protocol_fault>())
      REQUIRE(fault.kind != fault_kind::not_json);
    if (!rig.out.closed.empty() || rig.machine->pending() > 100)
      rig = live_rig(); // logged out, or too many requests, by a lucky draw
  }
}

SCENARIO("a foreign order that cannot be read spoils no list") {
  auto rig = live_rig();
  const auto mine = order_json("100", "a.1.1");
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"order_state", "\"archived\""},
                                                                                   {"order_state", "null"},
                                                                                   {"order_state", ""},
                                                                                   {"amount", "0.123456789012"},
                                                                                   {"amount", "1e30"},
                                                                                   {"price", "null"},
                                                                                   {"filled_amount", "null"},
                                                                                   {"filled_amount", ""},
                                                                                   {"direction", "\"none\""},
                                                                                   {"direction", "7"},
                                                                                   {"order_type", "{}"},
                                                                                   {"order_id", "null"},
                                                                                   {"last_update_timestamp", "\"x\""},
                                                                                   {"creation_timestamp", ""},
                                                                                   {"instrument_name", "[]"}}) {
    CAPTURE(key);
    CAPTURE(value);
    for (const bool first : {true, false}) {
      const auto foreign = order_with("99", "", key, value);
      const auto orders = orders_of(rig, "[" + (first ? foreign + "," + mine : mine + "," + foreign) + "]");
      std::size_t ours = 0;
      for (const auto& order : orders)
        ours += order.order_id == "100" && order.label == "a.1.1" && order.lacks == 0 ? 1 : 0;
      CHECK(ours == 1);
    }
  }
  CHECK(rig.out.closed.empty());
}

SCENARIO("of an order of ours what can be read is taken, and it says what it lacks") {
  auto rig = live_rig();
  WHEN("its state is one of tomorrow") {
    const auto orders = orders_of(rig, "[" + order_json("100", "a.1.1", "suspended", "3.0") + "]");
    REQUIRE(orders.size() == 1);
    CHECK(orders[0].order_id == "100");
    CHECK(orders[0].state == order_state::unknown);
    CHECK(orders[0].lacks == venues::field_state);
    CHECK(orders[0].filled.to_string() == "3");
    const auto faults = rig.out.all<venues::protocol_fault>();
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].kind == fault_kind::unknown_word);
    CHECK(faults[0].text.find("\"a.1.1\"") != std::string::npos);
    CHECK(faults[0].text.front() == '{');
  }
  WHEN("its label is null or not there") {
    for (const auto* value : {"null", ""}) {
      const auto orders = orders_of(rig, "[" + order_with("100", "a.1.1", "label", value) + "]");
      REQUIRE(orders.size() == 1);
      CHECK(orders[0].lacks == venues::field_label);
      CHECK(rig.out.all<venues::protocol_fault>().empty());
    }
  }
  WHEN("its numbers are texts, and its id is a number") {
    auto text = order_with("100", "a.1.1", "amount", "\"10.5\"");
    text.replace(text.find("\"100\""), 5, "100");
    const auto orders = orders_of(rig, "[" + text + "]");
    REQUIRE(orders.size() == 1);
    CHECK(orders[0].amount.to_string() == "10.5");
    CHECK(orders[0].order_id == "100");
    CHECK(orders[0].lacks == 0);
  }
  WHEN("a field comes twice") {
    auto text = order_json("100", "a.1.1");
    text.insert(1, "\"order_state\":\"cancelled\",");
    const auto orders = orders_of(rig, "[" + text + "]");
    REQUIRE(orders.size() == 1);
    CHECK((orders[0].lacks & venues::field_state) != 0);
  }
  WHEN("it is the answer to its placing") {
    const auto id = rig.machine->place({}, rig.now, rig.out);
    rig.answer(id, R"({"order":)" + order_json("100", "a.1.1", "suspended") + R"(,"trades":null})");
    const auto accepted = rig.out.all<venues::order_accepted>();
    REQUIRE(accepted.size() == 1);
    CHECK(accepted[0].order.lacks == venues::field_state);
  }
}

SCENARIO("a record that is none is counted among what a list holds") {
  auto rig = live_rig();
  rig.answer(rig.machine->query_label("a.1.1", "BTC-PERPETUAL", rig.now, rig.out), "[null,{}]");
  const auto listed = rig.out.all<venues::orders_listed>();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].orders.empty());
  CHECK(listed[0].unreadable == 2);
  const auto faults = rig.out.all<venues::protocol_fault>();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].count == 2);
}

SCENARIO("of several trades and positions those that can be read are taken") {
  auto rig = live_rig();
  const std::string good =
      R"("order_id":"1","instrument_name":"X","direction":"buy","amount":1,"trade_seq":1,"timestamp":1)";
  rig.notify(own_trades, R"([{"trade_id":"A",)" + good + R"(,"price":0.123456789,"liquidity":null,"label":null},)" +
                             R"({"price":1,)" + good + R"(},{"trade_id":"C",)" + good +
                             R"(,"price":2,"liquidity":"X"}])");
  const auto fills = rig.out.all<venues::filled>();
  REQUIRE(fills.size() == 2);
  CHECK(fills[0].fill.trade_id == "A");
  CHECK(fills[0].fill.lacks == venues::field_price);
  CHECK(fills[1].fill.trade_id == "C");
  CHECK(fills[1].fill.lacks == 0);
  rig.answer(rig.machine->list_positions(rig.now, rig.out),
             R"([{"instrument_name":"A","size":0.30000000000000004,"direction":"buy","average_price":2.0},)"
             R"({"instrument_name":"B","size":3,"direction":"sideways"},)"
             R"({"instrument_name":"C","size":0,"direction":"none"}])");
  const auto listed = rig.out.all<venues::positions_listed>();
  REQUIRE(listed.size() == 1);
  REQUIRE(listed[0].positions.size() == 2);
  CHECK(listed[0].positions[0].size.to_string() == "0.3");
  CHECK(listed[0].positions[1].instrument == "C");
}

SCENARIO("a request for a heartbeat is answered whatever else its frame holds") {
  for (const auto* frame :
       {R"({"method":"heartbeat","params":{"type":"test_request","id":null}})",
        R"({"id":null,"method":"heartbeat","params":{"type":"test_request"},"error":null})",
        R"({"id":7,"jsonrpc":"3.0","method":"heartbeat","params":{"type":"test_request","type":"x"},"usOut":"now"})",
        R"([{"method":"announcement"},{"method":"heartbeat","params":{"type":"test_request"}}])"}) {
    CAPTURE(std::string{frame});
    auto rig = live_rig();
    rig.receive(frame);
    CHECK(rig.out.all<venues::test_requested>().size() == 1);
  }
}

SCENARIO("an answer is known by its number, as a text too") {
  auto rig = live_rig();
  const auto id = rig.machine->list_positions(rig.now, rig.out);
  rig.receive(R"({"id":")" + std::to_string(id) + R"(","result":[]})");
  CHECK(rig.out.all<venues::positions_listed>().size() == 1);
}

SCENARIO("an answer that says nothing leaves an order in doubt, at once") {
  for (const auto* rest : {"}", R"(,"result":null})", R"(,"error":{"code":"x"}})", R"(,"error":7})",
                           R"(,"result":{"order":null},"error":{"code":10009,"message":"no"}})"}) {
    CAPTURE(std::string{rest});
    auto rig = live_rig();
    const auto id = rig.machine->place({}, rig.now, rig.out);
    rig.receive(R"({"id":)" + std::to_string(id) + rest);
    const auto failed = rig.out.all<venues::request_failed>();
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].disposition == venues::disposition::unknown);
    CHECK(rig.out.closed.empty());
  }
}

SCENARIO("a book whose frames cannot be read is renewed after pauses that grow") {
  auto rig = live_rig();
  const auto unreadable =
      R"({"type":"whole","timestamp":1,"instrument_name":"BTC-PERPETUAL","change_id":1,"bids":[],"asks":[]})";
  for (int second = 0; second < 120; ++second) {
    rig.notify(book, unreadable);
    rig.pass(1s);
    if (const auto call = rig.last("private/unsubscribe");
        call != 0 && rig.out.sent.back().find("unsubscribe") != std::string::npos) {
      rig.answer(call, "[\"book.BTC-PERPETUAL.100ms\"]");
      rig.confirm_subscription();
    }
  }
  CHECK(rig.out.closed.empty());
  CHECK(rig.count("private/unsubscribe") >= 3);
  CHECK(rig.count("private/unsubscribe") <= 8);
}

SCENARIO("a snapshot may name a forerunner of null") {
  auto rig = live_rig();
  rig.notify(
      book, R"({"type":"snapshot","timestamp":1,"instrument_name":"BTC-PERPETUAL","change_id":1,"prev_change_id":null,)"
            R"("bids":[["new",1,2,"later"]],"asks":[]})");
  CHECK(rig.out.all<venues::book_changed>().size() == 1);
  CHECK(rig.out.all<venues::protocol_fault>().empty());
}
