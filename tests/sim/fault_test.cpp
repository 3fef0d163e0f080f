#include "sim/deribit/rpc_text.hpp"
#include "tests/sim/memory_bench.hpp"
#include "tests/sim/socket_bench.hpp"

#include <boost/json/array.hpp>
#include <doctest/doctest.h>

#include <type_traits>

using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace json = boost::json;

namespace {

std::int64_t code_of(const json::object& answer) {
  const auto* error = answer.if_contains("error");
  return error == nullptr ? 0 : error->as_object().at("code").as_int64();
}

/// One client that is logged in and hears its own orders and a book.
template<class bench_type>
struct stage {
  bench_type bench;
  std::unique_ptr<typename bench_type::client> client = bench.connect();

  stage() {
    client->login();
    client->call("private/subscribe", R"({"channels":["user.orders.any.any.raw","book.X.100ms","platform_state"]})");
    client->next_with("snapshot");
  }

  void fault(std::string_view text) {
    const auto answer = bench.control("POST", "/faults", text);
    CAPTURE(json_text(answer));
    REQUIRE(answer.as_object().contains("hit"));
  }

  void publish_book(std::string data) { bench.market.pending.push_back({"book.X.100ms", "", std::move(data)}); }
};

constexpr std::string_view order = R"({"instrument_name":"BTC-PERPETUAL","amount":10})";

} // namespace

TEST_CASE_TEMPLATE("a connection can be closed by code, by FIN and by RST", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  SUBCASE("code") {
    on.fault(R"({"type":"close","params":{"code":1001,"reason":"bye"}})");
    const auto end = on.client->wait_end();
    CHECK(end.code == 1001);
    CHECK(end.reason == "bye");
  }
  SUBCASE("fin") {
    on.fault(R"({"type":"close","params":{"how":"fin"}})");
    CHECK(on.client->wait_end().code == 1006);
  }
  SUBCASE("rst") {
    on.bench.control("POST", "/kill", R"({"target":"sim-key"})");
    const auto end = on.client->wait_end();
    CHECK(end.code == 1006);
    if (std::is_same_v<bench_type, socket_bench>)
      CHECK(end.reason == "Connection reset by peer");
  }
}

TEST_CASE_TEMPLATE("a fault reaches its target only", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  auto other = on.bench.connect();
  other->login("sim-key-1", "sim-secret-1");
  on.fault(R"({"type":"close","target":"sim-key-1","params":{"code":4001}})");
  CHECK(other->wait_end().code == 4001);
  CHECK(on.client->connected());
  const auto listed = on.bench.control("GET", "/connections").as_array();
  REQUIRE(listed.size() == 1);
  CHECK(json_text(listed[0].as_object().at("peer")) == '"' + on.client->address() + '"');
  CHECK(listed[0].as_object().at("channels").as_array().size() == 3);
}

TEST_CASE_TEMPLATE("a muted connection stays open and says nothing, not even a heartbeat", bench_type, socket_bench,
                   memory_bench) {
  stage<bench_type> on;
  on.client->call("public/set_heartbeat", R"({"interval":10})");
  on.fault(R"({"type":"mute"})");
  on.client->send(R"({"id":5,"method":"public/test"})");
  on.bench.clock.push(40s);
  CHECK_FALSE(on.client->next(120ms));
  CHECK(on.client->connected());
  CHECK(on.bench.control("DELETE", "/faults").as_object().at("ended") == 1);
  CHECK(code_of(on.client->call("public/test")) == 0);
}

TEST_CASE_TEMPLATE("a frozen connection is read again when the fault ends", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"freeze","for_ms":10000})");
  on.client->send(R"({"id":55,"method":"public/test"})");
  CHECK_FALSE(on.client->next(60ms));
  on.bench.clock.push(11s);
  CHECK(on.client->next_with("\"id\":55"));
}

TEST_CASE_TEMPLATE("delayed frames keep their order", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"delay","params":{"ms":60},"for_ms":10})");
  on.publish_book(R"({"n":1})");
  CHECK_FALSE(on.client->next_with("\"n\":1", 20ms));
  on.bench.clock.push(1s);
  on.bench.turn_for(20ms);
  on.publish_book(R"({"n":2})");
  const auto first = on.client->next_with("\"n\":");
  REQUIRE(first);
  CHECK(first->find("\"n\":1") != std::string::npos);
  CHECK(on.client->next_with("\"n\":2"));
}

TEST_CASE_TEMPLATE("a dropped reply comes after the order was carried out", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"drop_acks","count":1})");
  on.client->send(R"({"id":77,"method":"private/buy","params":{"amount":10}})");
  CHECK(on.client->next_with("user.orders"));
  CHECK_FALSE(on.client->next_with("\"id\":77", 50ms));
  CHECK(on.bench.market.orders.size() == 1);
  CHECK(code_of(on.client->call("private/buy", order)) == 0);
}

