#include "tests/sim/market/exchange_world.hpp"

using namespace cafnode;
using namespace cafnode::test;

namespace {

constexpr auto buy = "private/buy";
constexpr auto sell = "private/sell";

std::string perpetual(const std::string& more) {
  return R"({"instrument_name":"BTC-PERPETUAL",)" + more + "}";
}

struct refusal {
  int code;
  std::string message;
  std::string reason;
  std::string param;
};

refusal refused(exchange_world& world, std::string_view method, const std::string& params) {
  const auto answer = world.call(method, params);
  refusal seen{answer.error.code, answer.error.message, {}, {}};
  if (answer.error.data.is_object()) {
    seen.reason = text_at(answer.error.data, "reason");
    seen.param = text_at(answer.error.data, "param");
  }
  return seen;
}

} // namespace

SCENARIO("parameter faults name the parameter as the wire does") {
  exchange_world world;
  const auto amount = refused(world, buy, perpetual(R"("amount":15,"price":60000)"));
  CHECK(amount.code == -32602);
  CHECK(amount.message == "Invalid params");
  CHECK(amount.reason == "must be a multiple of contract_size");
  CHECK(amount.param == "amount");
  const auto tick = refused(world, buy, perpetual(R"("amount":10,"price":60000.3)"));
  CHECK(tick.code == -32602);
  CHECK(tick.reason == "must conform to tick size");
  CHECK(tick.param == "price");
  CHECK(refused(world, buy, perpetual(R"("price":60000)")).reason == "missing");
  CHECK(refused(world, buy, perpetual(R"("amount":10)")).param == "price");
  CHECK(refused(world, buy, perpetual(R"("amount":"x","price":1)")).reason == "invalid format");
  CHECK(refused(world, buy, perpetual(R"("amount":10,"price":60000,"type":"magic")")).reason == "invalid value");
  CHECK(refused(world, buy, perpetual(R"("amount":10,"price":60000,"post_only":3)")).param == "post_only");
  CHECK(refused(world, buy, "{}").param == "instrument_name");
  CHECK(refused(world, buy, perpetual(R"("amount":10,"contracts":2,"price":60000)")).param == "contracts");
}

SCENARIO("every rule of an order answers its own code") {
  exchange_world world;
  CHECK(refused(world, buy, R"({"instrument_name":"NO-SUCH","amount":10,"price":1})").code == 10020);
  CHECK(refused(world, buy, perpetual(R"("amount":0,"price":60000)")).code == 10021);
  CHECK(refused(world, buy, perpetual(R"("amount":-10,"price":60000)")).code == 10021);
  CHECK(refused(world, buy, perpetual(R"("amount":10,"price":0)")).code == 10023);
  CHECK(refused(world, buy, perpetual(R"("amount":10000010,"price":60000)")).code == 10018);
  CHECK(refused(world, buy, perpetual(R"("amount":10,"type":"stop_market","trigger_price":0)")).code == 11036);
  CHECK(world.bad("private/buy", perpetual(R"("amount":10,"price":60000)"), "") == 13009);
  CHECK(world.bad("public/no_such_method", "{}") == -32601);
}

SCENARIO("prices that would trade beyond the band are refused with the limit") {
  exchange_world world;
  const auto high = refused(world, buy, perpetual(R"("amount":10,"price":61000)"));
  CHECK(high.code == 10007);
  CHECK(high.message == "price_too_high 60900");
  const auto low = refused(world, sell, perpetual(R"("amount":10,"price":59000)"));
  CHECK(low.code == 10005);
  CHECK(low.message == "price_too_low 59100");
  // Far away on the passive side is fine.
  world.order("buy", "30000", "10");
  world.order("sell", "90000", "10");
  CHECK(refused(world, sell, perpetual(R"("amount":10,"price":90000000000)")).code == 10007);
}

