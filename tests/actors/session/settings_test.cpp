#include "actors/session/messages.hpp"
#include "runtime/process/control.hpp"
#include "runtime/process/tell.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

/// A connection whose configuration says something new.
struct changed_world : test::session_world {
  session::session_settings& now_says() {
    if (!settings)
      settings = session::session_settings{context->config, {{"ticker"}, 1s, 2s}, 2};
    return *settings;
  }

  void tell() {
    process::tell_anonymous(process("exchange_client"), session::settings_changed{});
    world.run();
  }
};

session::place_order some_order() {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = base::decimal::from_raw(10 * base::decimal::one);
  order.price = base::decimal::from_raw(base::decimal::one);
  return order;
}

} // namespace

SCENARIO("a live connection takes over new settings, keeps its link, and shows which it has") {
  changed_world world;
  world.go_live();
  auto& next = world.now_says();
  next.config.gate.in_flight_max = 1;
  next.config.heartbeat.answer_deadline = 250ms;
  next.config.heartbeat.silence_limit = 12s;
  CHECK(world.record->counters.settings == 1);
  world.tell();
  CHECK(world.record->counters.settings == 2);
  CHECK(world.dials() == 1);
  CHECK(world.phase() == session::phase::live);
  REQUIRE(world.machine().changes.size() == 1);
  CHECK(world.machine().changes[0].channels == std::vector<std::string>{"ticker"});
  CHECK(world.machine().changes[0].answer_deadline == 1s);
  THEN("its gate lets through what they say") {
    CHECK_FALSE(world.ask_gate(some_order())->has_value());
    const auto refused = world.ask_gate(some_order());
    REQUIRE(refused->has_value());
    CHECK((*refused)->text.find("too many") != std::string::npos);
  }
  THEN("heartbeats and silences are judged by them") {
    CHECK(world.context->answers.missed(300ms));
    world.link().answers = false;
    world.world.pass(14s);
    CHECK(world.notices->count("silent") + world.notices->count("link_closed") > 0);
  }
}

SCENARIO("a connection that is on its way up takes them over as soon as it can") {
  changed_world world;
  world.now_says();
  WHEN("it dials") {
    world.tell();
    CHECK(world.machine().changes.empty());
    world.go_live();
    REQUIRE(world.machine().changes.size() == 1);
    CHECK(world.machine().changes[0].channels == std::vector<std::string>{"ticker"});
  }
  WHEN("it logs in") {
    world.link().peer_accepts();
    world.world.run();
    world.tell();
    CHECK(world.machine().changes.size() == 1);
  }
  CHECK(world.record->counters.settings == 2);
}

SCENARIO("a connection that was down finds them when it begins") {
  changed_world world;
  world.go_live();
  world.now_says().config.gate.in_flight_max = 1;
  process::kill(world.process("exchange_client"));
  world.world.pass(1s);
  CHECK(world.record->counters.settings == 2);
  CHECK(world.context->config.gate.in_flight_max == 1);
}

SCENARIO("one that is stopping takes nothing over any more") {
  changed_world world;
  world.go_live();
  world.ask_gate(some_order());
  const auto client = world.process("exchange_client");
  process::ask_to_stop(client);
  world.world.run();
  world.now_says();
  process::tell_anonymous(client, session::settings_changed{});
  world.world.run();
  CHECK(world.machine().changes.empty());
}
