#include "actors/session/stream_check.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using session::phase;
using session::stream_check;
using session::stream_verdict;
using venues::order_state;

namespace {

venues::order_report order(std::string label, order_state state = order_state::open, std::int64_t updated_ms = 1000) {
  venues::order_report report;
  report.order_id = "id-" + label;
  report.label = std::move(label);
  report.instrument = "BTC-PERPETUAL";
  report.state = state;
  report.amount = venues::decimal::from_raw(10 * venues::decimal::one);
  report.updated_ms = updated_ms;
  return report;
}

venues::order_report filled_to(std::int64_t amount, std::int64_t updated_ms, std::string label = "a") {
  auto report = order(std::move(label), order_state::open, updated_ms);
  report.filled = venues::decimal::from_raw(amount * venues::decimal::one);
  return report;
}

venues::orders_listed list(std::vector<venues::order_report> open) {
  return {0, std::move(open)};
}

} // namespace

SCENARIO("an order with young news may be missing from a list that lags") {
  stream_check check;
  session::order_table orders;
  orders.adopt(order("a")); // of 1000 ms
  auto young = list({});
  young.exchange_ms = 10'999;
  CHECK(check.listed(young, orders) == stream_verdict::agrees);
  auto old = list({});
  old.exchange_ms = 11'000;
  CHECK(check.listed(old, orders) == stream_verdict::doubtful);
}

SCENARIO("a stream is muted when two looks find the same that it has not told") {
  stream_check check;
  session::order_table orders;
  orders.adopt(order("a"));
  CHECK(check.listed(list({order("a")}), orders) == stream_verdict::agrees);
  const auto filled = filled_to(5, 2000);
  GIVEN("an order that is over") {
    REQUIRE(check.listed(list({}), orders) == stream_verdict::doubtful);
    CHECK(check.suspect() == "a");
    WHEN("the next look finds the same") {
      CHECK(check.listed(list({}), orders) == stream_verdict::muted);
    }
    WHEN("the list had lagged") {
      CHECK(check.listed(list({order("a")}), orders) == stream_verdict::agrees);
    }
    WHEN("the stream has told it in the meantime") {
      orders.apply(order("a", order_state::cancelled, 2000));
      CHECK(check.listed(list({}), orders) == stream_verdict::agrees);
    }
    WHEN("the stream has told something else in the meantime, the list is looked at once more") {
      orders.apply(filled);
      CHECK(check.listed(list({}), orders) == stream_verdict::doubtful);
      CHECK(check.listed(list({}), orders) == stream_verdict::muted);
    }
    WHEN("the stream has told the same anew in the meantime, the list is looked at once more") {
      orders.apply(order("a", order_state::open, 2000));
      CHECK(check.listed(list({}), orders) == stream_verdict::doubtful);
    }
    WHEN("a reconciliation came between") {
      check.reset();
      CHECK(check.listed(list({}), orders) == stream_verdict::doubtful);
    }
  }
  GIVEN("an order that was filled in part") {
    CHECK(check.listed(list({filled}), orders) == stream_verdict::doubtful);
    CHECK(check.listed(list({filled}), orders) == stream_verdict::muted);
  }
}

SCENARIO("a list says nothing against the stream unless it is later, and can be read") {
  stream_check check;
  session::order_table orders;
  orders.adopt(order("a"));
  auto filled = filled_to(5, 2000);
  GIVEN("one that was filled in the millisecond of its last news") {
    filled.updated_ms = 1000;
    CHECK(check.listed(list({filled}), orders) == stream_verdict::doubtful);
  }
  GIVEN("a list that is older than the stream") {
    auto older = order("a", order_state::open, 500);
    older.amount = venues::decimal::from_raw(20 * venues::decimal::one);
    CHECK(check.listed(list({older}), orders) == stream_verdict::agrees);
  }
  GIVEN("a list that words the same news otherwise") {
    auto other = order("a");
    other.price = venues::decimal::from_raw(venues::decimal::one);
    CHECK(check.listed(list({other}), orders) == stream_verdict::agrees);
  }
  GIVEN("a list in which an order could not be read") {
    CHECK(check.listed({0, {}, 0, 1}, orders) == stream_verdict::agrees);
    filled.lacks = venues::field_filled;
    filled.filled = {};
    CHECK(check.listed(list({filled}), orders) == stream_verdict::agrees);
  }
  GIVEN("an order in doubt, of which nothing is known") {
    orders.doubt_all();
    CHECK(check.listed(list({}), orders) == stream_verdict::agrees);
  }
  GIVEN("orders of others") {
    CHECK(check.listed(list({order("a"), order("b")}), orders) == stream_verdict::agrees);
  }
}

namespace {

/// A live connection with one order, and the looks of its gate.
struct watched {
  watched() {
    world.go_live({order("alpha.1.1")});
    verified({order("alpha.1.1")});
    REQUIRE(world.phase() == phase::live);
  }

