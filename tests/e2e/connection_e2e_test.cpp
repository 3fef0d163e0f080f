#include "tests/e2e/node_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using test::node_world;

SCENARIO("e2e: a connection over TLS is live, and hears its market") {
  const node_world world{{.tls = true, .trust = true, .settings = {}, .change = {}}};
  REQUIRE(world.wait_for_live("alpha"));
  const auto record = world.connection("alpha");
  CHECK(node_world::wait([&] { return record->counters.frames_in > 20; }));
  CHECK(record->counters.protocol_faults == 0);
}

SCENARIO("e2e: a certificate that nobody we trust has signed ends the dial, and nothing else") {
  const node_world world{{.tls = true, .trust = false, .settings = {}, .change = {}}};
  REQUIRE(node_world::wait([&] { return world.view("alpha").closed.cause == "tls_failed"; }));
  CHECK(world.connection("alpha")->counters.lives == 0);
  CHECK(node_world::wait([&] { return world.connection("alpha")->counters.opens >= 3; }));
}

SCENARIO("e2e: a cut connection comes back, whichever way it was cut") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(world.wait_for_live("alpha", 2));
  world.fault(R"({"type":"close","target":"all","params":{"how":"fin"}})");
  REQUIRE(world.wait_for_live("alpha", 3));
  world.fault(R"({"type":"close","target":"all","params":{"code":1011}})");
  REQUIRE(world.wait_for_live("alpha", 4));
}

SCENARIO("e2e: a login that is refused twice is tried again until it is taken") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"refuse_auth","target":"all","count":2})");
  world.fault(R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(world.wait_for_live("alpha", 2));
  CHECK(world.connection("alpha")->counters.opens == 4);
}

SCENARIO("e2e: a connection that is open but silent is found out and replaced") {
  const node_world world{{.tls = false, .trust = true, .settings = {}, .change = [](conf::exchange_config& exchange) {
                            exchange.heartbeat.answer_deadline = 500ms;
                            exchange.heartbeat.silence_limit = 2s;
                          }}};
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"mute","target":"all","for_ms":4000})");
  REQUIRE(node_world::wait([&] { return world.view("alpha").closed.cause == "silent"; }));
  CHECK(world.notices->count(session::kind::silent) >= 1);
  REQUIRE(world.wait_for_live("alpha", 2));
}

SCENARIO("e2e: garbage on the wire is counted, and the connection lives or comes back") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  for (const auto* shape : {"half_frame", "huge", "invalid_utf8", "not_json", "wrong_shape", "deep", "reply_to_nobody",
                            "foreign_subscription", "reserved_bits", "binary"}) {
    CAPTURE(shape);
    const auto lives = world.connection("alpha")->counters.lives.load();
    const auto faults = world.connection("alpha")->counters.protocol_faults.load();
    world.fault(R"({"type":"garble","target":"all","count":1,"params":{"shape":")" + std::string{shape} + R"("}})");
    REQUIRE(node_world::wait([&] {
      const auto record = world.connection("alpha");
      return record->counters.protocol_faults > faults || record->counters.lives > lives;
    }));
    REQUIRE(world.wait_for_live("alpha", lives));
  }
}
