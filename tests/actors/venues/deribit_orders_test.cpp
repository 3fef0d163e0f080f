#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using test::order_json;
using venues::disposition;

namespace {

base::decimal number(std::string_view text) {
  return base::decimal::parse(text).value();
}

venues::order_request limit_buy() {
  venues::order_request order;
  order.instrument = "ETH_USDC-PERPETUAL";
  order.amount = number("0.001");
  order.price = number("2900.5");
  order.label = "n1.c4.000123";
  order.post_only = true;
  order.valid_until_ms = 1790000005000;
  return order;
}

} // namespace

SCENARIO("an order says everything explicitly, its numbers exactly") {
  deribit_rig rig;
  rig.go_live();
  auto order = limit_buy();
  REQUIRE(rig.machine->place(order, rig.now, rig.out) == 5);
  CHECK(rig.out.sent.back() ==
        R"({"jsonrpc":"2.0","id":5,"method":"private/buy","params":{"instrument_name":"ETH_USDC-PERPETUAL",)"
        R"("amount":0.001,"type":"limit","price":2900.5,"time_in_force":"good_til_cancelled","label":"n1.c4.000123",)"
        R"("post_only":true,"reject_post_only":true,"reduce_only":false,"valid_until":1790000005000}})");

  order.side = venues::side::sell;
  order.kind = venues::order_kind::market;
  order.amount = base::decimal::from_raw(1);
  order.label = "a\"b\\c\n";
  order.post_only = false;
  order.reduce_only = true;
  order.valid_until_ms = 0;
  REQUIRE(rig.machine->place(order, rig.now, rig.out) == 6);
  CHECK(rig.out.sent.back() ==
        R"({"jsonrpc":"2.0","id":6,"method":"private/sell","params":{"instrument_name":"ETH_USDC-PERPETUAL",)"
        R"("amount":0.00000001,"type":"market","label":"a\"b\\c\u000a","post_only":false,"reject_post_only":false,)"
        R"("reduce_only":true}})");
}

SCENARIO("an order that trades at once is accepted with its fills") {
  deribit_rig rig;
  rig.go_live();
  const auto id = rig.machine->place(limit_buy(), rig.now, rig.out);
  CHECK(rig.machine->pending() == 1);
  rig.answer(id,
             R"({"trades":[{"trade_id":"ETH-2696097","trade_seq":7,"timestamp":1790000000123,"order_id":"USDC-1",)"
             R"("instrument_name":"ETH_USDC-PERPETUAL","direction":"buy","price":2.9005e3,"amount":1e-3,"fee":-4.0e-7,)"
             R"("fee_currency":"USDC","liquidity":"M","label":"n1.c4.000123","state":"filled"}],"order":)" +
                 order_json("USDC-1", "n1.c4.000123", "filled", "10.0") + "}");
  CHECK(rig.machine->pending() == 0);
  const auto accepted = rig.out.all<venues::order_accepted>();
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0].request == id);
  CHECK(accepted[0].order.order_id == "USDC-1");
  CHECK(accepted[0].order.label == "n1.c4.000123");
  CHECK(accepted[0].order.state == venues::order_state::filled);
  CHECK(accepted[0].order.price == number("50000.5"));
  CHECK(accepted[0].order.filled == number("10"));
  CHECK(accepted[0].order.updated_ms == 1790000000456);
  REQUIRE(accepted[0].fills.size() == 1);
  CHECK(accepted[0].fills[0].price == number("2900.5"));
  CHECK(accepted[0].fills[0].amount == number("0.001"));
  CHECK(accepted[0].fills[0].fee == number("-0.0000004"));
  CHECK(accepted[0].fills[0].trade_seq == 7);
  CHECK(accepted[0].fills[0].maker);
}

SCENARIO("every change of an order is asked in the exchange's words and answered once") {
  deribit_rig rig;
  rig.go_live();
  const auto order = order_json("74311538594", "n1.c4.7");
  WHEN("an order is edited") {
    const venues::edit_request change{"74311538594", number("20"), number("50001"), true, false, 0};
    const auto id = rig.machine->edit(change, rig.now, rig.out);
    CHECK(rig.out.sent.back() ==
          R"({"jsonrpc":"2.0","id":5,"method":"private/edit","params":{"order_id":"74311538594","amount":20,)"
          R"("price":50001,"post_only":true,"reject_post_only":true,"reduce_only":false}})");
    rig.answer(id, R"({"order":)" + order + R"(,"trades":[]})");
    CHECK(rig.out.all<venues::order_accepted>().size() == 1);
  }
  WHEN("an order is cancelled") {
    const auto id = rig.machine->cancel("74311538594", rig.now, rig.out);
    CHECK(rig.out.sent.back() ==
          R"({"jsonrpc":"2.0","id":5,"method":"private/cancel","params":{"order_id":"74311538594"}})");
    rig.answer(id, order_json("74311538594", "n1.c4.7", "cancelled"));
    const auto accepted = rig.out.all<venues::order_accepted>();
    REQUIRE(accepted.size() == 1);
    CHECK(accepted[0].order.state == venues::order_state::cancelled);
  }
  WHEN("orders are cancelled by label") {
    const auto id = rig.machine->cancel_by_label("n1.c4.7", rig.now, rig.out);
    CHECK(rig.out.sent.back() ==
          R"({"jsonrpc":"2.0","id":5,"method":"private/cancel_by_label","params":{"label":"n1.c4.7"}})");
    rig.answer(id, "2");
    REQUIRE(rig.out.all<venues::cancel_counted>().size() == 1);
    CHECK(rig.out.all<venues::cancel_counted>()[0].count == 2);
  }
  CHECK(rig.machine->pending() == 0);
  CHECK(rig.out.all<venues::request_failed>().empty());
  CHECK(rig.out.all<venues::protocol_fault>().empty());
}

