#include "sim/market/tape.hpp"
#include "tests/sim/market/exchange_world.hpp"

using namespace cafnode;
using namespace cafnode::test;

namespace {

std::string by_id(const std::string& id, const std::string& more = "") {
  return R"({"order_id":")" + id + "\"" + more + "}";
}

std::size_t open_count(exchange_world& world) {
  return world.good("private/get_open_orders", "{}").as_array().size();
}

} // namespace

SCENARIO("a lost connection takes the orders that it created, and no others") {
  exchange_world world;
  world.order("buy", "50000", "10", R"(,"label":"mine")", "alice", 7);
  world.order("buy", "50001", "10", R"(,"label":"mine")", "alice", 7);
  const auto other = id_of(world.order("buy", "50000", "10", "", "alice", 8));
  const auto http = id_of(world.order("buy", "50000", "10", "", "alice", 0));
  // An edit from another connection does not move the ownership.
  const auto mine = world.good("private/get_open_orders_by_label", R"({"currency":"BTC","label":"mine"})");
  world.good("private/edit", by_id(text_at(mine.as_array().at(0), "order_id"), R"(,"amount":20)"), "alice", 8);

  CHECK(world.venue->cancel_owned_by(7, "cancel_on_disconnect", world.now) == 2);
  CHECK(open_count(world) == 2);
  CHECK(text_at(world.good("private/get_order_state", by_id(other)), "order_state") == "open");
  CHECK(text_at(world.good("private/get_order_state", by_id(http)), "order_state") == "open");
  const auto gone = world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"mine"})").as_array();
  REQUIRE(gone.size() == 2);
  CHECK(text_at(gone[0], "cancel_reason") == "cancel_on_disconnect");
  CHECK(world.venue->cancel_owned_by(7, "cancel_on_disconnect", world.now) == 0);
}

SCENARIO("a label does not make an order unique, and the exchange tells who used one twice") {
  exchange_world world;
  world.order("buy", "50000", "10", R"(,"label":"twin")");
  world.order("buy", "50000", "10", R"(,"label":"twin")");
  world.order("buy", "50000", "10", R"(,"label":"single")");
  world.order("buy", "50000", "10", R"(,"label":"single")", "bob");
  CHECK(world.good("private/get_open_orders_by_label", R"({"currency":"BTC","label":"twin"})").as_array().size() == 2);
  CHECK(world.good("private/get_open_orders_by_label", R"({"currency":"ETH","label":"twin"})").as_array().empty());
  auto& inside = sim::inspect(*world.venue);
  const auto twice = inside.labels_used_twice();
  REQUIRE(twice.size() == 1);
  CHECK(twice[0].label == "twin");
  CHECK(twice[0].uses == 2);
  CHECK(inside.open_orders_by_label("twin").size() == 2);
  CHECK(inside.open_orders_by_connection().at(1) == 4);
  CHECK(world.good("private/cancel_by_label", R"({"label":"twin"})").as_int64() == 2);
  CHECK(world.good("private/cancel_by_label", R"({"label":"twin"})").as_int64() == 0);
}

SCENARIO("a closed order is forgotten after its retention unless asked as history") {
  exchange_world world;
  const auto id = id_of(world.order("buy", "50000", "10", R"(,"label":"old")"));
  world.good("private/cancel", by_id(id));
  const std::string history = R"({"instrument_name":"BTC-PERPETUAL","include_unfilled":true)";
  const auto count = [&](const std::string& more) {
    return world.good("private/get_order_history_by_instrument", history + more + "}").as_array().size();
  };
  world.pass(29min);
  CHECK(text_at(world.good("private/get_order_state", by_id(id)), "order_state") == "cancelled");
  CHECK(count("") == 1);
  world.pass(1min);
  CHECK(world.bad("private/get_order_state", by_id(id)) == 10004);
  CHECK(world.bad("private/cancel", by_id(id)) == 10004);
  CHECK(world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"old"})").as_array().empty());
  CHECK(count("") == 0);
  CHECK(count(R"(,"historical":true)") == 1);
  CHECK(text_at(world.good("private/get_order_state", by_id(id, R"(,"historical":true)")), "order_state") ==
        "cancelled");
}

