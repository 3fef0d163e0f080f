#include "control/http_api.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using control::node_stage;
using session::phase;
using test::api_rig;

namespace {

net::http_request bare(const std::string& method, const std::string& path) {
  net::http_request request;
  request.method = method;
  request.path = path;
  request.origin = net::http_origin::local;
  return request;
}

} // namespace

SCENARIO("what is not there is 404, and a wrong method says which ones work") {
  api_rig rig;
  const auto nowhere = rig.ask("GET", "/api/v2/status");
  CHECK(nowhere->response.status == 404);
  CHECK(nowhere->at("/error/code") == "not_found");
  const auto wrong = rig.ask("PUT", "/api/v1/orders");
  CHECK(wrong->response.status == 405);
  CHECK(wrong->at("/error/hint") == "what does: GET, HEAD, POST, PATCH, DELETE");
}

SCENARIO("a request that changes something is refused when a web page could have sent it") {
  api_rig rig;
  rig.connection("alpha", phase::live);
  bool closed = false;
  rig.actions.close_connection = [&closed](const std::string&, auto, const control::completion<control::done>& finish) {
    closed = true;
    finish(control::done{});
  };
  auto request = bare("POST", "/api/v1/connections/alpha/close");
  CHECK(rig.send(request)->response.status == 403);
  request.headers = {{"content-type", "text/plain"}};
  CHECK(rig.send(request)->response.status == 403);
  request.headers = {{"content-type", "application/jsonp"}};
  CHECK(rig.send(request)->response.status == 403);
  request.headers = {{"x-caf-node", "yes"}};
  CHECK(rig.send(request)->response.status == 403);
  CHECK_FALSE(closed);

  request.headers = {{"content-type", "application/json; charset=utf-8"}};
  CHECK(rig.send(request)->response.status == 200);
  CHECK(closed);
  request.headers = {{"x-caf-node", "1"}};
  CHECK(rig.send(request)->response.status == 200);
}

SCENARIO("reading needs no header") {
  api_rig rig;
  CHECK(rig.send(bare("GET", "/api/v1/status"))->response.status == 200);
}

SCENARIO("the node is alive as long as it answers, whatever its connections do") {
  api_rig rig;
  rig.connection("alpha", phase::closed);
  *rig.stage = node_stage::draining;
  CHECK(rig.ask("GET", "/livez")->response.status == 200);
  CHECK(rig.ask("GET", "/healthz")->response.status == 200);
}

SCENARIO("the node is ready while it serves, even with connections down") {
  api_rig rig;
  rig.connection("alpha", phase::dialing);
  const auto ready = rig.ask("GET", "/readyz");
  CHECK(ready->response.status == 200);
  CHECK(ready->at("/status") == "degraded");
}

SCENARIO("the node is not ready before its start is over, nor while it drains") {
  api_rig rig;
  *rig.stage = node_stage::starting;
  CHECK(rig.ask("GET", "/readyz")->response.status == 503);
  *rig.stage = node_stage::draining;
  const auto draining = rig.ask("GET", "/readyz");
  CHECK(draining->response.status == 503);
  CHECK(draining->at("/status") == "not_ready");
  CHECK(draining->at("/checks/0/why") == "the node is draining");
}

SCENARIO("a check that is well is shown to those who ask for all") {
  api_rig rig;
  CHECK(rig.ask("GET", "/readyz")->at("/checks") == "[]");
  CHECK(rig.ask("GET", "/readyz?verbose")->at("/checks/0/name") == "stage");
  CHECK(rig.ask("GET", "/readyz?verbose")->at("/checks/0/ok") == "true");
}

