#include "tests/actors/session/reconciliation_steps.hpp"

using namespace cafnode::test;
using namespace std::chrono_literals;

SCENARIO("an order that was only acknowledged is not forgotten because queries lag behind the acknowledgement") {
  order_table orders;
  begin(orders, "taken");
  orders.acknowledged("taken", "1");
  reconciliation round{orders, {}};
  start(round, {});
  const auto by_label = take(round, query_kind::by_label);
  WHEN("nothing is found of it while its request may just have arrived") {
    round.label_answered(by_label, {}, fence_ms);
    CHECK_FALSE(round.running());
    CHECK(orders.doubt_count() == 1);
  }
  WHEN("nothing is found of it later") {
    round.label_answered(by_label, {}, fence_ms + 2000);
    auto by_id = take(round, query_kind::by_id);
    by_id.at_ms = fence_ms + 59'999;
    CHECK_FALSE(round.id_unknown(by_id));
  }
  WHEN("its id is not known a minute later either") {
    round.label_answered(by_label, {}, fence_ms + 2000);
    auto by_id = take(round, query_kind::by_id);
    by_id.at_ms = fence_ms + 60'000;
    CHECK(round.id_unknown(by_id));
    CHECK(orders.live_count() == 0);
  }
}

SCENARIO("an order that is found open is adopted, and nothing more is asked about it") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {}};
  start(round, {report("a", order_state::open), report("somebody-else", order_state::open, 0, "9")});
  CHECK_FALSE(round.running());
  CHECK(round.summary().adopted == 1);
  CHECK(round.summary().foreign == 1);
  CHECK(orders.doubt_count() == 0);
}

SCENARIO("an order that is not open is asked about by its label, and its fills before its end is believed") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {}};
  start(round, {});
  const auto asked = take(round, query_kind::by_label);
  CHECK(asked.label == "a");
  CHECK(asked.instrument == "BTC-PERPETUAL");
  round.label_answered(asked, {report("a", order_state::cancelled, 3, "77")}, 1000);
  const auto fills = take(round, query_kind::fills_of_order);
  CHECK(fills.order_id == "77");
  CHECK(round.running());
  round.fills_answered(fills);
  CHECK_FALSE(round.running());
  CHECK(round.summary().ended == 1);
  CHECK(orders.live_count() == 0);
}

SCENARIO("an order that nobody knows is absent only once its fence and the margin have passed") {
  const reconcile_limits limits{2000ms, 3, {}, 8};
  for (const auto& [now_ms, proven] : {std::pair{fence_ms + 1999, false}, std::pair{fence_ms + 2000, true}}) {
    order_table orders;
    begin(orders, "a");
    reconciliation round{orders, limits};
    start(round, {});
    round.label_answered(take(round, query_kind::by_label), {}, now_ms);
    CHECK(round.summary().absent == (proven ? 1 : 0));
    CHECK(orders.live_count() == (proven ? 0 : 1));
    CHECK(round.next_proof_ms().has_value() != proven);
  }
}

SCENARIO("an order without a fence is never proven absent") {
  order_table orders;
  begin(orders, "unfenced", 0);
  reconciliation round{orders, {}};
  start(round, {});
  round.label_answered(take(round, query_kind::by_label), {}, 1'000'000'000);
  CHECK_FALSE(round.running());
  CHECK(orders.doubt_count() == 1);
  CHECK(round.summary().in_doubt == 1);
}

SCENARIO("an order that the exchange had confirmed and no label finds is asked for by its id") {
  order_table orders;
  begin(orders, "confirmed");
  orders.apply(report("confirmed", order_state::open));
  reconciliation round{orders, {}};
  start(round, {});
  const auto by_label = take(round, query_kind::by_label);

  GIVEN("an answer that may lag behind the order's last news") {
    round.label_answered(by_label, {}, 2000);
    CHECK_FALSE(round.running());
    CHECK(orders.doubt_count() == 1);
  }
  GIVEN("an answer that cannot") {
    round.label_answered(by_label, {}, 2001);
    const auto by_id = take(round, query_kind::by_id);
    CHECK(by_id.order_id == "1");
    WHEN("the exchange knows the id") {
      round.label_answered(by_id, {report("confirmed", order_state::filled, 10)}, 2001);
      CHECK(round.summary().ended == 1);
      CHECK(orders.live_count() == 0);
    }
    WHEN("the exchange says that there is no such order, and its queries may just lag") {
      CHECK_FALSE(round.id_unknown(by_id));
      CHECK(orders.doubt_count() == 1);
      CHECK(round.summary().forgotten == 0);
      CHECK(round.next_proof_ms().has_value());
    }
    WHEN("the exchange says so long after the last news") {
      auto later = by_id;
      later.at_ms = 1 + 60'000;
      CHECK(round.id_unknown(later));
      CHECK(round.summary().forgotten == 1);
      CHECK(orders.live_count() == 0);
      CHECK(orders.ended().back().report.cancel_reason == "unknown to the exchange");
    }
    WHEN("it does not answer") {
      for (int attempt = 0; attempt < 3; ++attempt)
        round.failed(attempt == 0 ? by_id : take(round, query_kind::by_id));
      CHECK_FALSE(round.running());
      CHECK(orders.doubt_count() == 1);
    }
  }
}

SCENARIO("an open order with a label of ours from an earlier run is taken in, and nobody else's is") {
  order_table orders;
  reconciliation round{orders, {2000ms, 3, "alpha.", 8}};
  start(round, {report("alpha.1.2", order_state::open, 0, "7"), report("bravo.1.2", order_state::open, 0, "8"),
                report("", order_state::open, 0, "9")});
  CHECK(round.summary().adopted == 1);
  CHECK(round.summary().foreign == 2);
  REQUIRE(orders.find("alpha.1.2") != nullptr);
  CHECK(orders.find_by_id("7")->certainty == certainty::sure);
}

SCENARIO("a question that fails is asked again, but not for ever, and its order stays in doubt") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {2000ms, 3, {}, 8}};
  start(round, {});
  for (int attempt = 0; attempt < 3; ++attempt)
    round.failed(take(round, query_kind::by_label));
  CHECK_FALSE(round.running());
  CHECK(orders.doubt_count() == 1);
  round.resume();
  round.label_answered(take(round, query_kind::by_label), {report("a", order_state::open)}, 0);
  CHECK(orders.doubt_count() == 0);
}