SCENARIO("order history leaves out what never filled unless asked") {
  exchange_world world;
  world.order("sell", "60000", "10", "", "bob");
  world.order("buy", "60000", "10");
  world.good("private/cancel", by_id(id_of(world.order("buy", "50000", "10"))));
  const auto count = [&](const std::string& more) {
    return world.good("private/get_order_history_by_currency", R"({"currency":"BTC")" + more + "}").as_array().size();
  };
  CHECK(count("") == 1);
  CHECK(count(R"(,"include_unfilled":true)") == 2);
  CHECK(count(R"(,"include_unfilled":true,"count":1)") == 1);
  CHECK(count(R"(,"include_unfilled":true,"offset":2)") == 0);
}

SCENARIO("user trades are kept a day, longer as history") {
  exchange_world world;
  world.order("sell", "60000", "10", "", "bob");
  const auto id = id_of(world.order("buy", "60000", "10"));
  CHECK(world.good("private/get_user_trades_by_order", by_id(id)).as_array().size() == 1);
  world.pass(25h);
  CHECK(world.good("private/get_user_trades_by_order", by_id(id)).as_array().empty());
  CHECK(world.good("private/get_user_trades_by_order", by_id(id, R"(,"historical":true)")).as_array().size() == 1);
}

SCENARIO("the memory of closed orders has a bound") {
  auto options = still_market();
  options.closed_orders_max = 20;
  exchange_world world{options};
  std::string first;
  for (int i = 0; i < 30; ++i) {
    const auto id = id_of(world.order("buy", "50000", "10", R"(,"label":"l)" + std::to_string(i) + "\""));
    world.good("private/cancel", by_id(id));
    if (i == 0)
      first = id;
  }
  CHECK(world.bad("private/get_order_state", by_id(first, R"(,"historical":true)")) == 10004);
  const auto kept =
      world.good("private/get_order_history_by_currency", R"({"currency":"BTC","include_unfilled":true,"count":1000})");
  CHECK(kept.as_array().size() == 20);
  CHECK(world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"l0"})").as_array().empty());
}

SCENARIO("queries that lag see the orders as they were") {
  auto options = still_market();
  options.query_lag_ms = 500;
  exchange_world world{options};
  const auto id = id_of(world.order("buy", "50000", "20", R"(,"label":"late")"));
  const auto labelled = [&] {
    return world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"late"})").as_array();
  };
  CHECK(open_count(world) == 0);
  CHECK(labelled().empty());
  CHECK(world.bad("private/get_order_state", by_id(id)) == 10004);
  world.pass(500ms);
  CHECK(open_count(world) == 1);
  world.good("private/edit", by_id(id, R"(,"amount":10)"));
  world.pass(200ms);
  world.good("private/cancel", by_id(id));
  CHECK(open_count(world) == 1);
  CHECK(text_at(labelled().at(0), "amount") == "20.0");
  world.pass(300ms);
  CHECK(text_at(world.good("private/get_order_state", by_id(id)), "amount") == "10.0");
  CHECK(text_at(world.good("private/get_order_state", by_id(id)), "order_state") == "open");
  world.pass(200ms);
  CHECK(open_count(world) == 0);
  CHECK(text_at(labelled().at(0), "order_state") == "cancelled");
}

SCENARIO("a lag that is set for one call alone shows the past, too") {
  exchange_world world;
  const auto id = id_of(world.order("buy", "50000", "20"));
  world.pass(1s);
  world.good("private/cancel", by_id(id));
  auto& inside = sim::inspect(*world.venue);
  inside.set_query_lag(500ms);
  CHECK(open_count(world) == 1);
  inside.set_query_lag(0ms);
  CHECK(open_count(world) == 0);
}

