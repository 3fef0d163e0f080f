#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using session::phase;

namespace {

/// Streams `gap` apart for `span`.
void stream(test::session_world& world, base::duration gap, base::duration span) {
  for (base::duration passed{}; passed < span; passed += gap) {
    world.world.pass(gap);
    world.link().peer_sends("tick");
    world.world.run();
  }
}

} // namespace

SCENARIO(
    "where data flows, a socket that falls silent is asked at once, and closed and replaced within three seconds") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  world.link().answers = false;
  const auto sent = world.link().sent.size();
  const auto probes = world.record->counters.probes_sent.load();
  world.world.pass(1s);
  REQUIRE(world.link().sent.size() == sent + 1);
  CHECK(world.link().sent.back() == "test");
  CHECK(world.record->counters.probes_sent.load() == probes + 1);
  CHECK(world.phase() == phase::live);
  WHEN("it answers, it lives") {
    world.link().peer_sends("pong");
    world.world.run();
    world.world.pass(1500ms);
    CHECK(world.phase() == phase::live);
  }
  WHEN("it does not") {
    world.world.pass(2s);
    CHECK(world.record->view().closed.cause == "silent");
    CHECK(world.record->view().closed.text.ends_with(" ms, at toy.test:443 (192.0.2.1)"));
    CHECK(world.notices->count(session::fact::silent::kind) == 1);
    world.world.pass(1s);
    CHECK(world.dials() == 2);
  }
}

SCENARIO("a message that takes long to come in, and pings, are signs of life; when they end it is silence") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  world.link().answers = false;
  for (int i = 0; i < 40; ++i) {
    world.world.pass(500ms);
    ++world.link().bytes;
    REQUIRE(world.phase() == phase::live);
  }
  world.world.pass(16s); // without news for so long it is a quiet connection
  CHECK(world.record->view().closed.cause == "silent");
}

SCENARIO("a quiet connection is asked after the exchange's interval, and closed before one and a half of it") {
  test::session_world world;
  world.go_live();
  world.world.pass(1s); // the first question measures the way
  REQUIRE(world.link().sent.back() == "test");
  world.link().answers = false;
  const auto sent = world.link().sent.size();
  world.world.pass(10s);
  CHECK(world.link().sent.size() == sent);
  world.world.pass(2s);
  CHECK(world.link().sent.size() == sent + 1);
  CHECK(world.phase() == phase::live);
  world.world.pass(3s);
  CHECK(world.record->view().closed.cause == "silent");
}

SCENARIO("an early question is paid from what the account can spare") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  world.link().answers = false;
  auto& budget = *world.context->outside.budget;
  const auto now = world.world.now().steady;
  const auto before = budget.credits_left(now);
  const auto probes = world.record->counters.probes_sent.load();
  GIVEN("plenty") {
    world.world.pass(800ms);
    CHECK(world.record->counters.probes_sent.load() == probes + 1);
    CHECK(budget.credits_left(world.world.now().steady) == before - 500);
  }
  GIVEN("an account whose budget is gone") {
    budget.drain(now);
    world.world.pass(1500ms);
    CHECK(world.record->counters.probes_sent.load() == probes);
    THEN("it is asked once half of the budget has come back") {
      world.world.pass(3s);
      CHECK(world.record->counters.probes_sent.load() == probes + 1);
    }
  }
}

SCENARIO("what was learned of a connection survives its heartbeat manager") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  world.link().answers = false;
  process::kill(world.process("heartbeat_manager"));
  world.world.pass(600ms);
  REQUIRE(world.process("heartbeat_manager") != nullptr);
  world.world.pass(2500ms);
  CHECK(world.record->view().closed.cause == "silent");
  CHECK(world.record->counters.heartbeats_missed == 0);
}

SCENARIO("a connection that the exchange ends for a heartbeat has missed one") {
  test::session_world world;
  world.go_live();
  world.link().peer_closes(net::close_cause::by_peer, 4000);
  world.world.run();
  CHECK(world.record->counters.heartbeats_missed == 1);
  CHECK(world.notices->count(session::fact::heartbeat_missed::kind) == 1);
}

