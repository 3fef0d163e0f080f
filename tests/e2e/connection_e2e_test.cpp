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

SCENARIO("e2e: a login that is refused rests, and is tried at once when its client is restarted by hand") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"refuse_auth","target":"all","count":1})");
  world.fault(R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(node_world::wait([&] {
    const auto view = world.view("alpha");
    return view.phase == session::phase::idle && view.closed.cause == "refused";
  }));
  CHECK(world.notices->count(session::fact::refused::kind) == 1);
  CHECK(world.connection("alpha")->counters.opens == 2);
  CHECK(world.restart({"tokyo/deribit/alpha", "exchange_client", std::nullopt}).has_value());
  REQUIRE(world.wait_for_live("alpha", 2));
  CHECK(world.connection("alpha")->counters.opens == 3);
}

SCENARIO("e2e: a connection that is open but silent is found out and replaced") {
  const node_world world{{.tls = false, .trust = true, .settings = {}, .change = [](conf::exchange_config& exchange) {
                            exchange.heartbeat.answer_deadline = 500ms;
                            exchange.heartbeat.silence_limit = 2s;
                          }}};
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"mute","target":"all","for_ms":4000})");
  REQUIRE(node_world::wait([&] { return world.view("alpha").closed.cause == "silent"; }));
  CHECK(world.notices->count(session::fact::silent::kind) >= 1);
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

SCENARIO("e2e: a child is restarted as planned through its supervisor, and costs nothing of the intensity") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  const std::string gate = "tokyo/deribit/alpha/order_gate";
  const auto done = world.restart({"tokyo/deribit/alpha", "order_gate", std::nullopt});
  REQUIRE(done.has_value());
  CHECK(done.value().code == supervision::answer_code::started);
  CHECK(world.row(gate).incarnation == 2);
  CHECK(world.row(gate).mailbox.has_value());
  CHECK(world.row("tokyo/deribit/alpha").restarts_in_window == 0);
  REQUIRE(world.wait_for_live("alpha", 2));
  CHECK(world.connection("alpha")->counters.opens == 1); // the link stayed
}

SCENARIO("e2e: a whole connection is restarted by the supervisor of its exchange") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  REQUIRE(world.restart({"tokyo/deribit", "alpha", supervision::replacement::stop_first}).has_value());
  CHECK(world.row("tokyo/deribit/alpha").incarnation == 2);
  REQUIRE(world.wait_for_live("alpha", 2));
  CHECK(world.row("tokyo/deribit/alpha/exchange_client").state == supervision::child_state::running);
}

SCENARIO("e2e: a restart of what cannot be restarted says why") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  const auto nobody = world.restart({"tokyo/deribit/alpha", "nobody", std::nullopt});
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.fault().fault == control::action_fault::not_found);
  const auto renewed =
      world.restart({"tokyo/deribit/alpha", "order_gate", supervision::replacement::make_before_break});
  REQUIRE_FALSE(renewed.has_value());
  CHECK(renewed.fault().fault == control::action_fault::refused);
  const auto nowhere = world.restart({"osaka", "alpha", std::nullopt});
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.fault().fault == control::action_fault::unavailable);
}