SCENARIO("metrics are text in the format that Prometheus reads") {
  api_rig rig;
  const auto metrics = rig.ask("GET", "/metrics");
  CHECK(metrics->response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(metrics->response.body == "caf_node_build_info 1\n");
}

SCENARIO("connections are listed by name, page by page") {
  api_rig rig;
  for (const char* name : {"gamma", "alpha", "beta"})
    rig.connection(name, phase::live);
  const auto first = rig.ask("GET", "/api/v1/connections?limit=2");
  CHECK(first->at("/connections/0/name") == "alpha");
  CHECK(first->at("/connections/1/name") == "beta");
  CHECK(first->at("/next") == "beta");
  const auto second = rig.ask("GET", "/api/v1/connections?limit=2&after=beta");
  CHECK(second->at("/connections/0/name") == "gamma");
  CHECK(second->at("/connections/1") == "none");
  CHECK(second->at("/next") == "null");
  CHECK(rig.ask("GET", "/api/v1/connections?limit=0")->response.status == 400);
}

SCENARIO("one connection is shown by its name, and a wrong name is 404") {
  api_rig rig;
  rig.connection("alpha", phase::live);
  CHECK(rig.ask("GET", "/api/v1/connections/alpha")->at("/phase") == "live");
  CHECK(rig.ask("GET", "/api/v1/connections/nobody")->at("/error/message") == "there is no connection 'nobody'");
  CHECK(rig.ask("GET", "/api/v1/connections/a/b")->response.status == 404);
  CHECK(rig.ask("POST", "/api/v1/connections//close")->response.status == 404);
  CHECK(rig.ask("POST", "/api/v1/connections/nobody/close")->response.status == 404);
}

SCENARIO("a close gets its deadline, and each of its faults has its status") {
  api_rig rig;
  rig.connection("alpha", phase::live);
  std::chrono::milliseconds given{};
  control::action_fault fault = control::action_fault::unavailable;
  rig.actions.close_connection = [&](const std::string&, auto deadline, const control::completion<control::done>& end) {
    given = deadline;
    end(base::failure{control::action_failure{fault, "it is down"}});
  };
  const auto conflict = rig.ask("POST", "/api/v1/connections/alpha/close?timeout_ms=70");
  CHECK(given == std::chrono::milliseconds{70});
  CHECK(conflict->response.status == 409);
  CHECK(conflict->at("/error/message") == "it is down");
  fault = control::action_fault::not_found;
  CHECK(rig.ask("POST", "/api/v1/connections/alpha/close")->response.status == 404);
  fault = control::action_fault::timed_out;
  CHECK(rig.ask("POST", "/api/v1/connections/alpha/close")->response.status == 504);
  CHECK(rig.ask("POST", "/api/v1/connections/alpha/close?timeout_ms=0")->response.status == 400);
}

SCENARIO("the tree is told in rows, from any part of it on") {
  api_rig rig;
  using supervision::child_state;
  using supervision::transition;
  rig.sink.publish(test::child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running));
  const auto part = rig.ask("GET", "/api/v1/tree?path=/tokyo/deribit/");
  CHECK(part->at("/rows/0/path") == "tokyo/deribit");
  CHECK(part->at("/rows/0/type") == "supervisor");
  CHECK(part->at("/rows/1/state") == "running");
  CHECK(part->at("/next") == "null");
  CHECK(rig.ask("GET", "/api/v1/tree?limit=1")->at("/next") == "tokyo/deribit");
  CHECK(rig.ask("GET", "/api/v1/tree?path=osaka")->response.status == 404);
}

SCENARIO("an actor is killed by its path") {
  api_rig rig;
  std::string killed;
  rig.actions.kill = [&killed](const std::string& path, control::kill_how how) {
    killed = path + (how == control::kill_how::brutal ? " brutally" : " softly");
    return path == "tokyo/alpha";
  };
  CHECK(rig.ask("POST", "/api/v1/tree/kill", R"({"path":"/tokyo/alpha"})")->response.status == 202);
  CHECK(killed == "tokyo/alpha brutally");
  CHECK(rig.ask("POST", "/api/v1/tree/kill", R"({"path":"tokyo/alpha"})")->at("/at") == "1970-01-02T00:00:00.000000Z");
  CHECK(rig.ask("POST", "/api/v1/tree/kill", R"({"path":"tokyo/alpha","how":"stop"})")->response.status == 202);
  CHECK(killed == "tokyo/alpha softly");
  CHECK(rig.ask("POST", "/api/v1/tree/kill", R"({"path":"tokyo/nobody"})")->response.status == 404);
  rig.sink.publish(test::child_event(supervision::transition::restart_scheduled, "tokyo", "waits",
                                     supervision::child_state::waiting));
  const auto waits = rig.ask("POST", "/api/v1/tree/kill", R"({"path":"tokyo/waits"})");
  CHECK(waits->response.status == 409);
  CHECK(waits->response.body.find("has no process now: it is waiting") != std::string::npos);
  CHECK(rig.ask("POST", "/api/v1/tree/kill", "{}")->response.status == 400);
}

SCENARIO("what the node was not wired for is 501") {
  api_rig rig;
  rig.connection("alpha", phase::live);
  CHECK(rig.ask("POST", "/api/v1/tree/kill", R"({"path":"a"})")->response.status == 501);
  CHECK(rig.ask("POST", "/api/v1/connections/alpha/close")->response.status == 501);
  CHECK(rig.ask("DELETE", "/api/v1/orders?connection=alpha&id=n1")->response.status == 501);
}
