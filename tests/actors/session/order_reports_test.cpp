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

SCENARIO("until the exchange speaks of an order it is shown as it was asked for") {
  using namespace cafnode::venues;
  order_table orders;
  auto wanted = request("a");
  wanted.side = side::sell;
  wanted.kind = order_kind::market;
  wanted.price = decimal::from_raw(7 * decimal::one);
  REQUIRE(orders.begin(wanted));
  const auto& shown = orders.find("a")->report;
  CHECK(shown.label == "a");
  CHECK(shown.instrument == "BTC-PERPETUAL");
  CHECK(shown.side == side::sell);
  CHECK(shown.kind == order_kind::market);
  CHECK(shown.price == wanted.price);
  CHECK(shown.amount == wanted.amount);
  CHECK(shown.state == order_state::unknown);
  THEN("and what its first report leaves out is as it was asked for") {
    auto partly = report("a", order_state::open, 0, 1);
    partly.lacks = field_instrument | field_side | field_price;
    CHECK(orders.apply(partly) == report_effect::changed);
    CHECK(shown.instrument == "BTC-PERPETUAL");
    CHECK(shown.side == side::sell);
    CHECK(shown.price == wanted.price);
  }
}

SCENARIO("the end of an order is believed, whatever time stands on it") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 4, 10));
  CHECK(orders.apply(report("a", order_state::cancelled, 4, 9)) == report_effect::changed);
  CHECK(orders.live_count() == 0);
}

SCENARIO("how much of an order was filled is what the report says, if it says so") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::filled, 4, 1));
  REQUIRE(orders.ended().size() == 1);
  CHECK(orders.ended().front().report.filled == decimal::from_raw(4 * decimal::one));
}

SCENARIO("a report that differs in one thing alone is news") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  auto said = report("a", order_state::open, 0, 1);
  orders.apply(said);
  REQUIRE(orders.apply(said) == report_effect::stale);
  SUBCASE("its price") {
    said.price = decimal::from_raw(decimal::one);
  }
  SUBCASE("its amount") {
    said.amount = decimal::from_raw(decimal::one);
  }
  SUBCASE("how much of it was filled") {
    said.filled = decimal::from_raw(decimal::one);
  }
  SUBCASE("its state") {
    said.state = order_state::triggered;
  }
  SUBCASE("its time") {
    said.updated_ms = 2;
  }
  CHECK(orders.apply(said) == report_effect::changed);
  CHECK(orders.find("a")->report.price == said.price);
  CHECK(orders.find("a")->report.amount == said.amount);
  CHECK(orders.find("a")->report.filled == said.filled);
  CHECK(orders.find("a")->report.state == said.state);
  CHECK(orders.find("a")->report.updated_ms == said.updated_ms);
}

SCENARIO("an order of an earlier run is taken in once, while it is open and while there is room") {
  order_table orders{{2, 2, 2}};
  CHECK_FALSE(orders.adopt(report("a.1.0", order_state::filled, 10, 1)));
  REQUIRE(orders.adopt(report("a.1.1", order_state::open, 0, 1)));
  CHECK_FALSE(orders.adopt(report("a.1.1", order_state::open, 0, 2, "2")));
  CHECK(orders.find("a.1.1")->report.order_id == "1");
  orders.apply(report("a.1.1", order_state::cancelled, 0, 3));
  CHECK_FALSE(orders.adopt(report("a.1.1", order_state::open, 0, 4)));
  CHECK(orders.live_count() == 0);
  REQUIRE(orders.adopt(report("a.1.2", order_state::open, 0, 1, "2")));
  REQUIRE(orders.adopt(report("a.1.3", order_state::open, 0, 1, "3")));
  CHECK_FALSE(orders.adopt(report("a.1.4", order_state::open, 0, 1, "4")));
  CHECK(orders.live_count() == 2);
}