SCENARIO("every query is asked in the exchange's words and answered once") {
  deribit_rig rig;
  rig.go_live();
  const auto order = order_json("74311538594", "n1.c4.7");
  WHEN("open orders are listed") {
    const auto id = rig.machine->list_open_orders(rig.now, rig.out);
    CHECK(rig.out.sent.back() == R"({"jsonrpc":"2.0","id":5,"method":"private/get_open_orders","params":{}})");
    rig.answer(id, "[" + order + "," + order_json("8", "x") + "]");
    REQUIRE(rig.out.all<venues::orders_listed>().size() == 1);
    CHECK(rig.out.all<venues::orders_listed>()[0].orders.size() == 2);
  }
  WHEN("one order is asked about") {
    const auto id = rig.machine->query_order("74311538594", rig.now, rig.out);
    CHECK(rig.last("private/get_order_state") == id);
    rig.answer(id, order);
    REQUIRE(rig.out.all<venues::orders_listed>().size() == 1);
    CHECK(rig.out.all<venues::orders_listed>()[0].orders.at(0).label == "n1.c4.7");
  }
  WHEN("a label is asked about") {
    const auto id = rig.machine->query_label("n1.c4.7", "ETH_USDC-PERPETUAL", rig.now, rig.out);
    CHECK(rig.out.sent.back() ==
          R"({"jsonrpc":"2.0","id":5,"method":"private/get_order_state_by_label","params":{"currency":"USDC",)"
          R"("label":"n1.c4.7"}})");
    rig.answer(id, "[]");
    REQUIRE(rig.out.all<venues::orders_listed>().size() == 1);
    CHECK(rig.out.all<venues::orders_listed>()[0].orders.empty());
  }
  WHEN("trades of an instrument are asked for") {
    const auto id = rig.machine->list_fills_since("BTC-PERPETUAL", 140284854, rig.now, rig.out);
    CHECK(rig.out.sent.back() ==
          R"({"jsonrpc":"2.0","id":5,"method":"private/get_user_trades_by_instrument",)"
          R"("params":{"instrument_name":"BTC-PERPETUAL","start_seq":140284854,"count":1000,"sorting":"asc"}})");
    rig.answer(id, R"({"has_more":true,"trades":[]})");
    REQUIRE(rig.out.all<venues::fills_listed>().size() == 1);
    CHECK(rig.out.all<venues::fills_listed>()[0].has_more);
  }
  WHEN("trades of an order are asked for") {
    const auto id = rig.machine->list_fills_of_order("74311538594", rig.now, rig.out);
    CHECK(rig.last("private/get_user_trades_by_order") == id);
    rig.answer(id, "[]");
  }
  WHEN("positions are asked for") {
    const auto id = rig.machine->list_positions(rig.now, rig.out);
    CHECK(rig.last("private/get_positions") == id);
    rig.answer(
        id,
        R"([{"instrument_name":"A","size":-50,"direction":"sell","average_price":7440.123456789},)"
        R"({"instrument_name":"B","size":0.0,"direction":"zero"},{"instrument_name":"C","size":5,"direction":"sell",)"
        R"("average_price":null}])");
    const auto listed = rig.out.all<venues::positions_listed>();
    REQUIRE(listed.size() == 1);
    REQUIRE(listed[0].positions.size() == 3);
    CHECK(listed[0].positions[0].size == number("-50"));
    CHECK(listed[0].positions[0].average_price == number("7440.12345679"));
    CHECK(listed[0].positions[2].size == number("-5"));
  }
  CHECK(rig.machine->pending() == 0);
  CHECK(rig.out.all<venues::request_failed>().empty());
  CHECK(rig.out.all<venues::protocol_fault>().empty());
}

