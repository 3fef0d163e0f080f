#include "chaos/world/memory_link.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace cafnode;
using namespace cafnode::chaos;
using namespace std::chrono_literals;

namespace {

class listener final : public net::ws_link_handler {
public:
  void on_link_open() override { opened = true; }

  void on_link_frame() override { frames.emplace_back(link->frame()); }

  void on_link_closed(const net::close_info& info) override { closed = info; }

  net::ws_link* link = nullptr;
  bool opened = false;
  std::vector<std::string> frames;
  std::optional<net::close_info> closed;
};

struct rig {
  rig() {
    sim::virtual_options options;
    exchange.emplace(options);
    time.emplace(exchange->now());
    make({});
  }

  void make(net::link_limits limits) {
    net::dial_options options;
    options.host = "ex.test";
    link = std::make_unique<memory_link>(*exchange, *time, weather, options, limits, heard);
    heard.link = link.get();
  }

  void pass(base::duration span) {
    const auto end = time->now().steady + span;
    for (auto due = next(); due <= end; due = next())
      step(due);
    step(end);
  }

  [[nodiscard]] base::time_point next() const { return std::min(exchange->next_due(), time->next_due()); }

  void step(base::time_point at) {
    exchange->turn_to(at);
    time->turn_to(at);
    time->run_due();
  }

  std::optional<sim::virtual_exchange> exchange;
  std::optional<sim::agenda> time;
  link_weather weather;
  listener heard;
  std::unique_ptr<memory_link> link;
};

constexpr std::string_view question = R"({"jsonrpc":"2.0","id":1,"method":"public/test","params":{}})";

} // namespace

SCENARIO("a link opens, delivers a message when it is asked for one, and ends when it is closed") {
  rig one;
  one.link->open();
  CHECK_FALSE(one.heard.opened); // never from inside the call
  one.pass(1s);
  REQUIRE(one.heard.opened);
  CHECK(one.link->send(question));
  one.pass(1s);
  CHECK(one.heard.frames.empty());
  one.link->read_next();
  CHECK(one.heard.frames.empty());
  one.pass(0s);
  REQUIRE(one.heard.frames.size() == 1);
  CHECK(one.heard.frames[0].find("1.2.26") != std::string::npos);
  CHECK(one.link->bytes_received() == one.heard.frames[0].size());
  one.link->close(1000, "");
  CHECK_FALSE(one.link->send(question));
  one.pass(1s);
  REQUIRE(one.heard.closed);
  CHECK(one.heard.closed->cause == net::close_cause::by_us);
}

SCENARIO("what came before a cut is still read, and then the cut is told") {
  rig one;
  one.link->open();
  one.pass(1s);
  CHECK(one.link->send(question));
  one.pass(1s);
  one.link->cut();
  one.pass(1s);
  CHECK_FALSE(one.heard.closed);
  one.link->read_next();
  one.pass(1s);
  CHECK(one.heard.frames.size() == 1);
  one.link->read_next();
  one.pass(1s);
  REQUIRE(one.heard.closed);
  CHECK(one.heard.closed->cause == net::close_cause::reset);
}

SCENARIO("a dial that is refused, swallowed, or answered with an error ends as such") {
  rig one;
  WHEN("nobody listens") {
    one.weather.refuses = true;
    one.link->open();
    one.pass(0s);
    REQUIRE(one.heard.closed);
    CHECK(one.heard.closed->cause == net::close_cause::refused);
  }
  WHEN("nothing comes back") {
    one.weather.hangs = true;
    one.link->open();
    one.pass(9s);
    CHECK_FALSE(one.heard.closed);
    one.pass(1s);
    REQUIRE(one.heard.closed);
    CHECK(one.heard.closed->cause == net::close_cause::timed_out);
  }
  WHEN("the exchange refuses the upgrade") {
    sim::http_call call;
    call.method = "POST";
    call.aim_at("/faults");
    call.headers = {{"host", "localhost"}};
    call.body = R"({"type":"refuse_upgrade","target":"all","params":{"status":503}})";
    CHECK(one.exchange->control(call).status == 200);
    one.link->open();
    one.pass(1s);
    REQUIRE(one.heard.closed);
    CHECK(one.heard.closed->http_status == 503);
  }
}

SCENARIO("a held link carries nothing and nobody hears of it; a full queue ends it") {
  rig one;
  one.make({net::link_limits{}.frame_bytes_max, 1000});
  one.link->open();
  one.pass(1s);
  one.link->read_next();
  one.link->hold(true);
  CHECK(one.link->send(question));
  one.pass(5s);
  CHECK(one.heard.frames.empty());
  WHEN("it goes on") {
    one.link->hold(false);
    one.pass(1s);
    CHECK(one.heard.frames.size() == 1);
  }
  WHEN("more is sent than it may keep") {
    while (!one.heard.closed && one.link->send(question))
      one.pass(1ms);
    one.pass(1ms);
    REQUIRE(one.heard.closed);
    CHECK(one.heard.closed->cause == net::close_cause::queue_full);
  }
}

SCENARIO("a link that is gone is called by nobody, whatever was due") {
  rig one;
  one.link->open();
  one.pass(1s);
  CHECK(one.link->send(question));
  one.link->read_next();
  one.link.reset();
  one.pass(20s);
  CHECK(one.heard.frames.empty());
  CHECK_FALSE(one.heard.closed);
}