SCENARIO("a round that begins with all orders ends only once the open ones were listed") {
  order_table orders;
  reconciliation round{orders, {2000ms, 3, "alpha.", 8}};
  round.start();
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto asked = take(round, query_kind::open_orders);
    while (const auto other = round.next())
      round.positions_answered();
    round.failed(asked);
    CHECK(round.is_held_back());
    CHECK(round.running());
    CHECK(!round.next().has_value());
    round.list_again();
  }
  take(round, query_kind::open_orders);
  auto found = report("alpha.1.2", order_state::open);
  round.open_orders_answered({found});
  CHECK_FALSE(round.running());
  CHECK(round.summary().adopted == 1);
  AND_WHEN("a later look fails") {
    round.verify();
    for (int attempt = 0; attempt < 3; ++attempt)
      round.failed(take(round, query_kind::open_orders));
    THEN("it is over: what was listed once is not taken back") {
      CHECK_FALSE(round.running());
    }
  }
}

SCENARIO("an order that is in an answer and cannot be read is not absent") {
  order_table orders;
  begin(orders, "a");
  begin(orders, "b");
  reconciliation round{orders, {}};
  start(round, {});
  const auto first = take(round, query_kind::by_label);
  const auto second = take(round, query_kind::by_label);
  round.label_answered(first, {}, fence_ms + 60'000, 1);
  auto partly = report("", order_state::unknown, 0, "77");
  partly.lacks = cafnode::venues::field_label | cafnode::venues::field_state;
  round.label_answered(second, {partly}, fence_ms + 60'000);
  CHECK_FALSE(round.running());
  CHECK(round.summary().absent == 0);
  CHECK(orders.doubt_count() == 2);
  THEN("what could be read of it is known") {
    REQUIRE(orders.find_by_id("77") != nullptr);
    CHECK(orders.find_by_id("77")->request.label == second.label);
  }
  AND_THEN("one that the exchange has confirmed is not asked for in a circle") {
    round.resume();
    round.label_answered(take(round, query_kind::by_label), {}, fence_ms + 60'000, 1);
    round.label_answered(take(round, query_kind::by_label), {}, fence_ms + 60'000, 1);
    CHECK_FALSE(round.running());
    CHECK(orders.doubt_count() == 2);
  }
}

SCENARIO("no more questions are under way than the limit") {
  order_table orders;
  for (int i = 0; i < 5; ++i)
    begin(orders, "order" + std::to_string(i));
  reconciliation round{orders, {2000ms, 3, {}, 2}};
  start(round, {});
  const auto first = take(round, query_kind::by_label);
  take(round, query_kind::by_label);
  CHECK_FALSE(round.next().has_value());
  round.label_answered(first, {}, 0);
  CHECK(round.next().has_value());
}

SCENARIO("a question that could not be sent comes first the next time") {
  order_table orders;
  reconciliation round{orders, {}};
  round.start();
  round.put_back(take(round, query_kind::open_orders));
  CHECK(round.next()->kind == query_kind::open_orders);
}

SCENARIO("a second look doubts what the exchange has spoken of, and finds what a lagging answer hid") {
  order_table orders;
  begin(orders, "a");
  begin(orders, "fresh");
  reconciliation round{orders, {}};
  start(round, {report("a", order_state::open), report("fresh", order_state::open, 0, "2")});
  REQUIRE_FALSE(round.running());
  round.verify();
  take(round, query_kind::open_orders);
  round.open_orders_answered({report("fresh", order_state::open, 0, "2")});
  const auto asked = take(round, query_kind::by_label);
  CHECK(asked.label == "a");
  round.label_answered(asked, {report("a", order_state::cancelled)}, 0);
  CHECK(orders.find("a") == nullptr);
  CHECK(orders.find("fresh") != nullptr);
}

SCENARIO("two orders under one label: the second is handed out to be cancelled, once") {
  order_table orders;
  begin(orders, "a");
  reconciliation round{orders, {}};
  start(round, {report("a", order_state::open, 0, "1"), report("a", order_state::open, 0, "2")});
  CHECK(round.take_duplicates() == std::vector<std::string>{"2"});
  CHECK(round.take_duplicates().empty());
}