SCENARIO("no answer is not a rejection") {
  deribit_rig rig;
  rig.go_live();
  const auto id = rig.machine->place(limit_buy(), rig.now, rig.out);
  WHEN("the deadline passes") {
    rig.pass(5s);
    const auto failed = rig.out.all<venues::request_failed>();
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].request == id);
    CHECK(failed[0].code == 0);
    CHECK(failed[0].disposition == disposition::unknown);
    CHECK(failed[0].text == "no answer to private/buy within 5000 ms");
    CHECK(rig.out.closed.empty());
    THEN("a late answer is no second outcome, but tells of the order") {
      rig.answer(id, R"({"order":)" + order_json("1", "n1.c4.000123") + R"(,"trades":[]})");
      CHECK(rig.out.all<venues::request_failed>().size() == 1);
      CHECK(rig.out.all<venues::order_accepted>().empty());
      CHECK(rig.out.all<venues::order_updated>().size() == 1);
      REQUIRE(rig.out.all<venues::protocol_fault>().size() == 1);
      CHECK(rig.out.all<venues::protocol_fault>()[0].kind == venues::fault_kind::unknown_reply);
    }
  }
  WHEN("the connection is lost") {
    const auto query = rig.machine->list_positions(rig.now, rig.out);
    rig.machine->answer_heartbeat(rig.now, rig.out);
    rig.machine->abandon(rig.now, rig.out);
    const auto failed = rig.out.all<venues::request_failed>();
    REQUIRE(failed.size() == 2);
    CHECK(failed[0].request == id);
    CHECK(failed[1].request == query);
    CHECK(failed[0].disposition == disposition::unknown);
    CHECK(rig.machine->place(limit_buy(), rig.now, rig.out) == 0);
    rig.machine->abandon(rig.now, rig.out);
    CHECK(rig.out.all<venues::request_failed>().size() == 2);
  }
  WHEN("the answer cannot be read") {
    rig.answer(id, R"({"order":{},"trades":[]})");
    const auto failed = rig.out.all<venues::request_failed>();
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].disposition == disposition::unknown);
    CHECK(rig.out.all<venues::protocol_fault>().size() == 1);
  }
}

SCENARIO("errors that leave an order open are unknown for orders only") {
  for (const int code : {10001, 11094, 13028, 10050, 424242}) {
    CAPTURE(code);
    deribit_rig rig;
    rig.go_live();
    rig.refuse(rig.machine->place(limit_buy(), rig.now, rig.out), code, "error");
    rig.refuse(rig.machine->list_open_orders(rig.now, rig.out), code, "error");
    const auto failed = rig.out.all<venues::request_failed>();
    REQUIRE(failed.size() == 2);
    CHECK(failed[0].code == code);
    CHECK(failed[0].disposition == disposition::unknown);
    CHECK(failed[1].disposition == disposition::retry);
    CHECK(rig.out.closed.empty());
  }
}

SCENARIO("an exhausted budget ends the connection after the request has its outcome") {
  deribit_rig rig;
  rig.go_live();
  const auto id = rig.machine->place(limit_buy(), rig.now, rig.out);
  rig.refuse(id, 10028, "too_many_requests");
  const auto failed = rig.out.all<venues::request_failed>();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].disposition == disposition::back_off);
  CHECK(rig.out.closed == std::vector{venues::give_up::over_rate});
  CHECK(rig.out.close_text.find("back off") != std::string::npos);
}

SCENARIO("requests are bounded; heartbeats go out all the same") {
  auto config = deribit_rig::default_config();
  config.pending_max = 3;
  deribit_rig rig{std::move(config)};
  rig.go_live();
  for (int i = 0; i < 3; ++i)
    CHECK(rig.machine->list_positions(rig.now, rig.out) != 0);
  CHECK(rig.machine->place(limit_buy(), rig.now, rig.out) == 0);
  rig.machine->answer_heartbeat(rig.now, rig.out);
  CHECK(rig.count("public/test") == 1);
  CHECK(rig.out.closed.empty());
}

SCENARIO("a machine that logged out asks for nothing more and still reads") {
  deribit_rig rig;
  rig.go_live();
  const auto id = rig.machine->place(limit_buy(), rig.now, rig.out);
  rig.machine->log_out(rig.now, rig.out);
  CHECK(rig.out.sent.back() ==
        R"({"jsonrpc":"2.0","id":6,"method":"private/logout","params":{"invalidate_token":true}})");
  CHECK(rig.machine->place(limit_buy(), rig.now, rig.out) == 0);
  rig.answer(id, R"({"order":)" + order_json("1", "n1.c4.000123") + R"(,"trades":[]})");
  CHECK(rig.out.all<venues::order_accepted>().size() == 1);
  rig.pass(1h);
  CHECK(rig.out.closed.empty());
  CHECK(rig.count("public/auth") == 1);
}