SCENARIO("an order of an earlier run is what its report says") {
  using namespace cafnode::venues;
  order_table orders;
  auto said = report("a.1.1", order_state::open, 4, 9, "77");
  said.instrument = "ETH-PERPETUAL";
  said.side = side::sell;
  said.kind = order_kind::market;
  said.price = decimal::from_raw(7 * decimal::one);
  said.post_only = said.reduce_only = true;
  REQUIRE(orders.adopt(said));
  const auto& known = *orders.find("a.1.1");
  CHECK(known.certainty == certainty::sure);
  CHECK(known.request.label == "a.1.1");
  CHECK(known.request.instrument == said.instrument);
  CHECK(known.request.side == said.side);
  CHECK(known.request.kind == said.kind);
  CHECK(known.request.price == said.price);
  CHECK(known.request.amount == said.amount);
  CHECK(known.request.post_only);
  CHECK(known.request.reduce_only);
  CHECK(known.report.filled == said.filled);
  CHECK(known.report.order_id == "77");
}

SCENARIO("a second look leaves alone what the exchange has not spoken of: its request may be on its way") {
  order_table orders;
  REQUIRE(orders.begin(request("asked")));
  REQUIRE(orders.begin(request("told")));
  orders.apply(report("told", order_state::open, 0, 1));
  orders.doubt_acknowledged();
  CHECK(orders.find("asked")->certainty == certainty::asked);
  CHECK(orders.find("told")->certainty == certainty::in_doubt);
}

SCENARIO("an order that ended some way is remembered as that") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  WHEN("its request was refused") {
    orders.refused("a");
    CHECK(orders.find_ended("a")->report.state == order_state::rejected);
  }
  WHEN("it was proven never placed") {
    orders.doubt("a");
    orders.absent("a");
    CHECK(orders.find_ended("a")->report.state == order_state::rejected);
  }
  WHEN("the exchange knows it no longer") {
    orders.apply(report("a", order_state::open, 0, 1));
    orders.doubt("a");
    orders.forgotten("a");
    CHECK(orders.find_ended("a")->report.state == order_state::cancelled);
  }
  CHECK(orders.find_ended("a")->certainty == certainty::sure);
  CHECK(orders.find_ended("b") == nullptr);
}

SCENARIO(
    "an order that was taken back is in doubt until its report is believed, and over by the exchange's word again") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 0, 1));
  orders.doubt("a");
  orders.forgotten("a");
  WHEN("the report is of another order under its label") {
    CHECK(orders.apply(report("a", order_state::open, 0, 2, "2")) == report_effect::duplicate);
    REQUIRE(orders.find("a") != nullptr);
    CHECK(orders.find("a")->certainty == certainty::in_doubt);
    CHECK(orders.find("a")->report.state == order_state::unknown);
    CHECK(orders.find("a")->report.cancel_reason.empty());
  }
  WHEN("it is open, and then cancelled") {
    orders.apply(report("a", order_state::open, 0, 2));
    orders.apply(report("a", order_state::cancelled, 0, 3));
    CHECK(orders.apply(report("a", order_state::open, 0, 4)) == report_effect::stale);
    CHECK(orders.live_count() == 0);
  }
}

SCENARIO("a report that says what is known already ends a doubt, and is news for that") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  orders.apply(report("a", order_state::open, 3, 1));
  orders.doubt("a");
  CHECK(orders.apply(report("a", order_state::open, 3, 1)) == report_effect::changed);
  CHECK(orders.doubt_count() == 0);
}

SCENARIO("an open order that does not say how much of it was filled is open, and in doubt") {
  order_table orders;
  REQUIRE(orders.begin(request("a")));
  auto partly = report("a", order_state::open, 0, 1);
  partly.lacks = cafnode::venues::field_filled;
  orders.apply(partly);
  CHECK(orders.find("a")->report.state == order_state::open);
  CHECK(orders.find("a")->certainty == certainty::in_doubt);
}

SCENARIO("only so many trades are remembered: the oldest makes room") {
  order_table orders{{2, 2, 2}};
  fill_report fill;
  for (const auto* id : {"t1", "t2", "t3"}) {
    fill.trade_id = id;
    REQUIRE(orders.apply(fill));
  }
  fill.trade_id = "t2";
  CHECK_FALSE(orders.apply(fill));
  fill.trade_id = "t1";
  CHECK(orders.apply(fill));
}

SCENARIO("what is said of an order that nobody knows changes nothing") {
  order_table orders;
  orders.refused("nobody");
  orders.absent("nobody");
  orders.forgotten("nobody");
  orders.doubt("nobody");
  CHECK_FALSE(orders.has_spoken_of("nobody"));
  CHECK(orders.live_count() == 0);
  CHECK(orders.ended().empty());
}