SCENARIO("an order can be filled or cancelled while its client is away") {
  exchange_world world;
  auto& inside = sim::inspect(*world.venue);
  const auto id = id_of(world.order("buy", "60000", "30"));
  CHECK(inside.fill_order(id, sim::whole(10), world.now));
  CHECK(text_at(world.good("private/get_order_state", by_id(id)), "filled_amount") == "10.0");
  CHECK(inside.fill_order(id, {}, world.now));
  CHECK(text_at(world.good("private/get_order_state", by_id(id)), "order_state") == "filled");
  CHECK_FALSE(inside.fill_order(id, {}, world.now));
  const auto other = id_of(world.order("buy", "60000", "30"));
  CHECK(inside.cancel_order(other, "risk_mitigation", world.now));
  CHECK(text_at(world.good("private/get_order_state", by_id(other)), "cancel_reason") == "risk_mitigation");
  CHECK_FALSE(inside.cancel_order(other, "risk_mitigation", world.now));
}

SCENARIO("settlement stops matching, maintenance stops everything") {
  exchange_world world;
  auto& inside = sim::inspect(*world.venue);
  const std::string order = R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":50000})";
  inside.set_settlement(true);
  CHECK(world.bad("private/buy", order) == 10041);
  CHECK(open_count(world) == 0);
  inside.set_settlement(false);
  world.venue->subscribed("platform_state");
  inside.set_maintenance(true, world.now);
  CHECK(world.bad("private/get_open_orders", "{}") == 11051);
  CHECK(world.bad("public/ticker", R"({"instrument_name":"BTC-PERPETUAL"})") == 11051);
  inside.set_maintenance(false, world.now);
  world.good("private/buy", order);
  const auto told = world.venue->take_notifications();
  REQUIRE(told.size() == 2);
  CHECK(told[0].data == R"({"maintenance":true})");
  CHECK(told[1].data == R"({"maintenance":false})");
}

SCENARIO("a method that executes late has no answer, and takes effect later all the same") {
  exchange_world world;
  sim::inspect(*world.venue).execute_late("private/buy", 300ms);
  const std::string order = R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":50000})";
  CHECK(world.bad("private/buy", order) == sim::answer_withheld);
  CHECK(open_count(world) == 0);
  world.pass(300ms);
  CHECK(open_count(world) == 1);
  sim::inspect(*world.venue).execute_late("private/buy", 0ms);
  world.good("private/buy", order);
}

SCENARIO("the audit names every order event with what a judge needs") {
  exchange_world world;
  world.order("sell", "60000", "10", R"(,"label":"maker")", "bob", 2);
  world.order("buy", "60000", "20", R"(,"label":"taker")");
  world.good("private/cancel_all", "{}");
  CHECK(world.bad("private/buy", R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":99999,"label":"no"})") ==
        10007);
  CHECK(world.audit.count("order_placed") == 2);
  CHECK(world.audit.count("order_filled") == 2);
  CHECK(world.audit.count("order_cancelled") == 1);
  REQUIRE(world.audit.count("order_rejected") == 1);
  for (const auto& [kind, fields] : world.audit.lines)
    for (const auto* name : {"label", "account", "connection", "instrument", "side", "price", "amount"})
      CHECK_MESSAGE(fields.contains(name), kind << " lacks " << name);
  const auto& rejected = world.audit.lines.back().second;
  CHECK(text_at(rejected, "label") == "no");
  CHECK(text_at(rejected, "code") == "10007");
}

SCENARIO("an instrument's public trades are kept up to a bound whose memory is taken at the start") {
  sim::tape tape{3};
  CHECK(tape.size() == 0);
  std::vector<std::uint64_t> seen;
  const auto look = [&] {
    seen.clear();
    tape.each([&](const sim::trade& each) { seen.push_back(each.number); });
    return seen;
  };
  CHECK(look().empty());
  for (std::uint64_t number = 1; number <= 5; ++number) {
    sim::trade made;
    made.number = number;
    tape.add(made);
  }
  CHECK(look() == std::vector<std::uint64_t>{3, 4, 5});
  CHECK(tape.size() == 3);
}
