#include "sim/gateway/rpc_text.hpp"
#include "tests/sim/gateway/test_client.hpp"

#include <doctest/doctest.h>

using namespace cafnode::sim;
using namespace std::chrono_literals;

TEST_CASE("a client logs in, sets heartbeats, subscribes and hears a ticker") {
  gateway_bench bench;
  auto client = bench.connect();
  REQUIRE(client->connected());
  CHECK(client->call("public/test")["result"].as_object()["version"] == "1.2.26");
  const auto login = client->call(
      "public/auth", R"({"grant_type":"client_credentials","client_id":"sim-key","client_secret":"sim-secret"})");
  CHECK(login.at("result").as_object().at("expires_in") == 900);
  CHECK(client->call("public/set_heartbeat", R"({"interval":10})")["result"] == "ok");
  const auto listed = client->call("public/subscribe", R"({"channels":["ticker.BTC-PERPETUAL.100ms","bogus"]})");
  CHECK(listed.at("result").as_array().size() == 1);
  bench.market.pending.push_back({"ticker.BTC-PERPETUAL.100ms", "", R"({"last_price":5.0e4})"});
  const auto frame = client->next_with("ticker.BTC");
  REQUIRE(frame);
  CHECK(
      *frame ==
      R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"last_price":5.0e4}}})");
}
