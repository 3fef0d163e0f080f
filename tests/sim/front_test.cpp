#include "sim/deribit/rpc_text.hpp"
#include "sim/deribit/signature.hpp"
#include "tests/sim/memory_bench.hpp"
#include "tests/sim/socket_bench.hpp"

#include <boost/json/array.hpp>
#include <doctest/doctest.h>

#include <sstream>

using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace json = boost::json;

namespace {

std::int64_t code_of(const json::object& answer) {
  const auto* error = answer.if_contains("error");
  return error == nullptr ? 0 : error->as_object().at("code").as_int64();
}

constexpr std::string_view order = R"({"instrument_name":"BTC-PERPETUAL","amount":10,"label":"a"})";

} // namespace

TEST_CASE_TEMPLATE("a client logs in, sets heartbeats, subscribes and hears a ticker", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  REQUIRE(client->connected());
  CHECK(client->call("public/test")["result"].as_object()["version"] == "1.2.26");
  const auto login = client->call(
      "public/auth",
      R"({"grant_type":"client_credentials","client_id":"sim-key","client_secret":"sim-secret","state":"s"})");
  CHECK(login.at("result").as_object().at("expires_in") == 900);
  CHECK(login.at("result").as_object().at("state") == "s");
  CHECK(client->call("public/set_heartbeat", R"({"interval":10})")["result"] == "ok");
  const auto listed = client->call("public/subscribe", R"({"channels":["ticker.BTC-PERPETUAL.100ms","bogus",7]})");
  CHECK(listed.at("result").as_array().size() == 1);
  bench.market.pending.push_back({"ticker.BTC-PERPETUAL.100ms", "", R"({"last_price":5.0e4})"});
  const auto frame = client->next_with("ticker.BTC");
  REQUIRE(frame);
  CHECK(*frame == R"({"jsonrpc":"2.0","method":"subscription","params":)"
                  R"({"channel":"ticker.BTC-PERPETUAL.100ms","data":{"last_price":5.0e4}}})");
}

