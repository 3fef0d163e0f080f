#include "actors/session/messages.hpp"
#include "runtime/process/tell.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using base::decimal;
using session::outcome;
using session::phase;
using venues::disposition;
using venues::order_report;
using venues::order_state;

namespace {

session::place_order wanted() {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = decimal::from_raw(10 * decimal::one);
  order.price = decimal::from_raw(50'000 * decimal::one);
  order.post_only = true;
  return order;
}

order_report report(const std::string& label, order_state state, const std::string& id = "o1") {
  order_report said;
  said.label = label;
  said.order_id = id;
  said.state = state;
  said.amount = decimal::from_raw(10 * decimal::one);
  said.updated_ms = 1;
  return said;
}

/// Places one order that rests, and gives its label.
std::string rest_one(test::session_world& world) {
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  world.peer_says(venues::order_accepted{world.request("place"), report(label, order_state::open), {}});
  REQUIRE(answer->has_value());
  REQUIRE((*answer)->outcome == outcome::done);
  return label;
}

} // namespace

SCENARIO("an order goes out with a label and a fence of its own, and is done by the exchange's word") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  REQUIRE(world.machine().placed.size() == 1);
  const auto& sent = world.machine().placed.front();
  CHECK(sent.label.starts_with("alpha."));
  CHECK(sent.valid_until_ms == base::to_unix_ms(world.world.now().wall) + 5000);
  CHECK(sent.post_only);
  CHECK_FALSE(answer->has_value());
  world.peer_says(venues::order_accepted{world.request("place"), report(sent.label, order_state::open), {}});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::done);
  CHECK((*answer)->order.order_id == "o1");
  CHECK(world.record->counters.orders_open == 1);
}

SCENARIO("nothing is sent before the connection is live") {
  test::session_world world;
  const auto answer = world.ask_gate(wanted());
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::refused);
  CHECK((*answer)->text.find("not live") != std::string::npos);
  CHECK(world.link().sent.empty());
}

SCENARIO("a refusal of the exchange reaches the one who asked, and leaves nothing behind") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  world.peer_says(venues::request_failed{world.request("place"), 10009, disposition::reject, "not_enough_funds"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::refused);
  CHECK((*answer)->code == 10009);
  CHECK(world.context->orders.live_count() == 0);
}

SCENARIO("an order that filled while its answer was lost is done by what the stream has told") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.front().label;
  world.peer_says(venues::order_updated{report(label, order_state::filled)});
  world.peer_says(venues::request_failed{world.request("place"), 0, disposition::unknown, "no answer in time"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::done);
  CHECK((*answer)->order.label == label);
  CHECK((*answer)->order.state == order_state::filled);
}

SCENARIO("no answer is not a rejection: the order is in doubt until the exchange is asked") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.front().label;
  world.peer_says(venues::request_failed{world.request("place"), 0, disposition::unknown, "no answer in time"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK(world.record->counters.orders_in_doubt == 1);
  world.world.pass(1s);
  REQUIRE(world.request("label " + label) != 0);
  GIVEN("that it had been placed") {
    world.peer_says(venues::orders_listed{world.request("label"), {report(label, order_state::open)}});
    CHECK(world.record->counters.orders_in_doubt == 0);
    CHECK(world.record->counters.orders_open == 1);
  }
  GIVEN("that nobody knows it yet") {
    world.peer_says(venues::orders_listed{world.request("label"), {}});
    THEN("it stays in doubt until its fence and the margin have passed, and is absent then") {
      CHECK(world.record->counters.orders_in_doubt == 1);
      world.world.pass(7s);
      const auto fence = base::to_unix_ms(world.world.now().wall);
      AND_WHEN("the exchange's clock has not passed them, whatever ours says") {
        world.peer_says(venues::orders_listed{world.request("label"), {}, fence - 10'000});
        CHECK(world.context->orders.live_count() == 1);
      }
      AND_WHEN("the exchange's clock has") {
        world.peer_says(venues::orders_listed{world.request("label"), {}, fence});
        CHECK(world.context->orders.live_count() == 0);
      }
    }
  }
}

SCENARIO(
    "a connection that is lost with an answer outstanding leaves the order in doubt, and the next one settles it") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.front().label;
  world.link().peer_closes(net::close_cause::reset);
  world.world.run();
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  world.world.pass(1s);
  world.go_live({report(label, order_state::open)});
  CHECK(world.phase() == phase::live);
  CHECK(world.record->counters.orders_open == 1);
  CHECK(world.notices->latest(session::fact::reconciled::kind, "adopted") == "1");
}

SCENARIO("an order that the exchange cancelled while the connection was away is found out by its label") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  world.link().peer_closes(net::close_cause::reset);
  world.world.pass(1s);
  world.go_live();
  CHECK(world.phase() == phase::reconciling);
  auto gone = report(label, order_state::cancelled);
  gone.cancel_reason = "cancel_on_disconnect";
  gone.filled = decimal::from_raw(3 * decimal::one);
  world.peer_says(venues::orders_listed{world.request("label"), {gone}});
  CHECK(world.phase() == phase::reconciling);
  venues::fill_report fill;
  fill.trade_id = "t1";
  fill.label = label;
  world.peer_says(venues::fills_listed{world.request("fills o1"), {fill}, false});
  CHECK(world.phase() == phase::live);
  CHECK(world.context->orders.live_count() == 0);
  CHECK(world.notices->count(session::fact::fill_seen::kind) == 1);
}

SCENARIO("a killed order gate loses no order: the next one asks about everything before the connection is live") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  const auto answer = world.ask_gate(wanted());
  process::kill(world.process("order_gate"));
  world.world.pass(1s);
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK(world.phase() == phase::reconciling);
  CHECK(world.context->orders.doubt_count() == 2);
  world.answer_reconciliation({report(label, order_state::open)});
  CHECK(world.phase() == phase::reconciling);
  world.peer_says(venues::orders_listed{world.request("label"), {}});
  CHECK(world.phase() == phase::live);
  CHECK(world.context->orders.doubt_count() == 1);
}

