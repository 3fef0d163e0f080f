#include "tests/e2e/node_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using namespace std::chrono_literals;
using session::outcome;
using test::node_world;
using venues::order_state;

namespace {

/// The order with this label, as the gate knows it; state unknown when it does not.
session::listed_order find(const node_world& world, const std::string& label) {
  for (const auto& one : world.orders())
    if (one.order.label == label)
      return one;
  return {};
}

} // namespace

SCENARIO("e2e: an order is placed, edited and cancelled through a session") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  const auto placed = world.place(test::resting_buy());
  CAPTURE(placed.text);
  REQUIRE(placed.outcome == outcome::done);
  CHECK(placed.order.state == order_state::open);
  CHECK(placed.order.price.to_string() == "1000");
  const auto label = placed.order.label;

  const auto edited = world.edit(
      {label, base::decimal::from_raw(20 * base::decimal::one), base::decimal::from_raw(1001 * base::decimal::one)});
  CAPTURE(edited.text);
  REQUIRE(edited.outcome == outcome::done);
  CHECK(edited.order.amount.to_string() == "20");
  CHECK(edited.order.order_id == placed.order.order_id);

  const auto cancelled = world.cancel(label);
  REQUIRE(cancelled.outcome == outcome::done);
  CHECK(cancelled.order.state == order_state::cancelled);
  CHECK(find(world, label).order.state == order_state::cancelled);
}

SCENARIO("e2e: the exchange's refusal comes back with its code") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  auto off_tick = test::resting_buy();
  off_tick.price = base::decimal::parse("1000.1").value();
  const auto refused = world.place(off_tick);
  CHECK(refused.outcome == outcome::refused);
  CHECK(refused.code == -32602);
}

SCENARIO("e2e: cancel-on-disconnect cancels what a cut connection carried, and the session finds out") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  const auto label = world.place(test::resting_buy()).order.label;
  world.fault(R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(world.wait_for_live("alpha", 2));
  REQUIRE(node_world::wait([&] { return find(world, label).order.state == order_state::cancelled; }));
  CHECK(find(world, label).order.cancel_reason == "cancel_on_disconnect");
}

SCENARIO("e2e: without cancel-on-disconnect a cut leaves the order, and the session adopts it") {
  const node_world world{{.tls = false, .trust = true, .settings = {}, .change = [](conf::exchange_config& exchange) {
                            exchange.cancel_on_disconnect = false;
                          }}};
  REQUIRE(world.wait_for_live("alpha"));
  const auto label = world.place(test::resting_buy()).order.label;
  world.fault(R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(world.wait_for_live("alpha", 2));
  REQUIRE(node_world::wait([&] { return !find(world, label).in_doubt; }));
  CHECK(find(world, label).order.state == order_state::open);
}

SCENARIO("e2e: an order whose answer was lost is in doubt, found by its label, and never placed twice") {
  const node_world world{{.tls = false, .trust = true, .settings = {}, .change = [](conf::exchange_config& exchange) {
                            exchange.orders.answer_deadline = 500ms;
                            exchange.orders.valid_for = 1s;
                          }}};
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"drop_acks","target":"all","count":1})");
  const auto placed = world.place(test::resting_buy());
  CHECK(placed.outcome == outcome::in_doubt);
  const auto label = placed.order.label;
  REQUIRE(node_world::wait([&] { return !find(world, label).in_doubt; }));
  CHECK(find(world, label).order.state == order_state::open);
  const auto listed = world.orders();
  CHECK(std::count_if(listed.begin(), listed.end(), [&](const auto& one) { return one.order.label == label; }) == 1);
}

SCENARIO("e2e: a cut right after an order was sent leaves it in doubt until the exchange has spoken") {
  const node_world world;
  REQUIRE(world.wait_for_live("alpha"));
  world.fault(R"({"type":"drop_acks","target":"all","count":1})");
  auto cut = std::chrono::steady_clock::now();
  CHECK(world.place(test::resting_buy()).outcome == outcome::in_doubt);
  CHECK(std::chrono::steady_clock::now() - cut < 10s);
  REQUIRE(node_world::wait([&] { return world.connection("alpha")->counters.orders_in_doubt == 0; }));
}
