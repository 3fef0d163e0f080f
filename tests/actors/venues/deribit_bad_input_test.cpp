#include "runtime/base/rng.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using test::recorded_frame;
using venues::fault_kind;

namespace {

struct bad_frame {
  std::string what;
  std::string text;
  fault_kind kind;
};

std::string ticker_with(std::string_view bid) {
  return R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms",)"
         R"("data":{"timestamp":1,"instrument_name":"BTC-PERPETUAL","best_bid_price":)" +
         std::string{bid} + R"(,"best_bid_amount":1,"best_ask_price":2,"best_ask_amount":1}}})";
}

std::vector<bad_frame> bad_frames() {
  const auto ticker = recorded_frame("ticker_perpetual.json");
  const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
  return {
      {"nothing", "", fault_kind::wrong_shape},
      {"spaces", "   ", fault_kind::wrong_shape},
      {"no JSON", "hello", fault_kind::not_json},
      {"half a frame", ticker.substr(0, ticker.size() / 2), fault_kind::not_json},
      {"a frame without its last bracket", ticker.substr(0, ticker.size() - 1), fault_kind::not_json},
      {"two frames in one", ticker + ticker, fault_kind::not_json},
      {"invalid UTF-8", "{\"method\":\"\xff\xfe\"}", fault_kind::not_json},
      {"a text without an end", R"({"method":"subscription)", fault_kind::not_json},
      {"a control character in a text", "{\"method\":\"a\nb\"}", fault_kind::not_json},
      {"an escape that is none", R"({"method":"\x"})", fault_kind::not_json},
      {"half a surrogate pair", R"({"method":"\ud800"})", fault_kind::unknown_message},
      {"a comma too many", R"({"method":"heartbeat",})", fault_kind::not_json},
      {"a batch of one", R"([{"method":"heartbeat"}])", fault_kind::unknown_message},
      {"an empty batch", "[]", fault_kind::wrong_shape},
      {"a batch without an end", R"([{"method":"heartbeat"},)", fault_kind::not_json},
      {"a number", "17", fault_kind::wrong_shape},
      {"an empty object", "{}", fault_kind::wrong_shape},
      {"another method", R"({"method":"greeting","params":{}})", fault_kind::unknown_message},
      {"a request to us", R"({"id":1,"method":"greeting","params":[]})", fault_kind::unknown_message},
      {"a heartbeat of another type", R"({"method":"heartbeat","params":{"type":"x"}})", fault_kind::unknown_message},
      {"params of another type", R"({"method":"subscription","params":[]})", fault_kind::wrong_shape},
      {"no data", R"({"method":"subscription","params":{"channel":"x"}})", fault_kind::wrong_shape},
      {"a result and an error", R"({"result":1,"error":{"code":1,"message":"x"}})", fault_kind::wrong_shape},
      {"an answer with data", R"({"result":1,"id":5,"params":{"data":1}})", fault_kind::unknown_reply},
      {"a field twice", ticker_with(R"(1,"best_bid_price":1)"), fault_kind::wrong_shape},
      {"deep nesting", nested, fault_kind::wrong_shape},
      {"deep nesting of a passed-over key", R"({"x":)" + nested + "}", fault_kind::wrong_shape},
      {"deep nesting where a price should be", ticker_with(nested), fault_kind::wrong_shape},
      {"an answer to nobody", R"({"id":99,"result":"ok"})", fault_kind::unknown_reply},
      {"an answer without a number", R"({"result":"ok"})", fault_kind::unknown_reply},
      {"an error for nobody", R"({"id":99,"error":{"code":10001,"message":"error"}})", fault_kind::unknown_reply},
      {"an error for no request", R"({"error":{"code":11050,"message":"bad_request"}})", fault_kind::unsolicited_error},
      {"an error without a message", R"({"error":{"code":11050}})", fault_kind::unsolicited_error},
      {"an error whose message is null", R"({"error":{"code":1,"message":null}})", fault_kind::unsolicited_error},
      {"an error that is a text", R"({"error":"no"})", fault_kind::unsolicited_error},
      {"a channel of another connection", R"({"method":"subscription","params":{"channel":"user.lock","data":{}}})",
       fault_kind::foreign_channel},
      {"the instrument of another channel",
       R"({"method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"timestamp":1,)"
       R"("instrument_name":"ETH-PERPETUAL","best_bid_price":1,"best_bid_amount":1,"best_ask_price":2,)"
       R"("best_ask_amount":1}}})",
       fault_kind::wrong_shape},
      {"a price beyond all range", ticker_with("1e300"), fault_kind::bad_number},
      {"a price with too many digits", ticker_with("123456789012345678901234567890"), fault_kind::bad_number},
      {"a price finer than can be held", ticker_with("0.000000001"), fault_kind::bad_number},
      {"a price as a text that is none", ticker_with("\"dear\""), fault_kind::wrong_shape},
      {"a price that is no number", ticker_with("1.5x"), fault_kind::wrong_shape},
      {"a price with a leading zero", ticker_with("01"), fault_kind::wrong_shape},
      {"a time that is no whole number",
       R"({"method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"timestamp":1.5,)"
       R"("instrument_name":"BTC-PERPETUAL","best_bid_price":1,"best_bid_amount":1,"best_ask_price":2,)"
       R"("best_ask_amount":1}}})",
       fault_kind::wrong_shape},
  };
}

} // namespace

