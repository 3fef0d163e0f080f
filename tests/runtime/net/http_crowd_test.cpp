#include "runtime/net/http_client.hpp"
#include "runtime/net/http_crowd.hpp"
#include "tests/support/net_served.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;
using net::http_doing;

namespace {

using clients = std::vector<std::unique_ptr<net_raw_client>>;

constexpr std::string_view livez = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr std::string_view slow = "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Answers all but /slow, whose replies it keeps; each is told to the test.
struct keeper {
  net::http_handler handler() {
    return [this](const net::http_request& request, std::shared_ptr<net::http_reply> reply) {
      if (request.path != "/slow")
        return reply->send({200, "text/plain", "well"});
      kept.push_back(std::move(reply));
      if (kept.size() == wanted)
        full.set_value();
    };
  }

  std::size_t wanted = 0;
  std::promise<void> full;
  std::vector<std::shared_ptr<net::http_reply>> kept;
};

net::http_server_options small(std::size_t places, std::size_t urgent) {
  net::http_server_options options;
  options.connections_max = places;
  options.urgent_max = urgent;
  options.is_urgent = [](std::string_view path) { return path == "/livez"; };
  return options;
}

clients crowd(std::uint16_t port, std::size_t count, std::string_view says) {
  clients out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(std::make_unique<net_raw_client>(port));
    out.back()->write(says);
  }
  return out;
}

bool is_well(std::uint16_t port) {
  const auto begun = std::chrono::steady_clock::now();
  const net_raw_client probe{port};
  probe.write(livez);
  const bool well = probe.read_to_end().find("well") != std::string::npos;
  return well && std::chrono::steady_clock::now() - begun < 1s;
}

} // namespace

SCENARIO("who waits for nothing of ours gives way first, the longest idle before the others") {
  using clock = std::chrono::steady_clock;
  const clock::time_point early{}, late{1s};
  CHECK(net::gives_way_before({http_doing::idle, late}, {http_doing::asking, early}));
  CHECK(net::gives_way_before({http_doing::asking, late}, {http_doing::reading, early}));
  CHECK(net::gives_way_before({http_doing::idle, early}, {http_doing::idle, late}));
  CHECK(net::gives_way_before({http_doing::idle, early}, {http_doing::leaving, late}));
  CHECK_FALSE(net::gives_way_before({http_doing::idle, late}, {http_doing::leaving, early}));
  CHECK(net::gives_way_before({http_doing::queued, early}, {http_doing::asking, late}));
  CHECK(net::gives_way_before({http_doing::asking, early}, {http_doing::queued, late}));
  CHECK(net::gives_way_before({http_doing::queued, late}, {http_doing::reading, early}));
  CHECK(net::may_give_way({http_doing::queued, early}));
  CHECK_FALSE(net::may_give_way({http_doing::waiting, early}));
  CHECK_FALSE(net::may_give_way({http_doing::following, early}));
}

SCENARIO("clients that send many requests at once are served after those that ask one thing") {
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const net::http_handler busy = [](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    // As long as it takes to write down all metrics of a large node.
    const auto over = std::chrono::steady_clock::now() + (request.path == "/livez" ? 0us : 500us);
    while (std::chrono::steady_clock::now() < over)
      continue;
    reply->send({200, "text/plain", "well"});
  };
  const net_served server{busy, small(256, 8)};
  const auto flood = crowd(server.port, 300, many); // half a minute of work
  for (int i = 0; i < 5; ++i)
    CHECK(is_well(server.port));
}

