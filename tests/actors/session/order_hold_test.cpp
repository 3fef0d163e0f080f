#include "actors/session/messages.hpp"
#include "runtime/process/tell.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using base::decimal;
using session::outcome;
using venues::order_state;

namespace {

session::place_order wanted() {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = decimal::from_raw(10 * decimal::one);
  order.price = decimal::from_raw(50'000 * decimal::one);
  return order;
}

venues::order_report resting(const std::string& label) {
  venues::order_report said;
  said.label = label;
  said.order_id = "o1";
  said.state = order_state::open;
  said.amount = decimal::from_raw(10 * decimal::one);
  said.updated_ms = 1;
  return said;
}

} // namespace

SCENARIO("no order begins where orders are held; what was there can be changed and cancelled, and the gate shows it") {
  test::session_world world;
  world.go_live();
  static_cast<void>(world.ask_gate(wanted()));
  const auto label = world.machine().placed.back().label;
  world.peer_says(venues::order_accepted{world.request("place"), resting(label), {}});
  world.record->hold_orders(true);
  process::tell_anonymous(world.process("order_gate"), session::orders_held{7});
  world.world.run();
  CHECK(world.record->counters.holds_seen == 7);
  CHECK(world.record->counters.orders_open == 1);
  const auto refused = world.ask_gate(wanted());
  REQUIRE(refused->has_value());
  CHECK((*refused)->outcome == outcome::refused);
  CHECK((*refused)->text.find("is being changed") != std::string::npos);
  CHECK(world.machine().placed.size() == 1);
  const auto cancelled = world.ask_gate(session::cancel_order{label});
  CHECK_FALSE(cancelled->has_value()); // it is under way
  WHEN("the gate is restarted meanwhile") {
    process::kill(world.process("order_gate"));
    world.world.pass(2s);
    world.answer_reconciliation({resting(label)});
    const auto again = world.ask_gate(wanted());
    REQUIRE(again->has_value());
    CHECK((*again)->outcome == outcome::refused);
  }
  WHEN("they may begin again") {
    world.record->hold_orders(false);
    static_cast<void>(world.ask_gate(wanted()));
    CHECK(world.machine().placed.size() == 2);
  }
}
