#include "sim/deribit/rpc_text.hpp"
#include "tests/sim/memory_bench.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace {

bool log_holds(const memory_bench& bench, std::string_view part) {
  return bench.world.audit().find(part) != std::string::npos;
}

void begin(memory_bench& bench, std::string_view fault) {
  REQUIRE(bench.control("POST", "/faults", fault).as_object().contains("hit"));
}

/// Hears answers over HTTP.
struct caller_of_many final : client_events {
  void on_answer(int status, std::string_view) override { statuses.push_back(status); }

  void on_open() override {}

  void on_text(std::string_view) override {}

  void on_binary() override {}

  void on_end(int, std::string_view) override { ended = true; }

  std::vector<int> statuses;
  bool ended = false;
};

http_call get(std::string_view target) {
  http_call made;
  made.method = "GET";
  made.aim_at(std::string{target});
  made.headers = {{"authorization", "Basic c2ltLWtleTpzaW0tc2VjcmV0"}};
  return made;
}

} // namespace

SCENARIO("a text that is not UTF-8, or beyond all reason, ends the line with the code of a WebSocket") {
  memory_bench bench;
  auto client = bench.connect();
  SUBCASE("not UTF-8") {
    client->send("\xff\xfe");
    CHECK(client->wait_end().code == 1007);
  }
  SUBCASE("beyond a MiB") {
    client->send(std::string(line_limits::skipped_bytes_max + 1, ' '));
    CHECK(client->wait_end().code == 1009);
  }
}

SCENARIO("a client that does not read is told once its queue is full, and is waited for no longer than a second") {
  settings rules;
  rules.outbound_queue_limit = 64 * 1024;
  memory_bench bench{rules};
  auto client = bench.connect();
  client->call("public/subscribe", R"({"channels":["ticker.X.100ms"]})");
  client->line().hold(true);
  for (int count = 0; count < 6; ++count)
    bench.market.pending.push_back({"ticker.X.100ms", "", '"' + std::string(10'000, 'x') + '"'});
  bench.turn_for(100ms);
  CHECK_FALSE(log_holds(bench, "too_slow"));
  bench.market.pending.push_back({"ticker.X.100ms", "", '"' + std::string(10'000, 'x') + '"'});
  bench.turn_for(100ms);
  CHECK(log_holds(bench, R"("kind":"too_slow","connection":1,"queued_bytes":)"));
  bench.turn_for(900ms);
  CHECK_FALSE(log_holds(bench, R"("kind":"closed")"));
  bench.turn_for(200ms);
  CHECK(log_holds(bench, R"("kind":"closed","connection":1,"code":1008,"reason":"connection_too_slow","by":"server")"));
  CHECK(client->connected()); // it has read nothing of it
  client->line().hold(false);
  CHECK(client->wait_end().code == 1008);
}

SCENARIO("a client that leaves the close frame unanswered is ended after a second") {
  memory_bench bench;
  auto client = bench.connect();
  client->line().ignore_close();
  begin(bench, R"({"type":"close","params":{"code":4001}})");
  bench.turn_for(1s);
  CHECK_FALSE(log_holds(bench, R"("kind":"closed")"));
  CHECK(client->wait_end().code == 1006);
  CHECK(log_holds(bench, R"("code":4001,"reason":"","by":"fault")"));
}

SCENARIO("a client can send 4 MiB ahead of an exchange that does not read, not more") {
  memory_bench bench;
  auto client = bench.connect();
  begin(bench, R"({"type":"freeze"})");
  const std::string request(30'000, ' ');
  int sent = 0;
  while (client->line().send(request))
    ++sent;
  CHECK(sent == (4 << 20) / 30'010);
  bench.control("DELETE", "/faults");
  bench.turn_for(1s);
  CHECK(client->line().send(request));
}

SCENARIO("requests over HTTP wait for their turn, 32 of them") {
  settings rules;
  rules.matching_latency_ms = 300;
  rules.credits = false;
  memory_bench bench{rules};
  caller_of_many heard;
  const auto line = bench.world.connect(heard);
  line->call(get("/api/v2/private/buy?instrument_name=BTC-PERPETUAL&amount=10"));
  for (int number = 0; number < 32; ++number)
    line->call(get("/api/v2/public/test"));
  SUBCASE("one after the other") {
    bench.turn_for(1s);
    CHECK(heard.statuses.size() == 33);
    CHECK_FALSE(heard.ended);
  }
  SUBCASE("one more ends the line") {
    line->call(get("/api/v2/public/test"));
    bench.turn_for(1s);
    CHECK(heard.statuses.empty());
    CHECK(heard.ended);
  }
}

SCENARIO("a request over HTTP that is too long is refused with 413") {
  memory_bench bench;
  CHECK(bench.http("POST", "/api/v2/public/test", std::string(33'000, ' ')).status == 413);
}

SCENARIO("an upgrade can be ignored") {
  memory_bench bench;
  begin(bench, R"({"type":"ignore_upgrade","count":1})");
  const auto ignored = bench.connect();
  CHECK_FALSE(ignored->connected());
  CHECK(ignored->upgrade_status() == 0);
  CHECK(bench.connect()->connected());
}

SCENARIO("a line that says nothing at all is ended after ten seconds") {
  memory_bench bench;
  caller_of_many heard;
  const auto line = bench.world.connect(heard);
  bench.turn_for(10s);
  CHECK_FALSE(heard.ended);
  bench.turn_for(200ms);
  CHECK(heard.ended);
}

SCENARIO("behind half a frame nothing is understood any more") {
  memory_bench bench;
  auto client = bench.connect();
  begin(bench, R"({"type":"garble","params":{"shape":"half_frame","then":"stay"}})");
  client->send(R"({"id":5,"method":"public/test"})");
  CHECK_FALSE(client->next(5s));
  CHECK(client->connected());
}

SCENARIO("what is under way comes before an end, and is lost in a reset") {
  memory_bench bench;
  auto client = bench.connect();
  client->call("public/subscribe", R"({"channels":["ticker.X.100ms"]})");
  bench.market.pending.push_back({"ticker.X.100ms", "", "1"});
  bench.turn_for(5ms); // published
  SUBCASE("an end") {
    begin(bench, R"({"type":"close","params":{"how":"fin"}})");
    CHECK(client->next_with("ticker.X"));
    CHECK(client->wait_end().code == 1006);
  }
  SUBCASE("a reset") {
    begin(bench, R"({"type":"close","params":{"how":"rst"}})");
    CHECK_FALSE(client->next_with("ticker.X"));
    CHECK(client->wait_end().code == 1006);
  }
}