SCENARIO("an order that the account cannot pay for is refused") {
  auto options = still_market();
  options.balances = {{"BTC", sim::decimal::from_raw(100'000)}, {"USDC", sim::whole(10)}};
  exchange_world world{options};
  CHECK(refused(world, buy, perpetual(R"("amount":10000,"price":60000)")).code == 10009);
  CHECK(refused(world, buy, R"({"instrument_name":"BTC_USDC","amount":0.001,"price":60000})").code == 10039);
  CHECK(refused(world, sell, R"({"instrument_name":"BTC_USDC","amount":0.01,"price":60000})").code == 10039);
  // What open orders hold is not there twice: 0.001 BTC are 3,000 USD at 50x, cancelled orders give theirs back.
  const auto held = id_of(world.order("buy", "60000", "2000"));
  CHECK(refused(world, buy, perpetual(R"("amount":2000,"price":60000)")).code == 10009);
  world.good("private/cancel", R"({"order_id":")" + held + R"("})");
  world.order("buy", "60000", "2000");
}

SCENARIO("an order that comes after valid_until is certainly not placed") {
  exchange_world world;
  const auto ms = base::to_unix_ms(world.now.wall);
  const auto until = [&](std::int64_t at) {
    return perpetual(R"("amount":10,"price":60000,"label":"v","valid_until":)" + std::to_string(at));
  };
  CHECK(refused(world, buy, until(ms - 1)).code == 13888);
  CHECK(refused(world, buy, until(ms - 1)).message == "timed_out");
  CHECK(world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"v"})").as_array().empty());
  world.good(buy, until(ms));
}

SCENARIO("a label has at most 64 characters, of any script, and no control characters") {
  exchange_world world;
  std::string longest;
  for (int i = 0; i < 64; ++i)
    longest += "\xC3\xA9";
  world.order("buy", "50000", "10", R"(,"label":")" + longest + "\"");
  const auto longer = refused(world, buy, perpetual(R"("amount":10,"price":50000,"label":"x)" + longest + "\""));
  CHECK(longer.code == -32602);
  CHECK(longer.param == "label");
  CHECK(refused(world, buy, perpetual(R"("amount":10,"price":50000,"label":"a\nb")")).param == "label");
}

SCENARIO("cancelling and editing what is not open says how it is not open") {
  exchange_world world;
  const auto id = id_of(world.order("buy", "60000", "20"));
  const auto by_id = R"({"order_id":")" + id + R"(","amount":10,"price":60000})";
  CHECK(world.bad("private/cancel", by_id, "mallory") == 10004);
  CHECK(world.bad("private/edit", by_id, "mallory") == 10004);
  CHECK(text_at(world.good("private/edit", by_id).at("order"), "replaced") == "true");
  const auto closed = world.good("private/cancel", by_id);
  CHECK(text_at(closed, "order_state") == "cancelled");
  CHECK(text_at(closed, "cancel_reason") == "user_request");
  CHECK(world.bad("private/cancel", by_id) == 11044);
  CHECK(world.bad("private/edit", by_id) == 11044);
  CHECK(world.bad("private/cancel", R"({"order_id":"1"})") == 10004);
}

SCENARIO("an edit is held to the same rules as a new order") {
  exchange_world world;
  world.order("sell", "60010", "10", "", "bob");
  const auto id = id_of(world.order("buy", "60000", "20", R"(,"post_only":true,"reject_post_only":true)"));
  const auto edited = [&](const std::string& change) {
    return world.bad("private/edit", R"({"order_id":")" + id + R"(",)" + change + "}");
  };
  CHECK(edited(R"("amount":15)") == -32602);
  CHECK(edited(R"("amount":20,"price":60000.2)") == -32602);
  CHECK(edited(R"("amount":20,"price":60010)") == 11054);
  CHECK(edited(R"("amount":20,"valid_until":1)") == 13888);
  world.order("sell", "60000", "10", "", "bob");
  CHECK(edited(R"("amount":10)") == 11008);
  CHECK(edited(R"("amount":30)") == 0);
}

SCENARIO("edit_by_label needs exactly one open order of that label") {
  exchange_world world;
  const std::string change = R"({"instrument_name":"BTC-PERPETUAL","label":"a","amount":10,"price":50000})";
  CHECK(world.bad("private/edit_by_label", change) == 13032);
  world.order("buy", "60000", "20", R"(,"label":"a")");
  CHECK(text_at(world.good("private/edit_by_label", change).at("order"), "price") == "50000.0");
  world.order("buy", "60000", "20", R"(,"label":"a")");
  CHECK(world.bad("private/edit_by_label", change) == 13032);
}

SCENARIO("an account has a bound of open orders") {
  auto options = still_market();
  options.open_orders_max = 2;
  exchange_world world{options};
  world.order("buy", "50000", "10");
  world.order("buy", "50000", "10");
  CHECK(refused(world, buy, perpetual(R"("amount":10,"price":50000)")).code == 10013);
  CHECK(refused(world, buy, R"({"instrument_name":"BTC_USDC","amount":0.001,"price":50000})").code == 11013);
}