  /// What was adopted is looked at a second time.
  void verified(const std::vector<venues::order_report>& open) {
    const auto before = world.request("open_orders");
    world.world.pass(2s);
    REQUIRE(world.request("open_orders") != before);
    world.peer_says(venues::orders_listed{world.request("open_orders"), open});
  }

  [[nodiscard]] bool looks_within(base::duration span) {
    const auto before = world.request("open_orders");
    for (base::duration passed{}; passed < span && world.request("open_orders") == before; passed += 100ms)
      world.world.pass(100ms);
    return world.request("open_orders") != before;
  }

  void look(std::vector<venues::order_report> open) {
    REQUIRE(looks_within(6s));
    world.peer_says(venues::orders_listed{world.request("open_orders"), std::move(open)});
  }

  [[nodiscard]] std::size_t told() const { return world.notices->count(session::fact::private_stream_silent::kind); }

  test::session_world world;
};

venues::order_report alpha_filled_to(std::int64_t amount, std::int64_t updated_ms) {
  return filled_to(amount, updated_ms, "alpha.1.1");
}

} // namespace

SCENARIO("a stream that says nothing is looked behind every five seconds, while there is an order it could tell of") {
  watched it;
  GIVEN("a list that agrees") {
    for (int i = 0; i < 3; ++i)
      it.look({order("alpha.1.1")});
    CHECK(it.told() == 0);
    CHECK(it.world.phase() == phase::live);
  }
  GIVEN("a stream that speaks") {
    it.look({order("alpha.1.1")});
    for (int i = 1; i <= 8; ++i) {
      CHECK_FALSE(it.looks_within(2s));
      it.world.peer_says(venues::order_updated{alpha_filled_to(1, 2000 + i)});
    }
  }
  GIVEN("an order that is over") {
    it.world.peer_says(venues::order_updated{order("alpha.1.1", order_state::cancelled, 2000)});
    CHECK_FALSE(it.looks_within(20s));
  }
  GIVEN("a look that has no answer") {
    REQUIRE(it.looks_within(6s));
    CHECK_FALSE(it.looks_within(20s));
  }
  GIVEN("an account whose budget is gone, it waits until half of it is back") {
    it.look({order("alpha.1.1")});
    it.world.context->spending.drain(it.world.world.now().steady);
    CHECK(it.looks_within(6s));
    it.world.peer_says(venues::orders_listed{it.world.request("open_orders"), {order("alpha.1.1")}});
    it.world.world.pass(4s);
    it.world.context->spending.drain(it.world.world.now().steady);
    CHECK_FALSE(it.looks_within(3s));
    CHECK(it.looks_within(4s));
  }
  GIVEN("the look is charged") {
    auto& budget = *it.world.context->outside.budget;
    it.world.world.pass(1s);
    const auto full = budget.credits_left(it.world.world.now().steady);
    REQUIRE(it.looks_within(6s));
    CHECK(budget.credits_left(it.world.world.now().steady) == full - 500);
  }
}

SCENARIO("a private stream that is muted alone is noticed, and costs the connection only if it stays so") {
  watched it;
  auto& world = it.world;
  const auto first = alpha_filled_to(5, 2000);
  it.look({first});
  CHECK(world.phase() == phase::live);
  CHECK(it.told() == 0);
  REQUIRE(it.looks_within(2100ms));
  world.peer_says(venues::orders_listed{world.request("open_orders"), {first}});
  CHECK(it.told() == 1);
  CHECK(world.notices->latest(session::fact::private_stream_silent::kind, "again") == "false");
  REQUIRE(world.phase() == phase::reconciling);
  world.answer_reconciliation({first});
  REQUIRE(world.phase() == phase::live);
  it.verified({first});
  CHECK(world.context->orders.find("alpha.1.1")->report.filled == first.filled);
  CHECK(world.dials() == 1);
  const auto more = alpha_filled_to(7, 3000);
  GIVEN("it goes on like that") {
    it.look({more});
    it.look({more});
    CHECK(world.notices->latest(session::fact::private_stream_silent::kind, "again") == "true");
    CHECK(world.record->view().closed.cause == "private stream silent");
  }
  GIVEN("the stream speaks again, and falls silent again, it is asked as the first time") {
    world.peer_says(venues::order_updated{more});
    const auto most = alpha_filled_to(9, 4000);
    it.world.world.pass(5s); // it has spoken since the last look
    it.look({most});
    it.look({most});
    CHECK(it.told() == 2);
    CHECK(world.phase() == phase::reconciling);
    CHECK(world.dials() == 1);
  }
  GIVEN("it goes on like that, and a reconciliation comes between the looks, both are needed anew") {
    it.look({more});
    process::kill(it.world.process("order_gate"));
    world.world.pass(600ms);
    world.answer_reconciliation({first});
    it.verified({first});
    it.look({more});
    CHECK(it.told() == 1);
  }
}
