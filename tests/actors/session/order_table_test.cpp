#include "actors/session/order_table.hpp"
#include "tests/actors/session/order_samples.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using cafnode::base::decimal;
using cafnode::test::report;
using cafnode::test::request;
using cafnode::venues::fill_report;
using cafnode::venues::order_report;
using cafnode::venues::order_request;
using cafnode::venues::order_state;

SCENARIO("an order is asked for, known, and over by the exchange's word") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  CHECK(orders.find("a")->certainty == certainty::asked);
  CHECK(orders.apply(report("a", order_state::open, 0, 1)) == report_effect::changed);
  CHECK(orders.find("a")->certainty == certainty::sure);
  CHECK(orders.find_by_id("1") == orders.find("a"));
  CHECK(orders.apply(report("a", order_state::filled, 10, 2)) == report_effect::changed);
  CHECK(orders.find("a") == nullptr);
  REQUIRE(orders.ended().size() == 1);
  CHECK(orders.ended().front().report.state == order_state::filled);
}

SCENARIO("what is over never comes back") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::cancelled, 0, 5));
  CHECK(orders.apply(report("a", order_state::open, 0, 9)) == report_effect::stale);
  CHECK(orders.live_count() == 0);
}

SCENARIO("what was only presumed over comes back when the exchange speaks of it: its queries had lagged") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  GIVEN("an order that was acknowledged, and that no query found") {
    orders.apply(report("a", order_state::open, 0, 5));
    orders.doubt_all();
    orders.forgotten("a");
    REQUIRE(orders.live_count() == 0);
    WHEN("it is told as open") {
      CHECK(orders.apply(report("a", order_state::open, 0, 5)) == report_effect::changed);
      REQUIRE(orders.find("a") != nullptr);
      CHECK(orders.find("a")->certainty == certainty::sure);
      CHECK(orders.find("a")->report.cancel_reason.empty());
      CHECK(orders.ended().empty());
    }
    WHEN("it is told as filled, by its id only") {
      CHECK(orders.apply(report("", order_state::filled, 10, 9)) == report_effect::changed);
      REQUIRE(orders.ended().size() == 1);
      CHECK(orders.ended().front().report.state == order_state::filled);
      CHECK(orders.apply(report("a", order_state::open, 0, 10)) == report_effect::stale); // its own word now
    }
  }
  GIVEN("an order whose request was answered with an error") {
    orders.refused("a");
    REQUIRE(orders.live_count() == 0);
    CHECK(orders.apply(report("a", order_state::open, 0, 5)) == report_effect::changed);
    REQUIRE(orders.find("a") != nullptr);
    CHECK(orders.find("a")->report.state == order_state::open);
  }
  GIVEN("a report that names nobody, while an order without an id was refused") {
    orders.refused("a");
    CHECK(orders.apply(report("", order_state::open, 0, 5, "")) == report_effect::foreign);
    CHECK(orders.live_count() == 0);
  }
  GIVEN("an order that was taken to be never placed") {
    orders.doubt_all();
    orders.absent("a");
    CHECK(orders.apply(report("a", order_state::open, 0, 5)) == report_effect::changed);
    CHECK(orders.live_count() == 1);
  }
}

SCENARIO("news that is older than what is known changes nothing and clears no doubt") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 4, 10));
  CHECK(orders.apply(report("a", order_state::open, 3, 11)) == report_effect::stale);
  CHECK(orders.apply(report("a", order_state::open, 4, 9)) == report_effect::stale);
  CHECK(orders.find("a")->report.filled == decimal::from_raw(4 * decimal::one));
  orders.doubt_all();
  CHECK(orders.apply(report("a", order_state::open, 3, 11)) == report_effect::stale);
  CHECK(orders.doubt_count() == 1);
}

SCENARIO("an order in doubt is live until the exchange speaks or its absence is proven") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  REQUIRE(orders.begin(request("b")));
  orders.doubt_all();
  CHECK(orders.live_count() == 2);
  CHECK(orders.in_doubt().size() == 2);
  CHECK(orders.apply(report("a", order_state::open, 0, 1)) == report_effect::changed);
  orders.absent("b");
  CHECK(orders.doubt_count() == 0);
  CHECK(orders.live_count() == 1);
}

SCENARIO("a second order under one label is a duplicate, and the first stays") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 0, 1, "1"));
  CHECK(orders.apply(report("a", order_state::open, 0, 2, "2")) == report_effect::duplicate);
  CHECK(orders.find("a")->report.order_id == "1");
}