TEST_CASE_TEMPLATE("an order can be carried out late and never answered", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"execute_late","count":1,"params":{"ms":50}})");
  on.client->send(R"({"id":77,"method":"private/buy","params":{"amount":10}})");
  on.bench.turn_for(20ms);
  CHECK(on.bench.market.orders.empty());
  CHECK(on.bench.turn_until([&on] { return on.bench.market.orders.size() == 1; }));
  CHECK_FALSE(on.client->next_with("\"id\":77", 50ms));
}

TEST_CASE_TEMPLATE("a reply can come twice", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"duplicate_replies","count":1})");
  on.client->send(R"({"id":78,"method":"public/test"})");
  CHECK(on.client->next_with("\"id\":78"));
  CHECK(on.client->next_with("\"id\":78"));
}

TEST_CASE_TEMPLATE("events of one's own can be lost, doubled and delayed while the socket is fine", bench_type,
                   socket_bench, memory_bench) {
  stage<bench_type> on;
  SUBCASE("lost") {
    on.fault(R"({"type":"lose_events","count":1})");
    on.client->call("private/buy", order);
    CHECK_FALSE(on.client->next_with("user.orders", 50ms));
  }
  SUBCASE("doubled") {
    on.fault(R"({"type":"duplicate_events","count":1})");
    on.client->send(R"({"id":1000,"method":"private/buy","params":{"amount":10}})");
    CHECK(on.client->next_with("user.orders"));
    CHECK(on.client->next_with("user.orders"));
  }
  SUBCASE("delayed") {
    on.fault(R"({"type":"delay_events","count":1,"params":{"ms":80}})");
    on.client->call("private/buy", order);
    CHECK_FALSE(on.client->next_with("user.orders", 20ms));
    CHECK(on.client->next_with("user.orders"));
  }
}

TEST_CASE_TEMPLATE("authentication can be refused a number of times", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"refuse_auth","count":2,"params":{"code":13004}})");
  auto client = on.bench.connect();
  constexpr std::string_view keys =
      R"({"grant_type":"client_credentials","client_id":"sim-key","client_secret":"sim-secret"})";
  CHECK(code_of(client->call("public/auth", keys)) == 13004);
  CHECK(code_of(client->call("public/auth", keys)) == 13004);
  CHECK(code_of(client->call("public/auth", keys)) == 0);
}

TEST_CASE_TEMPLATE("an upgrade can be refused", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"refuse_upgrade","count":1,"params":{"status":503}})");
  auto refused = on.bench.connect();
  CHECK_FALSE(refused->connected());
  CHECK(refused->upgrade_status() == 503);
  CHECK(on.bench.connect()->connected());
}

TEST_CASE_TEMPLATE("requests can be limited and rejected without being carried out", bench_type, socket_bench,
                   memory_bench) {
  stage<bench_type> on;
  SUBCASE("limited") {
    on.fault(R"({"type":"rate_limit","count":1})");
    CHECK(code_of(on.client->call("public/test")) == 10028);
    CHECK(on.client->wait_end().code == 1008);
  }
  SUBCASE("rejected") {
    on.fault(R"({"type":"reject_next","count":1,"params":{"code":11094,"message":"internal_server_error"}})");
    CHECK(code_of(on.client->call("public/test")) == 0);
    CHECK(code_of(on.client->call("private/buy", order)) == 11094);
    CHECK(on.bench.market.orders.empty());
    CHECK(code_of(on.client->call("private/buy", order)) == 0);
  }
}

TEST_CASE_TEMPLATE("frames can be garbled in every shape", bench_type, socket_bench, memory_bench) {
  for (const auto* shape : {"invalid_utf8", "reserved_bits", "half_frame"}) {
    CAPTURE(shape);
    stage<bench_type> on;
    on.fault(R"({"type":"garble","params":{"shape":")" + std::string{shape} + "\"}}");
    on.client->wait_end(); // Beast refuses each of them
    CHECK_FALSE(on.client->connected());
  }
  for (const auto* shape : {"not_json", "wrong_shape", "deep", "reply_to_nobody", "foreign_subscription", "binary"}) {
    CAPTURE(shape);
    stage<bench_type> on;
    on.fault(R"({"type":"garble","params":{"shape":")" + std::string{shape} + "\"}}");
    CHECK(on.client->next());
    CHECK(on.client->connected());
  }
  stage<bench_type> on;
  CHECK(on.bench.control("POST", "/faults", R"({"type":"garble","params":{"shape":"nice"}})")
            .as_object()
            .contains("error"));
}

