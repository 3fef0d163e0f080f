// What the board counts, as metrics.
#include "control/telemetry/board_metrics.hpp"
#include "runtime/observe/metric_names.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

conf::node_config with(const std::vector<std::string>& names) {
  auto config = conf::built_in_config();
  auto& entries = config.exchanges.at(0).connections;
  entries.resize(1);
  const auto pattern = entries.at(0);
  entries.clear();
  for (const auto& name : names) {
    entries.push_back(pattern);
    entries.back().name = name;
  }
  return config;
}

struct board_rig {
  explicit board_rig(const std::vector<std::string>& names) {
    control::add_board_metrics(metrics, board, clock, with(names));
  }

  void push(const std::vector<std::string>& names) { control::renew_board_metrics(metrics, board, clock, with(names)); }

  [[nodiscard]] bool shows(const std::string& line) const {
    return ("\n" + metrics.render()).find("\n" + line + "\n") != std::string::npos;
  }

  [[nodiscard]] bool names(const std::string& connection) const {
    return metrics.render().find("connection=\"" + connection + "\"") != std::string::npos;
  }

  session::connection_record& open(const std::string& name) {
    return *board->open(name, "deribit", "tokyo/deribit/" + name);
  }

  test::hand_clock clock;
  std::shared_ptr<session::board> board = std::make_shared<session::board>();
  observe::registry metrics;
};

} // namespace

SCENARIO("each connection has series of its own, and its exchange the sums of all") {
  board_rig rig{{"alpha", "bravo"}};
  rig.open("alpha").set_phase(session::phase::live, rig.clock.at, "");
  rig.open("alpha").counters.frames_in = 5;
  rig.open("bravo").counters.frames_in = 2;
  CHECK(rig.shows(R"(caf_node_connection_up{exchange="deribit",connection="alpha"} 1)"));
  CHECK(rig.shows(R"(caf_node_connection_up{exchange="deribit",connection="bravo"} 0)"));
  CHECK(rig.shows(R"(caf_node_frames_total{exchange="deribit",direction="in"} 7)"));
  CHECK(rig.shows(R"(caf_node_connections{exchange="deribit",phase="live"} 1)"));
  CHECK(rig.shows(R"(caf_node_connections{exchange="deribit",phase="idle"} 1)"));
}

SCENARIO("a connection is silent since its last frame, and only while it is live") {
  board_rig rig{{"alpha"}};
  auto& alpha = rig.open("alpha");
  alpha.counters.last_frame_ns = std::chrono::nanoseconds{rig.clock.at.steady.time_since_epoch()}.count();
  alpha.set_phase(session::phase::live, rig.clock.at, "");
  rig.clock.pass(1500ms);
  CHECK(rig.shows(R"(caf_node_connection_silence_seconds{exchange="deribit",connection="alpha"} 1.5)"));
  alpha.set_phase(session::phase::closed, rig.clock.at, "");
  CHECK(rig.shows(R"(caf_node_connection_silence_seconds{exchange="deribit",connection="alpha"} 0)"));
}

SCENARIO("the series of connections follow the configuration that is pushed") {
  board_rig rig{{"alpha", "bravo"}};
  rig.open("alpha").counters.frames_in = 5;
  rig.metrics.counter_of(observe::metric::order_requests, {"deribit", "place", "done"}).increment();
  REQUIRE(rig.names("bravo"));
  rig.push({"alpha", "charlie"});
  THEN("who is new has series, who is gone has none, who stays goes on counting") {
    CHECK(rig.names("charlie"));
    CHECK_FALSE(rig.names("bravo"));
    CHECK(rig.shows(R"(caf_node_frames_total{exchange="deribit",direction="in"} 5)"));
  }
  THEN("what was counted rather than read is not forgotten") {
    CHECK(rig.shows(R"(caf_node_order_requests_total{exchange="deribit",kind="place",outcome="done"} 1)"));
  }
  WHEN("that is undone") {
    rig.push({"alpha", "bravo"});
    CHECK(rig.names("bravo"));
    CHECK_FALSE(rig.names("charlie"));
  }
}

SCENARIO("so many connections, and no more, have series of their own, however often a configuration is pushed") {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < control::own_series_max + 2; ++number)
    names.push_back("c" + std::to_string(number));
  board_rig rig{names};
  for (int again = 0; again < 3; ++again)
    rig.push(names);
  CHECK(rig.names("c" + std::to_string(control::own_series_max - 1)));
  CHECK_FALSE(rig.names("c" + std::to_string(control::own_series_max)));
}
