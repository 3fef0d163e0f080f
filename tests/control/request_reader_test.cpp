#include "control/request_reader.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using namespace cafnode::control;

namespace {

net::http_request with_query(const std::string& name, const std::string& value) {
  net::http_request request;
  request.query.emplace_back(name, value);
  return request;
}

template<class Value>
std::string fault_of(const reading<Value>& outcome) {
  return outcome ? "none" : outcome.fault().message;
}

constexpr auto good_order =
    R"({"connection":"alpha","instrument":"BTC-PERPETUAL","side":"sell","amount":"10","price":"50000.5",)"
    R"("tif":"immediate_or_cancel","post_only":true})";

} // namespace

SCENARIO("a count of the query is a whole number within its range") {
  CHECK(read_count({}, "limit", 7, 1, 10).value() == 7);
  CHECK(read_count(with_query("limit", "10"), "limit", 7, 1, 10).value() == 10);
  for (const char* text : {"0", "11", "-1", "1.0", "1e1", " 1", "x", "99999999999999999999999"}) {
    CAPTURE(text);
    CHECK(fault_of(read_count(with_query("limit", text), "limit", 7, 1, 10)) ==
          "limit is not a whole number from 1 to 10");
  }
}

SCENARIO("a deadline is five seconds unless the request has one, and a minute at most") {
  CHECK(read_deadline({}).value() == 5s);
  CHECK(read_deadline(with_query("timeout_ms", "250")).value() == 250ms);
  CHECK_FALSE(read_deadline(with_query("timeout_ms", "60001")).has_value());
}

SCENARIO("a flag is set by its name, 1 or true") {
  CHECK(has_flag(with_query("follow", ""), "follow"));
  CHECK(has_flag(with_query("follow", "1"), "follow"));
  CHECK(has_flag(with_query("follow", "true"), "follow"));
  CHECK_FALSE(has_flag(with_query("follow", "0"), "follow"));
  CHECK_FALSE(has_flag({}, "follow"));
}

SCENARIO("an order is read with every field that it has") {
  const auto order = read_place(good_order);
  REQUIRE(order.has_value());
  CHECK(order.value().connection == "alpha");
  CHECK(order.value().order.instrument == "BTC-PERPETUAL");
  CHECK(order.value().order.side == venues::side::sell);
  CHECK(order.value().order.kind == venues::order_kind::limit);
  CHECK(order.value().order.amount.to_string() == "10");
  CHECK(order.value().order.price.to_string() == "50000.5");
  CHECK(order.value().order.tif == venues::time_in_force::immediate_or_cancel);
  CHECK(order.value().order.post_only);
  CHECK_FALSE(order.value().order.reduce_only);
}

SCENARIO("a market order needs no price and may not have one") {
  CHECK(read_place(R"({"connection":"a","instrument":"I","side":"buy","type":"market","amount":"1"})").has_value());
  CHECK(fault_of(read_place(
            R"({"connection":"a","instrument":"I","side":"buy","type":"market","amount":"1","price":"2"})")) ==
        "the body has a field that is not known here");
}

SCENARIO("each fault of an order names its field") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "the body is not JSON: incomplete JSON"},
      {"[]", "the body is not a JSON object"},
      {"{}", "connection is missing"},
      {R"({"connection":7})", "connection is not a string with something in it"},
      {R"({"connection":"a","instrument":"I"})", "side is not one of buy, sell"},
      {R"({"connection":"a","instrument":"I","side":"hold"})", "side is not one of buy, sell"},
      {R"({"connection":"a","instrument":"I","side":"buy"})", "amount is missing"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":10})", "amount is not a string"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":"-1"})",
       "amount \"-1\" is not a decimal above zero with at most 8 places"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":"0.000000001"})",
       "amount \"0.000000001\" is not a decimal above zero with at most 8 places"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":"1"})", "price is missing"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":"1","price":"1","post_only":"yes"})",
       "post_only is not true or false"},
      {R"({"connection":"a","instrument":"I","side":"buy","amount":"1","price":"1","postonly":true})",
       "the body has a field that is not known here"},
  };
  for (const auto& [body, message] : cases) {
    CAPTURE(body);
    CHECK(fault_of(read_place(body)) == message);
  }
}

SCENARIO("a body cannot make the reader go deep") {
  CHECK_FALSE(read_place(std::string(100'000, '[')).has_value());
}

SCENARIO("a bad value is told back in part only") {
  const auto fault = fault_of(
      read_place(R"({"connection":"a","instrument":"I","side":"buy","amount":")" + std::string(100'000, 'x') + "\"}"));
  CHECK(fault.size() < 200);
}

SCENARIO("an edit says which order, how much and at which price") {
  const auto edit = read_edit(R"({"connection":"a","label":"n1","amount":"2","price":"3"})");
  REQUIRE(edit.has_value());
  CHECK(edit.value().order.label == "n1");
  CHECK(edit.value().order.amount.to_string() == "2");
  CHECK(edit.value().order.price.to_string() == "3");
  CHECK(fault_of(read_edit(R"({"connection":"a","label":"n1","amount":"2"})")) == "price is missing");
}

SCENARIO("a kill is brutal unless it asks") {
  CHECK(read_kill(R"({"path":"a/b"})").value().how == kill_how::brutal);
  CHECK(read_kill(R"({"path":"a/b","how":"stop"})").value().how == kill_how::asked);
  CHECK(fault_of(read_kill(R"({"path":"a/b","how":"softly"})")) == "how is not one of kill, stop");
  CHECK(fault_of(read_kill(R"({"path":""})")) == "path is not a string with something in it");
}

SCENARIO("a price may be zero or below, an amount may not") {
  for (const auto* price : {"-5", "-5.5", "0", "-0.00000001", "1e5"}) {
    const auto placed = read_place(
        std::string{R"({"connection":"a","instrument":"I","side":"buy","amount":"1","price":")"} + price + "\"}");
    REQUIRE_MESSAGE(placed.has_value(), price);
    CHECK(placed.value().order.price == base::decimal::parse(price).value());
  }
  CHECK(read_edit(R"({"connection":"a","label":"n","amount":"1","price":"-3"})").has_value());
  CHECK_FALSE(read_edit(R"({"connection":"a","label":"n","amount":"0","price":"-3"})").has_value());
  CHECK_FALSE(read_place(R"({"connection":"a","instrument":"I","side":"buy","amount":"1","price":"--5"})").has_value());
}

SCENARIO("what means nothing on a market order is refused, not ignored") {
  for (const auto* more : {R"("tif":"fill_or_kill")", R"("tif":"good_til_cancelled")", R"("post_only":true)"})
    CHECK_FALSE(
        read_place(std::string{R"({"connection":"a","instrument":"I","side":"buy","type":"market","amount":"1",)"} +
                   more + "}")
            .has_value());
}
