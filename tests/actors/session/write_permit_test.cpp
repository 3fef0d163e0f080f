#include "actors/session/exchange_client.hpp"
#include "runtime/process/process_base.hpp"
#include "tests/actors/session/session_world.hpp"

#include <caf/actor_cast.hpp>
#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

void fence(const caf::actor& who) {
  dynamic_cast<process::process_base&>(*caf::actor_cast<caf::abstract_actor*>(who)).fence();
}

} // namespace

SCENARIO("a client that is fenced in the middle of its work writes nothing more, not even what it had begun") {
  test::session_world world;
  world.go_live();
  const auto client = world.process("exchange_client");
  // The link goes with its client: what it took is counted outside.
  const auto& written = world.record->counters.frames_out;
  const auto before = written.load();
  world.machine().before_send = [&] { fence(client); };
  GIVEN("that it was answering a heartbeat by way of its manager") {
    world.link().peer_sends("test_request");
    world.world.run();
    CHECK(written == before);
  }
  GIVEN("that it was sending an order") {
    session::place_order order;
    order.instrument = "BTC-PERPETUAL";
    const auto answer = world.ask_gate(order);
    REQUIRE(world.dials() == 1); // the same link: the replacement comes after a wait
    CHECK(written == before);
  }
}

SCENARIO("a client that was given up leaves the board and its place to its successor") {
  test::session_world world;
  world.go_live();
  // One that never ends by itself stands for a handler that hangs: it ends when the test lets go of it.
  const auto late = world.world.spawn<session::exchange_client>(world.context);
  const auto successor = world.process("exchange_client");
  world.world.run();
  world.context->client = successor;
  const auto phase = world.phase();
  process::kill(late);
  world.world.run();
  CHECK(world.context->client == successor);
  CHECK(world.phase() == phase);
}
