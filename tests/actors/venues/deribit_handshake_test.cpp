#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using venues::give_up;
using venues::stage;

namespace {

std::vector<stage> stages_of(const deribit_rig& rig) {
  std::vector<stage> found;
  for (const auto& reached : rig.out.all<venues::stage_reached>())
    found.push_back(reached.stage);
  return found;
}

} // namespace

SCENARIO("a connection logs in, sets heartbeats, guards its orders, subscribes, and only then is resumed") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  REQUIRE(rig.out.sent.size() == 2);
  CHECK(rig.out.sent[0] == R"({"jsonrpc":"2.0","id":1,"method":"public/set_heartbeat","params":{"interval":10}})");
  CHECK(rig.out.sent[1] ==
        R"({"jsonrpc":"2.0","id":2,"method":"public/auth","params":{"grant_type":"client_credentials",)"
        R"("client_id":"AMANDA","client_secret":"AMANDASECRECT"}})");
  CHECK(stages_of(rig) == std::vector{stage::authenticating});

  rig.answer(2, test::grant_json); // answers may come in another order
  CHECK(rig.out.sent.size() == 2);
  rig.answer(1, R"("ok")");
  CHECK(rig.out.sent.back() ==
        R"({"jsonrpc":"2.0","id":3,"method":"private/enable_cancel_on_disconnect","params":{"scope":"connection"}})");
  CHECK(stages_of(rig) == std::vector{stage::authenticating});

  rig.answer(3, R"("ok")");
  CHECK(stages_of(rig) == std::vector{stage::authenticating, stage::subscribing});
  CHECK(rig.out.sent.back() ==
        R"({"jsonrpc":"2.0","id":4,"method":"private/subscribe","params":{"channels":["user.orders.any.any.raw",)"
        R"("user.trades.any.any.raw","ticker.BTC-PERPETUAL.100ms","book.BTC-PERPETUAL.100ms",)"
        R"("trades.BTC-PERPETUAL.100ms"]}})");
  CHECK(rig.machine->list_open_orders(rig.now, rig.out) == 0);

  rig.confirm_subscription();
  CHECK(stages_of(rig) == std::vector{stage::authenticating, stage::subscribing, stage::resumed});
  CHECK(rig.machine->list_open_orders(rig.now, rig.out) != 0);
  CHECK(rig.out.closed.empty());
}

SCENARIO("cancel-on-disconnect is switched off as explicitly as on") {
  auto config = deribit_rig::default_config();
  config.cancel_on_disconnect = false;
  deribit_rig rig{std::move(config)};
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, test::grant_json);
  const auto guard = rig.last("private/disable_cancel_on_disconnect");
  REQUIRE(guard != 0);
  WHEN("the exchange agrees") {
    rig.answer(guard, R"("ok")");
    THEN("the connection goes on") {
      CHECK(rig.count("private/subscribe") == 1);
    }
  }
  WHEN("it was not on") {
    rig.refuse(guard, 13042, "cod_not_enabled");
    THEN("that is as good") {
      CHECK(rig.count("private/subscribe") == 1);
    }
  }
  WHEN("the exchange fails") {
    rig.refuse(guard, 10049, "cancel_on_disconnect_failed");
    THEN("the connection is given up, with the reason") {
      CHECK(rig.count("private/subscribe") == 0);
      REQUIRE(rig.out.closed == std::vector{give_up::unavailable});
      CHECK(rig.out.close_text == "private/disable_cancel_on_disconnect: 10049 cancel_on_disconnect_failed");
    }
  }
}

SCENARIO("without a login only public channels are subscribed, and no order goes out") {
  auto config = deribit_rig::default_config();
  config.auth = venues::auth_method::none;
  deribit_rig rig{std::move(config)};
  rig.go_live();
  CHECK(rig.count("public/auth") == 0);
  CHECK(rig.count("private/subscribe") == 0);
  CHECK(rig.last_frame("public/subscribe").find("user.") == std::string_view::npos);
  CHECK(rig.machine->place({}, rig.now, rig.out) == 0);
}

