#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using base::decimal;
using session::outcome;

namespace {

session::place_order wanted(std::int64_t price) {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = decimal::from_raw(10 * decimal::one);
  order.price = decimal::from_raw(price * decimal::one);
  return order;
}

/// The account may have spent everything: what a new process has to reckon with. Orders pass again after a second,
/// four a second.
struct spent_world : test::session_world {
  explicit spent_world(session::session_config config = standard()) : session_world{std::move(config)} {
    go_live();
    context->outside.budget->drain(world.now().steady);
  }
};

} // namespace

SCENARIO("orders that come while the account's budget is spent go out one by one as it comes back, in their order") {
  spent_world world;
  const auto asked_ms = base::to_unix_ms(world.world.now().wall);
  const auto first = world.ask_gate(wanted(1));
  const auto second = world.ask_gate(wanted(2));
  CHECK(world.machine().placed.empty());
  CHECK_FALSE(first->has_value());
  world.world.pass(999ms);
  CHECK(world.machine().placed.empty());
  world.world.pass(2ms);
  REQUIRE(world.machine().placed.size() == 1);
  CHECK(world.machine().placed[0].price == decimal::from_raw(decimal::one));
  CHECK(world.machine().placed[0].valid_until_ms == asked_ms + 5000); // since it was asked for, not since it was sent
  world.world.pass(250ms);
  REQUIRE(world.machine().placed.size() == 2);
  CHECK(world.machine().placed[1].price == decimal::from_raw(2 * decimal::one));
  CHECK_FALSE(second->has_value());
}

SCENARIO("an order that would wait for too long is refused, and was not sent") {
  spent_world world;
  std::vector<std::shared_ptr<std::optional<session::order_outcome>>> answers;
  for (std::int64_t price = 1; price <= 8; ++price)
    answers.push_back(world.ask_gate(wanted(price)));
  world.world.pass(2500ms);
  CHECK(world.machine().placed.size() == 5); // after 1,000, 1,250, 1,500, 1,750 and 2,000 ms
  for (std::size_t i = 5; i < 8; ++i) {
    REQUIRE(answers[i]->has_value());
    CHECK((*answers[i])->outcome == outcome::refused);
    CHECK((*answers[i])->text.find("nothing was sent") != std::string::npos);
  }
  world.world.pass(10s);
  CHECK(world.machine().placed.size() == 5);
}

SCENARIO("an order waits no longer than the one who asked, whoever else waits") {
  spent_world world;
  const auto patient = world.ask_gate(wanted(1));
  auto hurried = wanted(2);
  hurried.waits_at_most = 250ms;
  const auto told = world.ask_gate(hurried);
  world.world.pass(249ms);
  CHECK_FALSE(told->has_value());
  world.world.pass(2ms);
  REQUIRE(told->has_value());
  CHECK((*told)->outcome == outcome::refused);
  world.world.pass(5s);
  REQUIRE(world.machine().placed.size() == 1);
  CHECK(world.machine().placed[0].price == decimal::from_raw(decimal::one));
}

SCENARIO("no order is sent when half of its time is over: the exchange would get to it too late") {
  auto config = test::session_world::standard();
  config.gate.valid_for = 400ms;
  spent_world world{config};
  world.world.pass(850ms);
  const auto in_time = world.ask_gate(wanted(1)); // 150 ms from now
  world.world.pass(200ms);
  CHECK(world.machine().placed.size() == 1);
  const auto late = world.ask_gate(wanted(2)); // 200 ms from now would be on time, and another takes that turn
  const auto later = world.ask_gate(wanted(3));
  world.world.pass(5s);
  CHECK(world.machine().placed.size() == 2);
  CHECK_FALSE(late->has_value());
  REQUIRE(later->has_value());
  CHECK((*later)->outcome == outcome::refused);
}