SCENARIO("another end has missed none") {
  test::session_world world;
  world.go_live();
  world.link().peer_closes(net::close_cause::by_peer, 1001);
  world.world.run();
  CHECK(world.record->counters.heartbeats_missed == 0);
}

SCENARIO("a stream that has ended while the exchange answers is asked about less and less") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  const auto probes = world.record->counters.probes_sent.load();
  world.world.pass(60s);
  CHECK(world.phase() == phase::live);
  CHECK(world.record->counters.probes_sent.load() - probes >= 7);
  CHECK(world.record->counters.probes_sent.load() - probes <= 9);
}

SCENARIO("the way is measured once, whatever the connection") {
  test::session_world world;
  world.go_live();
  world.world.pass(2s);
  CHECK(world.record->counters.probes_sent.load() == 1);
  world.link().peer_closes(net::close_cause::reset);
  world.world.pass(1s);
  world.go_live();
  world.world.pass(10s);
  CHECK(world.record->counters.probes_sent.load() == 1);
}

SCENARIO("a stop of the whole process ends no connection, and a heartbeat that came in it is missed") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  const auto dials = world.dials();
  GIVEN("one of thirty seconds") {
    world.world.stop_for(30s);
    WHEN("the socket is read first") {
      world.link().peer_sends("test_request");
      world.world.run();
      CHECK(world.record->counters.heartbeats_missed == 1);
    }
    WHEN("the timers are served first") {
      world.world.pass(1ms);
      CHECK(world.record->counters.heartbeats_missed == 0);
      world.link().peer_sends("test_request");
      world.world.run();
      CHECK(world.record->counters.heartbeats_missed == 1);
    }
    CHECK(world.notices->count(session::fact::heartbeat_missed::kind) == 1);
    CHECK(std::stoi(world.notices->latest(session::fact::heartbeat_missed::kind, "late_ms")) > 15'000);
    CHECK(world.record->counters.heartbeats_answered == 1);
    CHECK(world.record->counters.answer_time.count() == 1);
    world.link().peer_closes(net::close_cause::by_peer, 4000);
    world.world.run();
    CHECK(world.record->counters.heartbeats_missed == 1); // it was counted
  }
  GIVEN("one in which the link broke, its question unread") {
    world.world.stop_for(30s);
    world.link().peer_closes(net::close_cause::reset);
    world.world.run();
    CHECK(world.record->counters.heartbeats_missed == 1);
  }
  GIVEN("some of a few seconds") {
    for (const auto span : {300ms, 800ms, 1500ms, 3000ms, 7000ms}) {
      world.world.stop_for(span);
      stream(world, 100ms, 5s);
    }
    CHECK(world.record->counters.heartbeats_missed == 0);
  }
  world.world.pass(100ms);
  CHECK(world.notices->count(session::fact::silent::kind) == 0);
  CHECK(world.dials() - dials <= 1);
}

SCENARIO("the exchange asks for a heartbeat only after a silence of ours") {
  test::session_world world;
  world.go_live();
  world.link().answers = false;
  world.world.pass(1s); // the first question
  REQUIRE(world.link().sent.back() == "test");
  world.world.stop_for(9500ms);
  world.link().peer_closes(net::close_cause::reset);
  world.world.run();
  CHECK(world.record->counters.heartbeats_missed == 0);
}

SCENARIO("a heartbeat that the link does not take is not answered, and missed at the end") {
  test::session_world world;
  world.go_live();
  world.link().takes = false;
  world.link().peer_sends("test_request");
  world.world.pass(3s);
  CHECK(world.record->counters.heartbeats_answered == 0);
  CHECK(world.record->counters.heartbeats_missed == 0);
  GIVEN("a link that ends") {
    world.link().peer_closes(net::close_cause::reset);
    world.world.run();
  }
  GIVEN("a client that ends") {
    process::kill(world.process("exchange_client"));
    world.world.run();
  }
  CHECK(world.record->counters.heartbeats_missed == 1);
}

SCENARIO("a heartbeat manager that is away leaves no absence behind") {
  test::session_world world;
  world.go_live();
  stream(world, 100ms, 20s);
  process::kill(world.process("heartbeat_manager"));
  stream(world, 50ms, 3s);
  CHECK_FALSE(world.context->pulse.away().has_value());
}