SCENARIO("wrong credentials are refused for good, an overloaded login is not") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  WHEN("the key is wrong") {
    rig.refuse(2, 13004, "invalid_credentials");
    CHECK(rig.out.closed == std::vector{give_up::refused});
  }
  WHEN("the budget is gone") {
    rig.refuse(2, 10028, "too_many_requests");
    CHECK(rig.out.closed == std::vector{give_up::over_rate});
    CHECK(rig.out.close_text.find("back off") != std::string::npos);
  }
  WHEN("the interval of heartbeats is too short") {
    rig.refuse(1, -32602, "Invalid params", R"({"reason":"value must be >= 10","param":"interval"})");
    CHECK(rig.out.closed == std::vector{give_up::refused});
    CHECK(rig.out.close_text.find("(interval): value must be >= 10") != std::string::npos);
  }
  WHEN("the exchange says how long to wait") {
    rig.refuse(2, 10028, "too_many_requests", R"({"wait":10})");
    CHECK(rig.out.close_retry_after == std::chrono::seconds{10});
  }
  WHEN("it says so in another way") {
    rig.refuse(2, 12003, "login_over_limit", R"({"reason":"slow down","wait":"2.5"})");
    CHECK(rig.out.close_retry_after == std::chrono::milliseconds{2500});
  }
  WHEN("the wait makes no sense") {
    for (const auto* wait : {"-3", "null", "{}", "[1]", "\"soon\"", "true"}) {
      CAPTURE(wait);
      test::deribit_rig other;
      other.machine->open(other.now, other.out);
      other.refuse(2, 10028, "too_many_requests", std::string{R"({"wait":)"} + wait + "}");
      CHECK(other.out.closed == std::vector{give_up::over_rate});
      CHECK(other.out.close_retry_after.count() == 0);
    }
  }
  WHEN("too many logins were tried") {
    rig.refuse(2, 12003, "login_over_limit");
    CHECK(rig.out.closed == std::vector{give_up::unavailable});
  }
  WHEN("the exchange says unauthorized") {
    rig.refuse(2, 13009, "unauthorized", R"({"reason":"invalid_token"})");
    THEN("the login is tried once more") {
      CHECK(rig.out.closed.empty());
      CHECK(rig.count("public/auth") == 2);
      rig.refuse(rig.last("public/auth"), 13009, "unauthorized");
      CHECK(rig.out.closed == std::vector{give_up::refused});
    }
  }
  CHECK(rig.machine->next_due().has_value() == rig.out.closed.empty());
}

SCENARIO("every silent step of the handshake ends the connection at its deadline") {
  for (int answered = 0; answered < 4; ++answered) {
    CAPTURE(answered);
    deribit_rig rig;
    rig.machine->open(rig.now, rig.out);
    if (answered > 0)
      rig.answer(1, R"("ok")");
    if (answered > 1)
      rig.answer(2, test::grant_json);
    if (answered > 2)
      rig.answer(3, R"("ok")");
    rig.pass(4999ms);
    CHECK(rig.out.closed.empty());
    rig.pass(1ms);
    REQUIRE(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(rig.out.close_text.find("within 5000 ms") != std::string::npos);
    rig.receive(R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})");
    CHECK(rig.out.all<venues::test_requested>().empty());
  }
}

SCENARIO("a test request is told at once, answered on demand, and its acknowledgement measured") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  WHEN("it comes as it always does, or in other words") {
    const auto* frame = R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})";
    SUBCASE("as always") {}
    SUBCASE("in other words") {
      frame = R"({ "jsonrpc" : "2.0", "method":"heartbeat","params":{"type":"test_request"}})";
    }
    rig.receive(frame);
    CHECK(rig.out.all<venues::test_requested>().size() == 1);
    CHECK(rig.out.sent.empty());
    rig.machine->answer_heartbeat(rig.now, rig.out);
    REQUIRE(rig.out.sent.size() == 1);
    CHECK(rig.out.sent[0] == R"({"jsonrpc":"2.0","id":5,"method":"public/test","params":{}})");
    rig.pass(3ms);
    rig.answer(5, R"({"version":"1.2.26"})");
    const auto acknowledged = rig.out.all<venues::heartbeat_acknowledged>();
    REQUIRE(acknowledged.size() == 1);
    CHECK(acknowledged[0].round_trip == 3ms);
  }
  WHEN("a plain heartbeat comes") {
    rig.receive(R"({"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"})");
    CHECK(rig.out.all<venues::heartbeat_seen>().size() == 1);
    CHECK(rig.out.all<venues::test_requested>().empty());
  }
  WHEN("an answer is never acknowledged") {
    rig.machine->answer_heartbeat(rig.now, rig.out);
    rig.pass(1min);
    THEN("that is for the owner to judge") {
      CHECK(rig.out.closed.empty());
    }
  }
}

SCENARIO(
    "what a set-up costs is known before it, and a heartbeat more is told once it is sent and once it is answered") {
  test::deribit_rig rig;
  const auto cost = rig.machine->setup_cost();
  CHECK(cost == venues::credits{0, 1000, 3000});
  rig.go_live();
  CHECK(rig.machine->traffic().sent == cost);
  CHECK(rig.machine->traffic().answered == cost);
  rig.machine->answer_heartbeat(rig.now, rig.out);
  CHECK(rig.machine->traffic().sent.other == 1500);
  CHECK(rig.machine->traffic().answered.other == 1000);
  rig.pass(std::chrono::seconds{34}); // our deadline is no answer
  CHECK(rig.machine->traffic().answered.other == 1000);
  rig.pass(std::chrono::seconds{1}); // long after it there will be none
  CHECK(rig.machine->traffic().answered.other == 1500);
}