SCENARIO("a stop order waits for its price, then works; a day order ends at 08:00 UTC") {
  exchange_world world;
  world.order("sell", "60100", "30", "", "bob");
  world.order("buy", "60000", "10", "", "bob");
  const auto waiting = world.good(
      buy,
      perpetual(R"("amount":10,"type":"stop_market","trigger_price":60100,"trigger":"last_price","label":"stop")"));
  CHECK(text_at(waiting.at("order"), "order_state") == "untriggered");
  CHECK(text_at(waiting.at("order"), "price") == "market_price");
  world.order("sell", "60000", "10", "", "carol");
  world.pass(100ms);
  const auto seen = [&] {
    return world.good("private/get_order_state_by_label", R"({"currency":"BTC","label":"stop"})").as_array().at(0);
  };
  CHECK(text_at(seen(), "order_state") == "untriggered");
  world.order("buy", "60100", "10", "", "carol");
  world.pass(100ms);
  CHECK(text_at(seen(), "order_state") == "filled");
  const auto day = id_of(world.order("buy", "50000", "10", R"(,"time_in_force":"good_til_day")"));
  world.pass(19h);
  CHECK(world.good("private/get_open_orders", "{}").as_array().size() == 1);
  world.pass(1h);
  CHECK(text_at(world.good("private/get_order_state", R"({"order_id":")" + day + R"("})"), "order_state") ==
        "cancelled");
}

SCENARIO("amounts may come as contracts") {
  exchange_world world;
  const auto placed =
      world.good(buy, R"({"instrument_name":"ETH_USDC-PERPETUAL","contracts":5,"price":2990.1})").as_object();
  CHECK(text_at(placed.at("order"), "amount") == "0.005");
  CHECK(text_at(placed.at("order"), "contracts") == "5.0");
  CHECK(id_of(placed).starts_with("USDC-"));
}

SCENARIO("post_only follows the setting when it is not given") {
  auto options = still_market();
  options.post_only_default = true;
  exchange_world world{options};
  CHECK(text_at(world.order("buy", "60000", "10").at("order"), "post_only") == "true");
  exchange_world plain;
  CHECK(text_at(plain.order("buy", "60000", "10").at("order"), "post_only") == "false");
}

SCENARIO("a spread trades at zero and below, with an order book, averages and edits that take the sign") {
  exchange_world world;
  const auto listed = world.good("public/get_instruments", R"({"currency":"BTC","kind":"future_combo"})").as_array();
  REQUIRE(listed.size() == 1);
  const auto name = text_at(listed[0], "instrument_name");
  CHECK(name.starts_with("BTC-FS-"));
  const auto place = [&](const char* side, const char* price, const char* who, const std::string& more = "") {
    return world.order(side, price, "10", more, who, 1, name);
  };
  const auto state = [&](const json::object& placed, const char* who) {
    return world.good("private/get_order_state", R"({"order_id":")" + id_of(placed) + "\"}", who);
  };
  const auto bid = place("buy", "-5.5", "alice");
  CHECK(text_at(state(bid, "alice"), "price") == "-5.5");
  CHECK(text_at(state(bid, "alice"), "order_state") == "open");
  const auto zero = place("sell", "0", "bob");
  CHECK(text_at(state(zero, "bob"), "order_state") == "open");
  CHECK(text_at(state(zero, "bob"), "price") == "0.0");
  SUBCASE("who pays more meets the price of zero first") {
    const auto taken = place("buy", "1", "carol");
    CHECK(text_at(taken.at("order"), "average_price") == "0.0");
    CHECK(text_at(state(zero, "bob"), "order_state") == "filled");
  }
  SUBCASE("who sells for less meets the bid below zero") {
    const auto taken = place("sell", "-6", "carol");
    CHECK(text_at(taken.at("order"), "average_price") == "-5.5");
    CHECK(text_at(taken.at("trades").as_array().at(0), "price") == "-5.5");
    CHECK(text_at(state(bid, "alice"), "order_state") == "filled");
  }
  SUBCASE("an order moves through zero") {
    world.good("private/edit", R"({"order_id":")" + id_of(bid) + R"(","amount":10,"price":-0.5})", "alice");
    CHECK(text_at(state(bid, "alice"), "price") == "-0.5");
  }
  SUBCASE("post-only slides below what is offered at zero") {
    const auto slid = place("buy", "3", "carol", R"(,"post_only":true)");
    CHECK(text_at(slid.at("order"), "price") == "-0.5");
  }
  const auto refused = R"({"instrument_name":"BTC-PERPETUAL","amount":10,"price":-5})";
  CHECK(world.bad("private/buy", refused) == 10023);
}