TEST_CASE_TEMPLATE("an unanswered test_request closes with 4000 heartbeat close", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  client->call("public/set_heartbeat", R"({"interval":10})");
  bench.clock.push(10'700ms);
  CHECK(client->next_with("test_request") ==
        R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})");
  CHECK(client->next_with("heartbeat") == R"({"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"})");
  SUBCASE("answered without an id, it stays") {
    client->send(R"({"jsonrpc":"2.0","method":"public/test","params":{}})");
    const auto answer = client->next_with("version");
    REQUIRE(answer);
    CHECK(answer->find("\"id\"") == std::string::npos);
    bench.clock.push(10'100ms);
    bench.turn_for(120ms);
    CHECK(client->connected());
    const auto beats = bench.control("GET", "/heartbeats").as_array();
    CHECK(beats.at(0).as_object().at("asked") == 1);
    CHECK(beats.at(0).as_object().at("answered") == 1);
  }
  SUBCASE("not answered, or answered with another method, it is closed") {
    client->call("public/get_time");
    bench.clock.push(10'100ms);
    const auto end = client->wait_end();
    CHECK(end.code == 4000);
    CHECK(end.reason == "heartbeat close");
  }
}

TEST_CASE_TEMPLATE("a heartbeat interval below ten seconds is refused in the exchange's words", bench_type,
                   socket_bench, memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  const auto answer = client->call("public/set_heartbeat", R"({"interval":9})");
  CHECK(json_text(answer.at("error")) ==
        R"({"code":-32602,"message":"Invalid params","data":{"reason":"value must be >= 10","param":"interval"}})");
}

TEST_CASE_TEMPLATE("a silent connection without heartbeat is reset after a minute", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  client->call("public/test");
  bench.clock.push(61s);
  CHECK(client->wait_end().code == 1006);
}

TEST_CASE_TEMPLATE("cancel on disconnect takes the connection's orders, and logging out does not", bench_type,
                   socket_bench, memory_bench) {
  settings rules;
  rules.cod_delay_max_ms = 0;
  bench_type bench{rules};
  auto client = bench.connect();
  CHECK(code_of(client->call("private/enable_cancel_on_disconnect")) == 13009);
  client->login();
  CHECK(client->call("private/enable_cancel_on_disconnect")["result"] == "ok");
  CHECK(json_text(client->call("private/get_cancel_on_disconnect")["result"]) ==
        R"({"scope":"connection","enabled":true})");
  client->call("private/buy", order);
  REQUIRE(bench.market.orders.size() == 1);
  SUBCASE("dropped") {
    client->drop(true);
    CHECK(bench.turn_until([&bench] { return bench.market.orders.empty(); }));
    CHECK(bench.market.cancels == std::vector<std::string>{"cancel_on_disconnect"});
  }
  SUBCASE("logged out") {
    client->send(R"({"jsonrpc":"2.0","id":99,"method":"private/logout","params":{}})");
    CHECK(client->wait_end().code == 1000);
    bench.turn_for(50ms);
    CHECK(bench.market.orders.size() == 1);
  }
  SUBCASE("forgotten by the exchange") {
    bench.control("POST", "/faults", R"({"type":"no_cod"})");
    client->drop(true);
    bench.turn_for(100ms);
    CHECK(bench.market.orders.size() == 1);
  }
  SUBCASE("late") {
    bench.control("POST", "/faults", R"({"type":"late_cod","params":{"ms":150}})");
    client->drop(true);
    bench.turn_for(60ms);
    CHECK(bench.market.orders.size() == 1);
    CHECK(bench.turn_until([&bench] { return bench.market.orders.empty(); }));
  }
}

TEST_CASE_TEMPLATE("cancel on disconnect for the account starts with its next connection", bench_type, socket_bench,
                   memory_bench) {
  settings rules;
  rules.cod_delay_max_ms = 0;
  bench_type bench{rules};
  auto first = bench.connect();
  first->login();
  first->call("private/enable_cancel_on_disconnect", R"({"scope":"account"})");
  CHECK(json_text(first->call("private/get_cancel_on_disconnect")["result"]) ==
        R"({"scope":"connection","enabled":false})");
  auto second = bench.connect();
  second->login();
  CHECK(json_text(second->call("private/get_cancel_on_disconnect")["result"]) ==
        R"({"scope":"connection","enabled":true})");
}

TEST_CASE_TEMPLATE("what cannot be understood costs an answer, not the connection", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  client->send("nonsense");
  const auto bad = client->next();
  REQUIRE(bad);
  CHECK(bad->find(R"("error":{"code":11050,"message":"bad_request","data":"invalid json"})") != std::string::npos);
  CHECK(code_of(client->call("public/nothing")) == -32601);
  CHECK(code_of(client->call("private/get_open_orders")) == 13009);
  client->send(std::string(33'000, ' '));
  CHECK(client->next_with("-32600"));
  client->send(R"({"id":"x","method":"/public/test"})");
  CHECK(client->next_with(R"("id":"x")"));
  CHECK(code_of(client->call("public/test", R"({"expected_result":"exception"})")) != 0);
}

TEST_CASE_TEMPLATE("raw feeds need a login, private channels are missing without one", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  CHECK(code_of(client->call("public/subscribe", R"({"channels":["book.BTC-PERPETUAL.raw"]})")) == 13778);
  CHECK(
      client->call("public/subscribe", R"({"channels":["user.orders.any.any.raw"]})").at("result").as_array().empty());
  CHECK(code_of(client->call("private/subscribe", R"({"channels":["user.orders.any.any.raw"]})")) == 13009);
  client->login();
  CHECK(client->call("private/subscribe", R"({"channels":["user.orders.any.any.raw"],"label":"mine"})")
            .at("result")
            .as_array()
            .size() == 1);
  client->call("private/buy", order);
  const auto event = client->next_with("user.orders", 2000ms);
  if (event)
    CHECK(event->find(R"("label":"mine")") != std::string::npos);
}

TEST_CASE_TEMPLATE("a book starts with one snapshot, and again after unsubscribing", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  constexpr std::string_view channels = R"({"channels":["book.BTC-PERPETUAL.100ms"]})";
  client->call("public/subscribe", channels);
  CHECK(client->next_with("snapshot"));
  client->call("public/subscribe", channels);
  CHECK_FALSE(client->next_with("snapshot", 50ms));
  CHECK(client->call("public/unsubscribe", channels).at("result").as_array().size() == 1);
  CHECK(bench.market.heard["book.BTC-PERPETUAL.100ms"] == 0);
  client->call("public/subscribe", channels);
  CHECK(client->next_with("snapshot"));
  CHECK(client->call("public/unsubscribe_all")["result"] == "ok");
  CHECK(bench.market.heard["book.BTC-PERPETUAL.100ms"] == 0);
}

TEST_CASE_TEMPLATE("an account without credits is told 10028 and closed", bench_type, socket_bench, memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  client->login();
  json::object answer;
  for (int count = 0; count < 30 && code_of(answer) == 0; ++count)
    answer = client->call("private/buy", order);
  CHECK(code_of(answer) == 10028);
  CHECK(client->wait_end().code == 1008);
}

TEST_CASE_TEMPLATE("the 33rd connection of an address is refused with 429", bench_type, socket_bench, memory_bench) {
  settings rules;
  rules.connections_per_ip_max = 2;
  bench_type bench{rules};
  auto first = bench.connect();
  auto second = bench.connect();
  CHECK(first->connected());
  CHECK(second->connected());
  auto third = bench.connect();
  CHECK_FALSE(third->connected());
  CHECK(third->upgrade_status() == 429);
  first.reset();
  bench.turn_for(20ms);
  CHECK(bench.connect()->connected());
}

TEST_CASE_TEMPLATE("the matching queue has room for eight and answers 10047 beyond", bench_type, socket_bench,
                   memory_bench) {
  settings rules;
  rules.matching_latency_ms = 300;
  rules.credits = false;
  bench_type bench{rules};
  auto client = bench.connect();
  client->login();
  for (int id = 100; id < 110; ++id)
    client->send(R"({"id":)" + std::to_string(id) +
                 R"(,"method":"private/buy","params":{"instrument_name":"BTC-PERPETUAL"}})");
  const auto refused = client->next_with("10047");
  REQUIRE(refused);
  CHECK(refused->find("\"id\":109") != std::string::npos);
  client->send(R"({"id":200,"method":"private/cancel_all","params":{}})");
  CHECK(client->next_with("13666"));
}

TEST_CASE_TEMPLATE("HTTP serves the same methods with each way to log in", bench_type, socket_bench, memory_bench) {
  bench_type bench;
  const auto ticker = bench.http("GET", "/api/v2/public/ticker?instrument_name=BTC-PERPETUAL");
  CHECK(ticker.status == 200);
  CHECK(ticker.body.find(R"("result":{"echo":{"instrument_name":"BTC-PERPETUAL"}})") != std::string::npos);
  const auto refused = bench.http("GET", "/api/v2/private/get_open_orders");
  CHECK(refused.status == 400);
  CHECK(refused.body.find("13009") != std::string::npos);
  CHECK(bench.http("GET", "/api/v2/private/get_open_orders", "", "Basic c2ltLWtleTpzaW0tc2VjcmV0").status == 200);
  const auto stamp = std::to_string(cafnode::base::to_unix_ms(bench.clock.now().wall));
  const std::string signature = hmac_sha256_hex("sim-secret", stamp + "\nn\nGET\n/api/v2/private/get_open_orders\n\n");
  const std::string header = "deri-hmac-sha256 id=sim-key,ts=" + stamp + ",sig=" + signature + ",nonce=n";
  CHECK(bench.http("GET", "/api/v2/private/get_open_orders", "", header).status == 200);
  CHECK(bench.http("GET", "/api/v2/private/get_open_orders?x=1", "", header).status == 400);
  const auto posted = bench.http("POST", "/api/v2/private/buy",
                                 R"({"jsonrpc":"2.0","id":7,"method":"private/buy","params":{"amount":10}})",
                                 "Basic c2ltLWtleTpzaW0tc2VjcmV0");
  CHECK(posted.status == 200);
  CHECK(posted.body.find(R"("id":7)") != std::string::npos);
  CHECK(bench.http("GET", "/api/v2/public/set_heartbeat?interval=10").body.find("10030") != std::string::npos);
  CHECK(bench.http("GET", "/elsewhere").status == 404);
}

TEST_CASE_TEMPLATE("a session token from HTTP is a bearer and works on a socket", bench_type, socket_bench,
                   memory_bench) {
  bench_type bench;
  const auto login = parse_json(
      bench
          .http("GET", "/api/v2/public/"
                       "auth?grant_type=client_credentials&client_id=sim-key&client_secret=sim-secret&scope=session:x")
          .body);
  REQUIRE(login);
  const std::string token{login->as_object().at("result").as_object().at("access_token").as_string().c_str()};
  CHECK(bench.http("GET", "/api/v2/private/get_open_orders", "", "bearer " + token).status == 200);
  auto client = bench.connect();
  CHECK(code_of(client->call("private/get_open_orders", R"({"access_token":")" + token + "\"}")) == 0);
  CHECK(code_of(client->call("private/get_open_orders", R"({"access_token":"other"})")) == 13009);
}

TEST_CASE_TEMPLATE("the audit log tells what happened, and never a secret", bench_type, socket_bench, memory_bench) {
  bench_type bench;
  {
    auto client = bench.connect();
    client->login();
    client->login("sim-key", "wrong-secret");
    client->call("public/subscribe", R"({"channels":["ticker.BTC-PERPETUAL.100ms"]})");
    client->call("public/set_heartbeat", R"({"interval":10})");
    bench.clock.push(10'700ms);
    client->next_with("test_request");
    client->call("public/test");
    bench.control("POST", "/faults", R"({"type":"close","params":{"code":4001}})");
    CHECK(client->wait_end().code == 4001);
  }
  const std::string log = bench.take_audit();
  for (const auto* kind : {"opened", "authenticated", "subscribed", "heartbeat_set", "heartbeat_asked",
                           "heartbeat_answered", "fault_began", "closed", "stopped"}) {
    CAPTURE(kind);
    CHECK(log.find("\"kind\":\"" + std::string{kind} + "\"") != std::string::npos);
  }
  CHECK(log.find("secret") == std::string::npos);
  CHECK(log.find(R"("code":4001,"reason":"","by":"fault")") != std::string::npos);
  std::istringstream lines{log};
  std::int64_t before = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto value = parse_json(line);
    REQUIRE(value);
    CHECK(value->as_object().at("t_us").as_int64() >= before);
    before = value->as_object().at("t_us").as_int64();
  }
}
