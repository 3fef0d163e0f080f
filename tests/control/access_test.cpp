#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace cafnode;
using control::scope;
using test::api_rig;

namespace {

const std::string read_token = "token-that-reads-0001";
const std::string operate_token = "token-that-operates-1";
const std::string trade_token = "token-that-trades-001";
const std::string both_token = "token-for-two-things-1";

control::access_rules rules(bool open_to_read) {
  control::access_rules out;
  out.open_to_read = open_to_read;
  out.tokens = {{base::secret{read_token}, scope::read},
                {base::secret{operate_token}, scope::operate},
                {base::secret{trade_token}, scope::trade},
                {base::secret{both_token}, scope::operate},
                {base::secret{both_token}, scope::trade}};
  return out;
}

net::http_request request_of(const control::route_facts& route, const std::string& token) {
  net::http_request request;
  request.method = route.method;
  request.path = route.path;
  if (const auto name = request.path.find("{name}"); name != std::string::npos)
    request.path.replace(name, 6, "alpha");
  request.headers.emplace_back("x-caf-node", "1");
  if (!token.empty())
    request.authorization.emplace_back("Bearer " + token);
  return request;
}

/// Whether the rules let a request through, whatever the route makes of it then.
bool is_let_in(int status) {
  return status != 401 && status != 403;
}

} // namespace

SCENARIO("every route does for a token what its scope says, and nothing else") {
  const std::map<std::string, std::vector<scope>> good_for{
      {read_token, {scope::none, scope::read}},
      {operate_token, {scope::none, scope::read, scope::operate}},
      {trade_token, {scope::none, scope::read, scope::trade}},
      {both_token, {scope::none, scope::read, scope::operate, scope::trade}},
      {"", {scope::none, scope::read}},
      {"token-of-nobody-00001", {scope::none}}};
  api_rig rig;
  rig.rules = rules(true);
  for (const auto& route : control::route_table())
    for (const auto& [token, scopes] : good_for) {
      CAPTURE(route.path);
      CAPTURE(route.method);
      CAPTURE(token);
      const bool may = std::find(scopes.begin(), scopes.end(), route.needed) != scopes.end();
      CHECK(is_let_in(rig.send(request_of(route, token))->response.status) == may);
    }
}

SCENARIO(
    "what only looks at health needs no scope, what only looks may be a GET, and what changes something needs more") {
  for (const auto& route : control::route_table()) {
    CAPTURE(route.path);
    const bool looks = route.method == "GET";
    CHECK(looks == (route.needed == scope::none || route.needed == scope::read));
    CHECK(control::is_health(route.path) == (route.needed == scope::none));
    if (route.path.starts_with("/api/v1/orders") && !looks)
      CHECK(route.needed == scope::trade);
  }
}

SCENARIO("beyond loopback nothing but health is seen without a token") {
  api_rig rig;
  rig.rules = rules(false);
  for (const auto& route : control::route_table()) {
    CAPTURE(route.path);
    const auto answer = rig.send(request_of(route, ""));
    CHECK((answer->response.status == 401) == (route.needed != scope::none));
    CHECK(is_let_in(rig.send(request_of(route, both_token))->response.status));
  }
}

SCENARIO("over the unix socket everything may be done, and a HEAD is a GET") {
  api_rig rig;
  rig.rules = rules(false);
  for (const auto& route : control::route_table()) {
    auto request = request_of(route, "");
    request.origin = net::http_origin::local;
    CHECK(is_let_in(rig.send(request)->response.status));
  }
  control::route_facts head{"HEAD", "/api/v1/status", scope::read};
  CHECK(rig.send(request_of(head, ""))->response.status == 401);
  CHECK(rig.send(request_of(head, read_token))->response.status == 200);
}

SCENARIO("a refusal says which scope is missing and how to get it") {
  api_rig rig;
  rig.rules = rules(true);
  const control::route_facts place{"POST", "/api/v1/orders", scope::trade};
  const auto bare = rig.send(request_of(place, ""));
  CHECK(bare->at("/error/code") == "forbidden");
  CHECK(bare->at("/error/message") == "this needs scope trade: over TCP without a token one may only read");
  CHECK(bare->at("/error/hint").find("unix socket") != std::string::npos);
  CHECK(rig.send(request_of(place, operate_token))->at("/error/message") ==
        "this needs scope trade: this token has it not");
  const auto wrong = rig.send(request_of(place, trade_token + "x"));
  CHECK(wrong->response.status == 401);
  CHECK(wrong->response.headers ==
        std::vector<std::pair<std::string, std::string>>{{"WWW-Authenticate", "Bearer realm=\"caf-node\""}});
  CHECK(wrong->response.body.find(trade_token) == std::string::npos);
}

SCENARIO("an Authorization that is no one Bearer token opens nothing") {
  const control::route_facts status{"GET", "/api/v1/status", scope::read};
  api_rig rig;
  rig.rules = rules(true);
  for (const std::string& field :
       std::vector<std::string>{"", "Bearer", "Bearer ", "Basic " + read_token, read_token, "Bearer  " + read_token,
                                "Bearer " + read_token + " ", "Bearer " + read_token.substr(0, 20)}) {
    CAPTURE(field);
    auto request = request_of(status, "");
    request.authorization.emplace_back(field);
    CHECK(rig.send(request)->response.status == 401);
  }
  auto twice = request_of(status, read_token);
  twice.authorization.emplace_back("Bearer " + trade_token);
  CHECK(rig.send(twice)->response.status == 400);
  auto spelt = request_of(status, "");
  spelt.authorization.emplace_back("bEARER " + read_token);
  CHECK(rig.send(spelt)->response.status == 200);
}
