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

session::order_table table_with(const venues::order_report& report) {
  session::order_table table;
  table.adopt(report);
  return table;
}

} // namespace

SCENARIO("a stream is muted when two looks find the same that it has not told") {
  stream_check check;
  auto orders = table_with(order("a"));
  CHECK(check.listed({order("a")}, orders) == stream_verdict::agrees);
  GIVEN("an order that is over") {
    REQUIRE(check.listed({}, orders) == stream_verdict::doubtful);
    CHECK(check.suspect() == "a");
    WHEN("the next look finds the same") {
      CHECK(check.listed({}, orders) == stream_verdict::muted);
    }
    WHEN("the list had lagged") {
      CHECK(check.listed({order("a")}, orders) == stream_verdict::agrees);
    }
    WHEN("the stream has told it in the meantime") {
      orders.apply(order("a", order_state::cancelled, 2000));
      CHECK(check.listed({}, orders) == stream_verdict::agrees);
    }
    WHEN("the stream has told something else in the meantime, the list is looked at once more") {
      auto filled = order("a", order_state::open, 2000);
      filled.filled = venues::decimal::from_raw(5 * venues::decimal::one);
      orders.apply(filled);
      CHECK(check.listed({}, orders) == stream_verdict::doubtful);
    }
    WHEN("a reconciliation came between") {
      check.reset();
      CHECK(check.listed({}, orders) == stream_verdict::doubtful);
    }
  }
  GIVEN("an order that was filled in part") {
    auto filled = order("a", order_state::open, 2000);
    filled.filled = venues::decimal::from_raw(5 * venues::decimal::one);
    CHECK(check.listed({filled}, orders) == stream_verdict::doubtful);
    CHECK(check.listed({filled}, orders) == stream_verdict::muted);
  }
  GIVEN("a list that is older than the stream") {
    auto older = order("a", order_state::open, 500);
    older.amount = venues::decimal::from_raw(20 * venues::decimal::one);
    CHECK(check.listed({older}, orders) == stream_verdict::agrees);
  }
  GIVEN("an order in doubt, of which nothing is known") {
    orders.doubt_all();
    CHECK(check.listed({}, orders) == stream_verdict::agrees);
  }
  GIVEN("orders of others") {
    CHECK(check.listed({order("a"), order("b")}, orders) == stream_verdict::agrees);
  }
}

SCENARIO("a private stream that is muted alone is noticed, and costs the connection only if it stays so") {
  test::session_world world;
  world.go_live({order("alpha.1.1")});
  world.world.pass(2s); // what was adopted is looked at a second time
  world.peer_says(venues::orders_listed{world.request("open_orders"), {order("alpha.1.1")}});
  REQUIRE(world.phase() == phase::live);
  const auto look = [&world](std::vector<venues::order_report> open) {
    const auto before = world.request("open_orders");
    for (int i = 0; i < 60 && world.request("open_orders") == before; ++i) {
      world.world.pass(100ms);
      world.link().peer_sends(world.link().sent.back() == "test" ? "pong" : "tick");
      world.world.run();
    }
    REQUIRE(world.request("open_orders") != before);
    world.peer_says(venues::orders_listed{world.request("open_orders"), std::move(open)});
  };
  GIVEN("a list that agrees") {
    for (int i = 0; i < 3; ++i)
      look({order("alpha.1.1")});
    CHECK(world.notices->count(session::kind::private_stream_silent) == 0);
    CHECK(world.phase() == phase::live);
  }
  GIVEN("an order that was filled in part, and nobody told") {
    auto filled = order("alpha.1.1", order_state::open, 2000);
    filled.filled = venues::decimal::from_raw(5 * venues::decimal::one);
    look({filled});
    CHECK(world.phase() == phase::live);
    look({filled});
    CHECK(world.notices->count(session::kind::private_stream_silent) == 1);
    REQUIRE(world.phase() == phase::reconciling);
    world.answer_reconciliation({filled});
    CHECK(world.phase() == phase::live);
    CHECK(world.context->orders.find("alpha.1.1")->report.filled == filled.filled);
    CHECK(world.dials() == 1);
    WHEN("it goes on like that") {
      auto more = filled;
      more.updated_ms = 3000;
      more.filled = venues::decimal::from_raw(7 * venues::decimal::one);
      look({more});
      look({more});
      CHECK(world.record->view().closed.cause == "private stream silent");
    }
    WHEN("the stream speaks again, and falls silent again, it is asked as the first time") {
      auto more = filled;
      more.updated_ms = 3000;
      more.filled = venues::decimal::from_raw(7 * venues::decimal::one);
      world.peer_says(venues::order_updated{more});
      auto most = more;
      most.updated_ms = 4000;
      most.filled = venues::decimal::from_raw(9 * venues::decimal::one);
      world.world.pass(1s);
      look({most});
      look({most});
      CHECK(world.phase() == phase::reconciling);
      CHECK(world.dials() == 1);
    }
  }
}
