#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

#include <array>

// Which of the three processes of a connection begins first is nobody's promise: each of these holds for any order.
using namespace cafnode;
using namespace std::chrono_literals;
using session::phase;

namespace {

constexpr std::uint64_t seeds = 60;

/// Plays the peer of whatever link is up, from where the connection stands to `live`.
void bring_up(test::session_world& world) {
  for (int step = 0; step < 8 && world.phase() != phase::live; ++step) {
    switch (world.phase()) {
    case phase::dialing:
      world.link().peer_accepts();
      break;
    case phase::authenticating:
      world.link().peer_sends("welcome");
      break;
    case phase::subscribing:
      world.link().peer_sends("subscribed");
      break;
    case phase::reconciling:
      if (world.request("positions") == 0)
        return;
      world.answer_reconciliation({});
      break;
    default:
      world.world.pass(1s);
    }
    world.world.run();
  }
}

} // namespace

SCENARIO("whichever process begins first, a connection becomes live, and its heartbeats go through the manager") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    test::session_world world{test::session_world::standard(), seed};
    bring_up(world);
    REQUIRE(world.phase() == phase::live);
    world.link().peer_sends("test_request");
    world.world.run();
    CHECK(world.record->counters.heartbeats_by_client == 0);
    CHECK(world.record->counters.heartbeats_answered == 1);
  }
}

SCENARIO("whichever process is killed, alone or with another, in whatever order they come back, it is live again") {
  constexpr std::array names{"exchange_client", "heartbeat_manager", "order_gate"};
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    test::session_world world{test::session_world::standard(), seed};
    bring_up(world);
    base::rng chance{seed};
    for (int round = 0; round < 2; ++round) {
      const auto first = static_cast<std::size_t>(chance.between(0, 2));
      const auto second = static_cast<std::size_t>(chance.between(0, 2));
      for (const auto which : {first, second})
        if (const auto victim = world.process(names[which]))
          process::kill(victim);
      world.world.pass(2s);
      bring_up(world);
      REQUIRE(world.phase() == phase::live);
      const auto known = session::place_order{};
      const auto asked = world.ask_gate(known);
      REQUIRE(world.request("place") != 0);
      world.peer_says(venues::request_failed{world.request("place"), 10009, venues::disposition::reject, "no funds"});
      CHECK(asked->has_value());
    }
  }
}

SCENARIO("a phase that gets no further ends the connection, and the next one is tried") {
  const session::phase_limits limits;
  auto config = test::session_world::standard();
  config.heartbeat.silence_limit = 10min; // not what is looked at here
  test::session_world world{config};
  GIVEN("a link that never says anything") {
    world.world.pass(limits.dialing);
    CHECK(world.record->view().closed.cause == "overdue");
  }
  GIVEN("a login without an answer") {
    world.link().peer_accepts();
    world.world.run();
    world.world.pass(limits.authenticating);
    CHECK(world.record->view().closed.text.find("authenticating, at toy.test:443 (192.0.2.1)") != std::string::npos);
  }
  GIVEN("subscriptions without an answer") {
    world.link().peer_accepts();
    world.link().peer_sends("welcome");
    world.world.run();
    REQUIRE(world.phase() == phase::subscribing);
    world.world.pass(limits.subscribing);
    CHECK(world.record->view().closed.text.find("subscribing") != std::string::npos);
  }
  world.world.pass(1s);
  CHECK(world.dials() == 2);
}