SCENARIO("a bad frame is one fault of the right kind, and nothing else") {
  for (const auto& bad : bad_frames()) {
    CAPTURE(bad.what);
    deribit_rig rig;
    rig.go_live();
    rig.out.forget();
    CAPTURE(bad.text.substr(0, 200));
    rig.receive(bad.text);
    REQUIRE(rig.out.events.size() == 1);
    const auto faults = rig.out.all<venues::protocol_fault>();
    REQUIRE(faults.size() == 1);
    CHECK(venues::to_string(faults[0].kind) == venues::to_string(bad.kind));
    CHECK(!faults[0].detail.empty());
    CHECK(faults[0].detail.size() <= 200);
    CHECK(rig.out.sent.empty());
    CHECK(rig.out.closed.empty());
    rig.receive(recorded_frame("ticker_perpetual.json"));
    CHECK(rig.out.all<venues::ticker>().size() == 1);
  }
}

SCENARIO("a good frame is understood whatever the order of its keys, its spaces and its escapes") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  const std::string data =
      R"({"best_ask_amount":1,"timestamp":1.0,"best_bid_price":1e0,"best_bid_amount":1,"x":{"a":[1,{}]},)"
      R"("best_ask_price":2,"instrument_name":"BTC\u002dPERPETUAL"})";
  rig.receive(R"({"params":{"data":)" + data +
              R"(,"channel":"ticker.BTC-PERPETUAL.100ms"},"method":"subscription","jsonrpc":"2.0"})");
  rig.receive(
      R"( { "method" : "subscription" , "params" : { "channel" : "ticker.BTC\u002DPERPETUAL.100ms" , "data" : )" +
      data + " } }\n");
  rig.receive(R"({"params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":)" + data + R"(},"method":"subscription"})");
  CHECK(rig.out.all<venues::ticker>().size() == 3);
  const auto id = rig.machine->list_positions(rig.now, rig.out);
  rig.receive(R"({"usIn":1,"result":[],"testnet":true,"id":)" + std::to_string(id) + "}");
  CHECK(rig.out.all<venues::positions_listed>().size() == 1);
  CHECK(rig.out.all<venues::protocol_fault>().empty());
}

SCENARIO("nothing is told of a frame whose end is garbage") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  auto frame = recorded_frame("ticker_perpetual.json");
  frame.back() = ']';
  rig.receive(frame);
  CHECK(rig.out.all<venues::ticker>().empty());
  CHECK(rig.out.all<venues::protocol_fault>().size() == 1);
}

SCENARIO("a second answer is a fault and no second outcome") {
  deribit_rig rig;
  rig.go_live();
  const auto id = rig.machine->list_positions(rig.now, rig.out);
  rig.answer(id, "[]");
  rig.answer(id, "[]");
  CHECK(rig.out.all<venues::positions_listed>().size() == 1);
  REQUIRE(rig.out.all<venues::protocol_fault>().size() == 1);
  CHECK(rig.out.all<venues::protocol_fault>()[0].kind == fault_kind::unknown_reply);
}

SCENARIO("more than twenty frames that are no JSON in a minute end the connection; spread out they do not") {
  deribit_rig rig;
  rig.go_live();
  WHEN("they come quickly") {
    for (int i = 0; i < 20; ++i)
      rig.receive("{");
    CHECK(rig.out.closed.empty());
    rig.receive("{");
    CHECK(rig.out.closed == std::vector{venues::give_up::unavailable});
    rig.receive("{");
    CHECK(rig.out.all<venues::protocol_fault>().size() == 21);
  }
  WHEN("three seconds lie between them") {
    for (int i = 0; i < 200; ++i) {
      rig.receive("{");
      rig.pass(3s);
    }
    CHECK(rig.out.closed.empty());
  }
}

SCENARIO("late answers are faults that do not count against the exchange") {
  deribit_rig rig;
  rig.go_live();
  std::vector<venues::request_id> asked;
  for (int i = 0; i < 50; ++i)
    asked.push_back(rig.machine->list_positions(rig.now, rig.out));
  rig.pass(6s);
  CHECK(rig.out.all<venues::request_failed>().size() == 50);
  for (const auto id : asked)
    rig.answer(id, "[]");
  CHECK(rig.out.all<venues::protocol_fault>().size() == 50);
  CHECK(rig.out.closed.empty());
}