TEST_CASE_TEMPLATE("maintenance and settlement stop what they stop on the exchange", bench_type, socket_bench,
                   memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"maintenance"})");
  CHECK(on.client->next_with(R"("channel":"platform_state","data":{"maintenance":true})"));
  CHECK(code_of(on.client->call("private/buy", order)) == 11051);
  CHECK(code_of(on.client->call("public/test")) == 0);
  on.bench.control("DELETE", "/faults");
  CHECK(on.client->next_with(R"({"maintenance":false})"));
  on.fault(R"({"type":"settlement"})");
  CHECK(code_of(on.client->call("private/buy", order)) == 10041);
  CHECK(code_of(on.client->call("private/get_open_orders")) == 0);
}

TEST_CASE_TEMPLATE("a book change can be skipped", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"gap","count":1})");
  on.publish_book(R"({"n":1})");
  on.publish_book(R"({"n":2})");
  const auto frame = on.client->next_with("\"n\":");
  REQUIRE(frame);
  CHECK(frame->find("\"n\":2") != std::string::npos);
}

TEST_CASE_TEMPLATE("tokens can expire at once and be refreshed", bench_type, socket_bench, memory_bench) {
  bench_type bench;
  auto client = bench.connect();
  const auto login = client->call(
      "public/auth", R"({"grant_type":"client_credentials","client_id":"sim-key","client_secret":"sim-secret"})");
  const std::string refresh{login.at("result").as_object().at("refresh_token").as_string().c_str()};
  bench.control("POST", "/faults", R"({"type":"expire_tokens"})");
  CHECK(code_of(client->call("private/get_open_orders")) == 13009);
  CHECK(code_of(client->call("public/auth", R"({"grant_type":"refresh_token","refresh_token":")" + refresh + "\"}")) ==
        0);
  CHECK(code_of(client->call("private/get_open_orders")) == 0);
}

TEST_CASE_TEMPLATE("test_requests can storm, answers be ignored, heartbeats stop", bench_type, socket_bench,
                   memory_bench) {
  stage<bench_type> on;
  SUBCASE("storm") {
    on.fault(R"({"type":"test_request_storm","count":5})");
    for (int count = 0; count < 5; ++count)
      CHECK(on.client->next_with("test_request"));
  }
  SUBCASE("ignored") {
    on.client->call("public/set_heartbeat", R"({"interval":10})");
    on.fault(R"({"type":"ignore_test"})");
    on.bench.clock.push(10'700ms);
    CHECK(on.client->next_with("test_request"));
    on.client->send(R"({"id":5,"method":"public/test"})");
    on.bench.turn_for(30ms);
    on.bench.clock.push(10'100ms);
    CHECK(on.client->wait_end().code == 4000);
  }
  SUBCASE("stopped") {
    on.client->call("public/set_heartbeat", R"({"interval":10})");
    on.fault(R"({"type":"stop_heartbeats"})");
    on.bench.clock.push(40s);
    CHECK_FALSE(on.client->next(120ms));
    CHECK(on.client->connected());
  }
}

TEST_CASE_TEMPLATE("the exchange's calendar can be wrong", bench_type, socket_bench, memory_bench) {
  stage<bench_type> on;
  on.fault(R"({"type":"clock_offset","params":{"ms":3600000}})");
  const auto time = on.client->call("public/get_time")["result"].as_int64();
  CHECK(time - cafnode::base::to_unix_ms(on.bench.clock.now().wall) > 3'500'000);
}

TEST_CASE_TEMPLATE("a client that does not read is told connection_too_slow and dropped", bench_type, socket_bench,
                   memory_bench) {
  settings rules;
  rules.outbound_queue_limit = 64 * 1024;
  bench_type bench{rules};
  auto client = bench.connect();
  client->call("public/subscribe", R"({"channels":["ticker.X.100ms"]})");
  // More than the kernel's buffers hold is published while nobody turns the client's side of the loop.
  for (int count = 0; count < 400; ++count)
    bench.market.pending.push_back({"ticker.X.100ms", "", '"' + std::string(60'000, 'x') + '"'});
  const auto end = client->wait_end();
  CHECK((end.code == 1008 || end.code == 1006));
}

TEST_CASE_TEMPLATE("the control API explains what is wrong and what there is", bench_type, socket_bench, memory_bench) {
  bench_type bench;
  CHECK(bench.control("GET", "/").as_object().size() > 5);
  CHECK(bench.http("GET", "control:/nothing").status == 404);
  CHECK(bench.http("POST", "control:/faults", "[").status == 400);
  CHECK(bench.http("DELETE", "control:/faults/9").status == 404);
  CHECK(bench.http("POST", "control:/settings", R"({"shuffle_ms":"x"})").status == 400);
  CHECK(bench.control("POST", "/settings", R"({"shuffle_ms":3})").as_object().at("shuffle_ms") == 3);
  CHECK(bench.control("GET", "/accounts").as_array().size() == 5);
  CHECK(bench.control("GET", "/status").as_object().at("connections") == 0);
}
