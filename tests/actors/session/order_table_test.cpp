#include "actors/session/order_table.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using cafnode::base::decimal;
using cafnode::venues::fill_report;
using cafnode::venues::order_report;
using cafnode::venues::order_request;
using cafnode::venues::order_state;

namespace {

order_request request(const std::string& label) {
  order_request wanted;
  wanted.instrument = "BTC-PERPETUAL";
  wanted.label = label;
  wanted.amount = decimal::from_raw(10 * decimal::one);
  wanted.valid_until_ms = 5000;
  return wanted;
}

order_report report(const std::string& label, order_state state, std::int64_t filled, std::int64_t updated_ms,
                    const std::string& id = "1") {
  order_report said;
  said.order_id = id;
  said.label = label;
  said.state = state;
  said.filled = decimal::from_raw(filled * decimal::one);
  said.amount = decimal::from_raw(10 * decimal::one);
  said.updated_ms = updated_ms;
  return said;
}

} // namespace

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