SCENARIO("a crowd that comes and goes, and leaves much work behind each time, does not keep health waiting") {
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::atomic<int> worked{0};
  const net::http_handler busy = [&](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    const auto over = std::chrono::steady_clock::now() + (request.path == "/livez" ? 0us : 500us);
    while (std::chrono::steady_clock::now() < over)
      continue;
    worked += request.path == "/livez" ? 0 : 1;
    reply->send({200, "text/plain", "well"});
  };
  const net_served server{busy, small(256, 8)};
  std::atomic<bool> over{false};
  std::atomic<int> came{0};
  std::thread flood{[&] {
    std::deque<std::unique_ptr<net_raw_client>> there;
    while (!over) {
      there.push_back(std::make_unique<net_raw_client>(server.port));
      there.back()->write(many);
      ++came;
      if (there.size() > 300)
        there.pop_front();
    }
  }};
  while (came < 1'000)
    std::this_thread::yield();
  for (int i = 0; i < 10; ++i)
    CHECK(is_well(server.port));
  over = true;
  flood.join();
  CHECK(worked > 0);
}

SCENARIO("clients that say nothing, or never finish, keep nobody out") {
  for (const std::string_view says : {"", "GET /livez HTTP/1.1\r\nHost: loc",
                                      "POST /x HTTP/1.1\r\nHost: localhost\r\n"
                                      "Content-Length: 10\r\n\r\nhalf"}) {
    CAPTURE(says);
    keeper answers;
    const net_served server{answers.handler(), small(8, 0)};
    const auto held = crowd(server.port, 30, says);
    for (int i = 0; i < 20; ++i)
      CHECK(is_well(server.port));
  }
}

SCENARIO("of two who come at once to a house full of half requests none costs the other its answer") {
  keeper answers;
  const net_served server{answers.handler(), small(8, 0)};
  for (int round = 0; round < 50; ++round) {
    const auto held = crowd(server.port, 8, "GET /livez HTTP/1.1\r\nHost: loc");
    const auto both = crowd(server.port, 2, livez);
    for (const auto& each : both)
      CHECK(each->read_to_end().find("well") != std::string::npos);
  }
}

SCENARIO("nobody works for clients that have left while they waited for their turn") {
  std::promise<void> let_go;
  const auto released = let_go.get_future().share();
  std::atomic<int> worked{0};
  const net::http_handler work = [&](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    if (request.path == "/first")
      released.wait(); // meanwhile everybody else comes, waits and leaves
    else if (request.path != "/last")
      ++worked;
    reply->send({200, "text/plain", "well"});
  };
  const net_served server{work, small(64, 8)};
  const auto first = crowd(server.port, 1, "GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n");
  crowd(server.port, 40, "GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n"); // gone with this line
  const auto last = crowd(server.port, 1, "GET /last HTTP/1.1\r\nHost: localhost\r\n\r\n");
  let_go.set_value();
  CHECK(last[0]->read_until("well").find("200 OK") != std::string::npos);
  CHECK(worked == 0);
}

SCENARIO("the client that has been idle for longest loses its place, and no other") {
  keeper answers;
  const net_served server{answers.handler(), small(2, 0)};
  const auto held = crowd(server.port, 2, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (const auto& each : held)
    CHECK(each->read_until("well").find("200 OK") != std::string::npos);
  CHECK(is_well(server.port));
  CHECK(held[0]->read_to_end().empty());
  held[1]->write(livez);
  CHECK(held[1]->read_to_end().find("well") != std::string::npos);
}

SCENARIO("when every place is at work health is answered still, and the rest is told to come again") {
  keeper answers;
  answers.wanted = 3;
  const net_served server{answers.handler(), small(3, 1)};
  const auto held = crowd(server.port, 3, slow);
  REQUIRE(answers.full.get_future().wait_for(10s) == std::future_status::ready);
  for (int i = 0; i < 10; ++i)
    CHECK(is_well(server.port));
  const net_raw_client other{server.port};
  other.write("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto refused = other.read_to_end();
  CHECK(refused.starts_with("HTTP/1.1 503 "));
  CHECK(refused.find(R"({"error":{"code":"too_many_connections",)") != std::string::npos);
  CHECK(refused.find("Cache-Control: no-store\r\n") != std::string::npos);
  for (const auto& each : answers.kept)
    each->send({200, "text/plain", "late"});
  for (const auto& each : held)
    CHECK(each->read_until("late").find("200 OK") != std::string::npos);
}

SCENARIO("a header that trickles in is cut off by its deadline, however steadily it comes") {
  keeper answers;
  auto options = small(8, 0);
  options.header_timeout = 100ms;
  const net_served server{answers.handler(), options};
  const net_raw_client client{server.port};
  const auto begun = std::chrono::steady_clock::now();
  client.write("GET /livez HTTP/1.1\r\n");
  std::string answer;
  while (answer.empty() && std::chrono::steady_clock::now() - begun < 5s) {
    client.write("X: y\r\n");
    answer = client.read_for(20ms);
  }
  CHECK(answer.starts_with("HTTP/1.1 408 "));
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
}