SCENARIO("an order goes out at once where there is budget, however little patience there is") {
  test::session_world world;
  world.go_live();
  auto hurried = wanted(1);
  hurried.waits_at_most = 0ms;
  CHECK_FALSE(world.ask_gate(hurried)->has_value());
  CHECK(world.machine().placed.size() == 1);
}

SCENARIO("what waits and what is unanswered are together no more than may be in flight") {
  spent_world world;
  const auto most = world.context->config.gate.in_flight_max;
  for (std::size_t i = 0; i < most; ++i)
    CHECK_FALSE(world.ask_gate(wanted(1))->has_value());
  const auto more = world.ask_gate(wanted(1));
  REQUIRE(more->has_value());
  CHECK((*more)->outcome == outcome::refused);
  CHECK((*more)->text.find("too many") != std::string::npos);
}

SCENARIO("an order that waits is refused when its connection goes, and never sent on the next one") {
  spent_world world;
  const auto answer = world.ask_gate(wanted(1));
  WHEN("the link is cut") {
    world.link().peer_closes(net::close_cause::reset);
    world.world.pass(1s);
    world.go_live();
    world.world.pass(5s);
  }
  WHEN("the gate stops") {
    process::ask_to_stop(world.process("order_gate"));
    world.world.run();
  }
  WHEN("the gate is killed") {
    process::kill(world.process("order_gate"));
    world.world.run();
  }
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::refused);
  CHECK(world.machine().placed.empty());
}

SCENARIO("a cancel does not wait behind orders: it has a reserve of its own") {
  test::session_world world;
  world.go_live();
  const auto placed = world.ask_gate(wanted(1));
  const auto label = world.machine().placed.back().label;
  venues::order_report open;
  open.label = label;
  open.order_id = "o1";
  open.state = venues::order_state::open;
  world.peer_says(venues::order_accepted{world.request("place"), open, {}});
  world.context->outside.budget->drain(world.world.now().steady);
  world.world.pass(500ms); // two are there: less than the reserve
  const auto waiting = world.ask_gate(wanted(2));
  CHECK_FALSE(waiting->has_value());
  world.ask_gate(session::cancel_order{label});
  CHECK(world.request("cancel") != 0);
  CHECK(world.machine().placed.size() == 1);
}

SCENARIO("a cancel that finds nothing left of the budget goes out as soon as there is some, before every order") {
  test::session_world world;
  world.go_live();
  world.ask_gate(wanted(1));
  const auto label = world.machine().placed.back().label;
  venues::order_report open;
  open.label = label;
  open.order_id = "o1";
  open.state = venues::order_state::open;
  world.peer_says(venues::order_accepted{world.request("place"), open, {}});
  world.context->outside.budget->drain(world.world.now().steady);
  const auto waiting = world.ask_gate(wanted(2));
  GIVEN("a cancel that came after an order") {
    const auto cancelled = world.ask_gate(session::cancel_order{label});
    CHECK_FALSE(cancelled->has_value());
    CHECK(world.request("cancel") == 0);
    world.world.pass(260ms);
    CHECK(world.request("cancel") != 0);
    CHECK(world.machine().placed.size() == 1);
  }
  GIVEN("one whose sender does not wait") {
    const auto cancelled = world.ask_gate(session::cancel_order{label, 100ms});
    world.world.pass(101ms);
    REQUIRE(cancelled->has_value());
    CHECK((*cancelled)->outcome == outcome::refused);
    world.world.pass(1s);
    CHECK(world.request("cancel") == 0);
  }
  GIVEN("more of them than may be in flight") {
    const auto most = world.context->config.gate.in_flight_max;
    for (std::size_t i = 0; i < most; ++i)
      CHECK_FALSE(world.ask_gate(session::cancel_order{label})->has_value());
    const auto more = world.ask_gate(session::cancel_order{label});
    REQUIRE(more->has_value());
    CHECK((*more)->text.find("too many") != std::string::npos);
  }
}
