#include "control/json_keys.hpp"
#include "control/request_text.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace cafnode;
using control::text_kind;
using test::api_rig;

namespace {

/// An order with one field replaced, which must never reach a gate.
std::string order_with(const std::string& field, const std::string& value) {
  std::string out = "{";
  for (const auto& [name, usual] : std::vector<std::pair<std::string, std::string>>{
           {"connection", "alpha"}, {"instrument", "BTC-PERPETUAL"}, {"side", "buy"}, {"amount", "1"}, {"price", "2"}})
    out += fmt::format("{}\"{}\":\"{}\"", out.size() > 1 ? "," : "", name, name == field ? value : usual);
  return out + "}";
}

struct watched_rig : api_rig {
  watched_rig() {
    connection("alpha", session::phase::live);
    actions.place_order = [this](const auto&, const auto&, auto, const auto&) { ++reached; };
    actions.edit_order = [this](const auto&, const auto&, auto, const auto&) { ++reached; };
    actions.cancel_order = [this](const auto&, const auto&, auto, const auto&) { ++reached; };
    actions.kill = [this](const auto&, auto) { return ++reached > 0; };
    actions.close_connection = [this](const auto&, auto, const auto&) { ++reached; };
  }

  int reached = 0;
};

} // namespace

SCENARIO("a text that can name nothing goes no further, however long or strange it is") {
  watched_rig rig;
  const std::string long_text(40'000, 'A');
  for (const std::string& bad : {long_text, std::string(65, 'A'), std::string{"A B"}, std::string{"A\\u0000"},
                                 std::string{"A\\n"}, std::string{"\xc3\xa9"}, std::string{"A\\\"B"}}) {
    CAPTURE(bad.substr(0, 80));
    for (const char* field : {"connection", "instrument", "side", "amount", "price"}) {
      CAPTURE(field);
      const auto answer = rig.ask("POST", "/api/v1/orders", order_with(field, bad));
      CHECK(answer->response.status == 400);
      CHECK(answer->response.body.size() < 400);
    }
    const auto edit = fmt::format(R"({{"connection":"alpha","label":"{}","amount":"1","price":"2"}})", bad);
    CHECK(rig.ask("PATCH", "/api/v1/orders", edit)->response.status == 400);
  }
  for (const std::string& bad : {long_text, std::string{"a\tb"}, std::string{"\xff"}, std::string(2, '\0')}) {
    const auto is_refused = [&rig](const std::string& method, const std::string& target) {
      const auto answer = rig.ask(method, target);
      CHECK(answer->response.body.size() < 400);
      return answer->response.status == 400 || answer->response.status == 404;
    };
    CHECK(is_refused("DELETE", "/api/v1/orders?connection=alpha&id=" + bad));
    CHECK(is_refused("DELETE", "/api/v1/orders?id=x&connection=" + bad));
    CHECK(is_refused("GET", "/api/v1/orders?connection=" + bad));
    CHECK(is_refused("GET", "/api/v1/tree?path=" + bad));
    CHECK(is_refused("GET", "/api/v1/tree?after=" + bad));
    CHECK(is_refused("GET", "/api/v1/tree/show?path=" + bad));
    CHECK(is_refused("GET", "/api/v1/connections?after=" + bad));
    CHECK(is_refused("GET", "/api/v1/connections/" + bad));
    CHECK(is_refused("GET", "/api/v1/events?kind=" + bad));
    CHECK(is_refused("GET", "/api/v1/" + bad));
    CHECK(is_refused("POST", "/api/v1/connections/" + bad + "/close"));
  }
  CHECK(rig.ask("POST", "/api/v1/tree/kill", "{\"path\":\"" + long_text + "\"}")->response.status == 400);
  CHECK(rig.reached == 0);
}

SCENARIO("the names that venues use pass") {
  for (const char* name : {"BTC-PERPETUAL", "BTC-29DEC23-40000-C", "BTC_USDC-PERPETUAL", "XRP_USDC-30JUN23-0d625-C",
                           "BTC-FS-27DEC24_PERP", "BTC-CS-29DEC23-40000_45000", "SOL_USDC.x"})
    CHECK_FALSE(control::why_not(text_kind::instrument, name).has_value());
  CHECK_FALSE(control::why_not(text_kind::order_id, "alpha.1m81j12nv.2").has_value());
  CHECK_FALSE(control::why_not(text_kind::order_id, "ETH-SLIS-12").has_value());
  CHECK_FALSE(control::why_not(text_kind::path, "tokyo/deribit/alpha/exchange_client").has_value());
  CHECK(control::why_not(text_kind::connection, "a_b") == "is not at most 64 letters, digits and '-'");
}

SCENARIO("a parameter that is there twice, or that nobody knows, is refused") {
  watched_rig rig;
  const auto twice = rig.ask("DELETE", "/api/v1/orders?connection=alpha&id=a&id=b");
  CHECK(twice->response.status == 400);
  CHECK(twice->at("/error/message") == "the parameter id is there twice");
  CHECK(rig.ask("GET", "/api/v1/tree?limit=1&limit=1")->response.status == 400);
  const auto unknown = rig.ask("GET", "/api/v1/events?limt=1");
  CHECK(unknown->at("/error/message") == "there is no parameter 'limt' here");
  CHECK(unknown->at("/error/hint") == "what there is: limit since kind follow ");
  CHECK(rig.ask("GET", "/api/v1/events?limit since=1")->response.status == 400);
  CHECK(rig.reached == 0);
}

SCENARIO("an empty parameter is refused, and a flag that is neither set nor unset") {
  watched_rig rig;
  for (const auto* target :
       {"/api/v1/tree?limit=", "/api/v1/tree?path", "/api/v1/tree?after=", "/api/v1/tree/show?path=",
        "/api/v1/orders?state=", "/api/v1/orders?connection=", "/api/v1/events?kind=", "/api/v1/events?since="}) {
    CAPTURE(target);
    const auto answer = rig.ask("GET", target);
    CHECK(answer->response.status == 400);
    CHECK(answer->at("/error/message").find(" is empty") != std::string::npos);
  }
  CHECK(rig.ask("DELETE", "/api/v1/orders?connection=alpha&id=a&timeout_ms=")->response.status == 400);
  CHECK(rig.reached == 0);
  for (const auto* target : {"/api/v1/events?follow=2", "/api/v1/events?follow=yes", "/readyz?verbose=on"})
    CHECK(rig.ask("GET", target)->at("/error/message").find("none of 1, true, 0, false") != std::string::npos);
  for (const auto* target : {"/readyz?verbose", "/readyz?verbose=1", "/readyz?verbose=true"})
    CHECK(rig.ask("GET", target)->response.body.find("checks") != std::string::npos);
  for (const auto* target : {"/api/v1/events?follow=0", "/api/v1/events?follow=false"})
    CHECK(rig.ask("GET", target)->at("/last_seq") == "0");
}

SCENARIO("a field that is there twice is refused, however it is spelt") {
  watched_rig rig;
  const std::string rest = R"("connection":"alpha","instrument":"I","side":"buy","price":"1")";
  for (const std::string first : {"amount", "\\u0061mount"}) {
    const auto answer = rig.ask("POST", "/api/v1/orders", "{\"" + first + R"(":"1","amount":"1000",)" + rest + "}");
    CHECK(answer->response.status == 400);
    CHECK(answer->at("/error/message") == "the body has a field twice");
  }
  CHECK(rig.reached == 0);
}

SCENARIO("members are counted in the outermost object only, and not within strings") {
  CHECK(control::count_members("{}") == 0);
  CHECK(control::count_members(R"({"a":1,"a":2})") == 2);
  CHECK(control::count_members(R"({"a:b":":","c":{"d":1,"e":[{"f":1}]},"g\":":"\\"})") == 3);
}

SCENARIO("a method that does not work here says in Allow which ones do") {
  api_rig rig;
  using headers = std::vector<std::pair<std::string, std::string>>;
  CHECK(rig.ask("PUT", "/api/v1/orders")->response.headers == headers{{"Allow", "GET, HEAD, POST, PATCH, DELETE"}});
  CHECK(rig.ask("POST", "/livez")->response.headers == headers{{"Allow", "GET, HEAD"}});
  CHECK(rig.ask("GET", "/api/v1/connections/alpha/close")->response.headers == headers{{"Allow", "POST"}});
  CHECK(rig.ask("OPTIONS", "/metrics")->response.status == 405);
}
