#include "tests/actors/session/reconciliation_steps.hpp"

using namespace cafnode::test;
using namespace std::chrono_literals;

SCENARIO("a round that begins in the middle of another owes nothing to it") {
  order_table orders;
  begin(orders, "a");
  begin(orders, "b");
  reconciliation round{orders, {2000ms, 3, "alpha.", 2}};
  start(round, {report("alpha.1.1", order_state::open, 0, "7"), report("bravo.1.1", order_state::open, 0, "8")});
  CHECK(round.summary().in_doubt == 2);
  take(round, query_kind::by_label); // has no answer yet; the other one waits
  round.failed(take(round, query_kind::by_label));
  round.start();
  CHECK(round.summary().adopted == 0);
  CHECK(round.summary().foreign == 0);
  take(round, query_kind::open_orders);
  take(round, query_kind::positions);
  round.positions_answered();
  CHECK_FALSE(round.next().has_value());
  round.open_orders_answered({});
  THEN("each question has all its attempts again") {
    for (int attempt = 0; attempt < 9; ++attempt)
      round.failed(take(round, query_kind::by_label)); // three orders, three times each
    CHECK_FALSE(round.running());
  }
}

SCENARIO("a question that was given up is asked three times again in the next round") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {2000ms, 3, {}, 8}};
  start(round, {});
  for (int rounds = 0; rounds < 2; ++rounds) {
    for (int attempt = 0; attempt < 3; ++attempt)
      round.failed(take(round, query_kind::by_label));
    REQUIRE_FALSE(round.running());
    round.resume();
  }
  CHECK(round.running());
}

SCENARIO("a question that could not be sent takes no place among those that were") {
  order_table orders;
  reconciliation round{orders, {2000ms, 3, {}, 1}};
  round.start();
  for (int attempt = 0; attempt < 3; ++attempt)
    round.put_back(take(round, query_kind::open_orders));
  take(round, query_kind::open_orders);
  CHECK_FALSE(round.next().has_value());
}

SCENARIO("an order that the stream ended while it was asked about is not counted as never placed") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {}};
  start(round, {});
  const auto asked = take(round, query_kind::by_label);
  orders.apply(report("a", order_state::filled, 10));
  round.label_answered(asked, {}, fence_ms + 60'000);
  CHECK(round.summary().absent == 0);
  CHECK_FALSE(round.running());
  REQUIRE(orders.ended().size() == 1);
  CHECK(orders.ended().front().report.state == order_state::filled);
}

SCENARIO("an order that the stream spoke of while its id was asked for is not forgotten") {
  order_table orders;
  begin(orders, "a");
  orders.apply(report("a", order_state::open));
  reconciliation round{orders, {}};
  start(round, {});
  round.label_answered(take(round, query_kind::by_label), {}, 1 + 60'000);
  const auto by_id = take(round, query_kind::by_id);
  WHEN("it is open") {
    auto news = report("a", order_state::open, 4);
    news.updated_ms = 2;
    orders.apply(news);
    CHECK_FALSE(round.id_unknown(by_id));
    CHECK(orders.live_count() == 1);
  }
  WHEN("it is over") {
    orders.apply(report("a", order_state::filled, 10));
    CHECK_FALSE(round.id_unknown(by_id));
    CHECK(orders.ended().back().report.state == order_state::filled);
  }
  CHECK(round.summary().forgotten == 0);
}

SCENARIO("fills are asked for where there were some") {
  order_table orders;
  begin(orders, "none");
  begin(orders, "some");
  reconciliation round{orders, {}};
  start(round, {});
  for (int i = 0; i < 2; ++i) {
    const auto asked = take(round, query_kind::by_label);
    round.label_answered(asked,
                         {report(asked.label, order_state::cancelled, asked.label == "some" ? 3 : 0, asked.label)}, 0);
  }
  const auto fills = take(round, query_kind::fills_of_order);
  CHECK(fills.label == "some");
  CHECK(fills.order_id == "some");
  CHECK_FALSE(round.next().has_value());
  CHECK(round.summary().ended == 2);
  CHECK(round.summary().in_doubt == 0);
}

SCENARIO("an order that is listed as open and partly filled has no fills to ask for yet") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {}};
  start(round, {});
  round.label_answered(take(round, query_kind::by_label), {report("a", order_state::open, 3)}, 0);
  CHECK_FALSE(round.running());
  CHECK(round.summary().adopted == 1);
}

SCENARIO("the next proof is that of the order whose fence stands first") {
  order_table orders;
  CHECK_FALSE(reconciliation(orders, {}).next_proof_ms().has_value());
  begin(orders, "late", fence_ms + 1000);
  begin(orders, "early", fence_ms);
  begin(orders, "unfenced", 0);
  orders.doubt_all();
  CHECK(reconciliation(orders, {}).next_proof_ms() == fence_ms + 2000);
}

SCENARIO("positions and fills that cannot be had are given up after their attempts, and end the round") {
  order_table orders;
  reconciliation round{orders, {2000ms, 3, {}, 8}};
  round.start();
  take(round, query_kind::open_orders);
  for (int attempt = 0; attempt < 3; ++attempt)
    round.failed(take(round, query_kind::positions));
  CHECK(round.running());
  CHECK_FALSE(round.is_held_back());
  round.open_orders_answered({});
  CHECK_FALSE(round.running());
}