SCENARIO("news of an order may overtake the answer to its request") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.front().label;
  world.peer_says(venues::order_updated{report(label, order_state::filled)});
  CHECK(world.context->orders.live_count() == 0);
  world.peer_says(venues::order_accepted{world.request("place"), report(label, order_state::open), {}});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::done);
  CHECK(world.context->orders.live_count() == 0);
}

SCENARIO("an order is edited and cancelled by its label or its id") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  const auto edited = world.ask_gate(session::edit_order{label, decimal::from_raw(20 * decimal::one), wanted().price});
  CHECK(world.link().sent.back().starts_with("edit o1"));
  world.peer_says(venues::order_accepted{world.request("edit"), report(label, order_state::open), {}});
  CHECK((*edited)->outcome == outcome::done);
  const auto cancelled = world.ask_gate(session::cancel_order{"o1"});
  world.peer_says(venues::order_accepted{world.request("cancel"), report(label, order_state::cancelled), {}});
  CHECK((*cancelled)->outcome == outcome::done);
  CHECK(world.context->orders.live_count() == 0);
}

SCENARIO("a cancel that lost the race does not end the order by itself: the exchange is asked") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  const auto cancelled = world.ask_gate(session::cancel_order{label});
  world.peer_says(venues::request_failed{world.request("cancel"), 11044, disposition::gone, "not_open_order"});
  CHECK((*cancelled)->outcome == outcome::refused);
  CHECK(world.record->counters.orders_in_doubt == 1);
  world.world.pass(1s);
  world.peer_says(venues::orders_listed{world.request("label"), {report(label, order_state::filled)}});
  CHECK(world.context->orders.live_count() == 0);
}

SCENARIO("the connection is not live before the exchange has listed the open orders") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  process::kill(world.process("order_gate"));
  world.world.pass(1s);
  REQUIRE(world.phase() == phase::reconciling);
  const auto lists = [&] { return world.request("open_orders"); };
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto asked = lists();
    world.peer_says(venues::request_failed{asked, 11051, disposition::pause, "system_maintenance"});
    CHECK(world.phase() == phase::reconciling);
    world.world.pass(11s);
    REQUIRE(lists() != asked);
  }
  CHECK(world.notices->count(session::fact::upkeep_failed::kind) == 8);
}

SCENARIO("an order that was accepted in words that cannot be read is in doubt, can be cancelled, and is asked about") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  auto partly = report("", order_state::unknown);
  partly.lacks = venues::field_label | venues::field_state;
  world.peer_says(venues::order_accepted{world.request("place"), partly, {}});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK((*answer)->order.order_id == "o1");
  CHECK((*answer)->order.label == label);
  CHECK(world.record->counters.orders_in_doubt == 1);
  WHEN("it is cancelled") {
    const auto cancelled = world.ask_gate(session::cancel_order{label});
    REQUIRE(world.request("cancel o1") != 0);
    world.peer_says(venues::order_accepted{world.request("cancel"), report(label, order_state::cancelled), {}});
    CHECK((*cancelled)->outcome == outcome::done);
    CHECK(world.context->orders.live_count() == 0);
  }
  WHEN("the exchange is asked") {
    world.world.pass(1s);
    REQUIRE(world.request("label " + label) != 0);
    THEN("an answer that cannot be read either leaves it in doubt") {
      world.peer_says(venues::orders_listed{world.request("label"), {}, 9'000'000'000'000, 1});
      CHECK(world.record->counters.orders_in_doubt == 1);
    }
    THEN("one that can ends the doubt") {
      world.peer_says(venues::orders_listed{world.request("label"), {report(label, order_state::open)}});
      CHECK(world.record->counters.orders_in_doubt == 0);
      CHECK(world.record->counters.orders_open == 1);
    }
  }
}