SCENARIO("orders of others are foreign") {
  order_table orders;
  CHECK(orders.apply(report("x", order_state::open, 0, 1)) == report_effect::foreign);
  CHECK(orders.apply(report("", order_state::open, 0, 1)) == report_effect::foreign);
}

SCENARIO("a report that lacks fields changes what it says, and makes nothing of what it does not say") {
  using namespace cafnode::venues;
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 3, 1, "77"));
  auto partly = report("a", order_state::unknown, 4, 2, "77");
  WHEN("its state is in a word of tomorrow") {
    partly.lacks = field_state;
    CHECK(orders.apply(partly) == report_effect::changed);
    CHECK(orders.find("a")->certainty == certainty::in_doubt);
    CHECK(orders.find("a")->report.state == order_state::unknown);
    CHECK(orders.find("a")->report.filled == partly.filled);
    CHECK(orders.apply(partly) == report_effect::stale);
    THEN("a word that is known ends the doubt") {
      CHECK(orders.apply(report("a", order_state::cancelled, 4, 3, "77")) == report_effect::changed);
      CHECK(orders.live_count() == 0);
    }
  }
  WHEN("it is cancelled, and nobody can read how much of it was filled") {
    partly.state = order_state::cancelled;
    partly.filled = {};
    partly.lacks = field_filled;
    orders.apply(partly);
    THEN("it is not over, and no fill is forgotten") {
      REQUIRE(orders.find("a") != nullptr);
      CHECK(orders.find("a")->certainty == certainty::in_doubt);
      CHECK(orders.find("a")->report.filled == report("a", order_state::open, 3, 1).filled);
    }
  }
  WHEN("it is filled, which says how much") {
    partly.state = order_state::filled;
    partly.filled = {};
    partly.lacks = field_filled;
    CHECK(orders.apply(partly) == report_effect::changed);
    REQUIRE(orders.ended().size() == 1);
    CHECK(orders.ended().front().report.filled == partly.amount);
  }
}

SCENARIO("a report that lacks what is known of its order belongs to it all the same") {
  using namespace cafnode::venues;
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 3, 1, "77"));
  auto partly = report("a", order_state::open, 4, 2, "77");
  WHEN("its label, amount, price and time are missing") {
    auto nameless = report("", order_state::open, 4, 0, "77");
    nameless.amount = {};
    nameless.lacks = field_label | field_amount | field_price | field_updated;
    CHECK(orders.apply(nameless) == report_effect::changed);
    CHECK(orders.find("a")->certainty == certainty::sure);
    CHECK(orders.find("a")->report.label == "a");
    CHECK(orders.find("a")->report.amount == partly.amount);
    CHECK(orders.find("a")->report.updated_ms == 1);
    CHECK(orders.find("a")->report.filled == partly.filled);
  }
  WHEN("its id is missing") {
    partly.order_id.clear();
    partly.lacks = field_id;
    CHECK(orders.apply(partly) == report_effect::changed);
    CHECK(orders.find_by_id("77") != nullptr);
  }
  WHEN("an order of nobody lacks its label") {
    auto foreign = report("", order_state::open, 0, 2, "99");
    foreign.lacks = field_label;
    CHECK(orders.apply(foreign) == report_effect::foreign);
  }
}

SCENARIO("an order of an earlier run whose state cannot be read is taken in, in doubt") {
  order_table orders;
  auto partly = report("a.1.1", order_state::unknown, 0, 2, "77");
  partly.lacks = cafnode::venues::field_state;
  CHECK(orders.adopt(partly));
  CHECK(orders.doubt_count() == 1);
}

SCENARIO("a fill counts once") {
  order_table orders;
  fill_report fill;
  fill.trade_id = "t1";
  CHECK(orders.apply(fill));
  CHECK_FALSE(orders.apply(fill));
}

SCENARIO("the table refuses orders beyond its bound and forgets the oldest ended ones and trades") {
  order_table orders{{2, 2, 2}};
  REQUIRE(orders.begin(request("a")));
  REQUIRE(orders.begin(request("b")));
  CHECK_FALSE(orders.begin(request("c")));
  orders.refused("a");
  CHECK(orders.begin(request("c")));
  orders.refused("b");
  orders.refused("c");
  REQUIRE(orders.ended().size() == 2);
  CHECK(orders.ended().front().request.label == "b");
  fill_report fill;
  for (const auto* id : {"t1", "t2", "t3"}) {
    fill.trade_id = id;
    CHECK(orders.apply(fill));
  }
  fill.trade_id = "t3";
  CHECK_FALSE(orders.apply(fill));
}