SCENARIO("orders that nobody can name are refused with a sentence") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(session::cancel_order{"nobody"});
  CHECK((*answer)->outcome == outcome::refused);
  CHECK((*answer)->text.find("nobody") != std::string::npos);
}

SCENARIO("what was adopted is looked at once more, since the exchange's first answer may lag behind its book") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  world.link().peer_closes(net::close_cause::reset);
  world.world.pass(1s);
  world.go_live({report(label, order_state::open)});
  REQUIRE(world.phase() == phase::live);
  world.world.pass(world.context->config.reconcile.absence_margin);
  world.peer_says(venues::orders_listed{world.request("open_orders"), {}});
  world.peer_says(venues::orders_listed{world.request("label"), {report(label, order_state::cancelled)}});
  CHECK(world.context->orders.live_count() == 0);
  CHECK(world.phase() == phase::live);
}

SCENARIO("an order that the exchange acknowledged and no longer knows is over by its word, and an alarm is told") {
  test::session_world world;
  world.go_live();
  const auto label = rest_one(world);
  world.link().peer_closes(net::close_cause::reset);
  world.world.pass(1s);
  world.go_live();
  world.peer_says(venues::orders_listed{world.request("label"), {}, 1'000'000});
  REQUIRE(world.request("order o1") != 0);
  world.peer_says(venues::request_failed{world.request("order"), 10004, disposition::gone, "order_not_found"});
  CHECK(world.phase() == phase::live);
  CHECK(world.context->orders.live_count() == 0);
  CHECK(world.notices->latest(session::fact::order_in_doubt::kind, "order_id") == "o1");
  CHECK(world.notices->latest(session::fact::reconciled::kind, "forgotten") == "1");
}

SCENARIO("orders that an earlier run of the connection left at the exchange are known again") {
  test::session_world world;
  world.go_live({report("alpha.earlier.1", order_state::open, "o9"), report("other.1.1", order_state::open, "o10")});
  CHECK(world.phase() == phase::live);
  CHECK(world.record->counters.orders_open == 1);
  const auto cancelled = world.ask_gate(session::cancel_order{"alpha.earlier.1"});
  CHECK(world.link().sent.back().starts_with("cancel o9"));
}

SCENARIO(
    "an order that an earlier run sent, and that reached the book after our list, is known when the stream names it") {
  test::session_world world;
  world.go_live();
  const auto news = [&](std::string label) {
    world.peer_says(venues::order_updated{report(std::move(label), order_state::open, "o9")});
  };
  news("alphabet.1.1");
  news("other.1.1");
  CHECK(world.record->counters.orders_open == 0);
  news("alpha.earlier.1");
  CHECK(world.record->counters.orders_open == 1);
  CHECK(world.notices->latest(session::fact::order_changed::kind, "label") == "alpha.earlier.1");
  world.ask_gate(session::cancel_order{"o9"});
  CHECK(world.link().sent.back().starts_with("cancel o9"));
}

SCENARIO("what an earlier run asked of an order holds for its edits, too") {
  test::session_world world;
  auto found = report("alpha.earlier.1", order_state::open, "o9");
  found.post_only = found.reduce_only = true;
  world.go_live({found});
  const auto* known = world.context->orders.find("alpha.earlier.1");
  REQUIRE(known != nullptr);
  CHECK(known->request.post_only);
  CHECK(known->request.reduce_only);
}

SCENARIO("an error behind the exchange's own report of an order does not end it") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  world.peer_says(venues::order_updated{report(label, order_state::open, "o1")});
  world.peer_says(venues::request_failed{world.request("place"), 10009, disposition::reject, "not_enough_funds"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK((*answer)->order.label == label);
  CHECK(world.context->orders.live_count() == 1);
  CHECK(world.context->orders.doubt_count() == 1);
}

SCENARIO("a gate that ends tells what is known of an order whose answer it awaited, if the stream ended it, too") {
  test::session_world world;
  world.go_live();
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  auto filled = report(label, order_state::filled, "o1");
  filled.filled = filled.amount;
  world.peer_says(venues::order_updated{filled});
  process::kill(world.process("order_gate"));
  world.world.run();
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK((*answer)->order.label == label);
  CHECK((*answer)->order.state == order_state::filled);
}
