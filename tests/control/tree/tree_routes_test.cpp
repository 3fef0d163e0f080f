#include "control/api_fault.hpp"
#include "control/tree/restart_answer.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using control::action_fault;
using supervision::answer_code;
using supervision::child_state;
using supervision::transition;
using test::api_rig;
using test::child_event;

namespace {

/// "tokyo" over the supervisor "deribit" over the worker "alpha".
void grow(api_rig& rig) {
  auto deribit = child_event(transition::child_started, "tokyo", "deribit", child_state::running);
  deribit.type = supervision::child_type::supervisor;
  rig.sink.publish(deribit);
  rig.sink.publish(child_event(transition::child_started, "tokyo/deribit", "alpha", child_state::running));
}

supervision::restart_record record_of(const std::string& child, const std::vector<std::string>& restarted) {
  supervision::restart_record record;
  record.child = child;
  record.why = {process::reason_code::crashed, "bad things"};
  record.restarted = restarted;
  record.restarted_count = restarted.size();
  record.away = 120ms;
  return record;
}

void complete(api_rig& rig, const std::string& supervisor, const supervision::restart_record& record) {
  auto happened = child_event(transition::restart_completed, supervisor, record.child, child_state::running);
  happened.record = &record;
  rig.sink.publish(happened);
}

control::action_failure failure_for(answer_code code, std::optional<supervision::replacement> how = std::nullopt) {
  const control::restart_command wanted{"tokyo", "alpha", how};
  const auto outcome = control::outcome_of(wanted, {code, {}, "because", nullptr});
  REQUIRE_FALSE(outcome.has_value());
  return outcome.fault();
}

} // namespace

SCENARIO("one path is shown with its supervisor and with what happened to it, and to nothing else") {
  api_rig rig;
  grow(rig);
  rig.sink.publish(child_event(transition::child_started, "tokyo/deribit", "beta", child_state::running));
  rig.happened("phase_changed", "tokyo/deribit/alpha");
  const auto shown = rig.ask("GET", "/api/v1/tree/show?path=/tokyo/deribit/alpha");
  CHECK(shown->at("/row/path") == "tokyo/deribit/alpha");
  CHECK(shown->at("/row/mailbox") == "null");
  CHECK(shown->at("/supervisor/path") == "tokyo/deribit");
  CHECK(shown->at("/events/0/subject") == "tokyo/deribit/alpha");
  CHECK(shown->at("/events/0/kind") == "child_started");
  CHECK(shown->at("/events/1") == "none");
  // Of a supervisor, what happened to its children belongs to it.
  const auto above = rig.ask("GET", "/api/v1/tree/show?path=tokyo/deribit");
  CHECK(above->at("/events/0/subject") == "tokyo/deribit");
  CHECK(above->at("/events/2/subject") == "tokyo/deribit/beta");
  CHECK(above->at("/events/3") == "none");
  CHECK(rig.ask("GET", "/api/v1/tree/show?path=tokyo")->at("/supervisor") == "null");
  CHECK(rig.ask("GET", "/api/v1/tree/show?path=osaka")->response.status == 404);
  CHECK(rig.ask("GET", "/api/v1/tree/show")->response.status == 404);
}

SCENARIO("of the events the latest are shown, as many as asked for") {
  api_rig rig;
  grow(rig);
  for (const auto what : {transition::child_ended, transition::child_stopped})
    rig.sink.publish(child_event(what, "tokyo/deribit", "alpha", child_state::stopped));
  const auto shown = rig.ask("GET", "/api/v1/tree/show?path=tokyo/deribit/alpha&events=2");
  CHECK(shown->at("/events/0/kind") == "child_ended");
  CHECK(shown->at("/events/1/kind") == "child_stopped");
  CHECK(shown->at("/events/2") == "none");
  CHECK(rig.ask("GET", "/api/v1/tree/show?path=tokyo&events=1001")->response.status == 400);
}

SCENARIO("restarts are shown where they concern: the one that failed, those that went with it, the supervisor") {
  api_rig rig;
  grow(rig);
  for (const char* id : {"beta", "gamma"})
    rig.sink.publish(child_event(transition::child_started, "tokyo/deribit", id, child_state::running));
  complete(rig, "tokyo/deribit", record_of("alpha", {"alpha", "beta"}));
  for (const char* path : {"tokyo/deribit/alpha", "tokyo/deribit/beta", "tokyo/deribit"}) {
    CAPTURE(path);
    const auto shown = rig.ask("GET", std::string{"/api/v1/tree/show?path="} + path);
    CHECK(shown->at("/records/0/text") ==
          "alpha failed: crashed: bad things; restarted alpha, beta; back after 120 ms");
    CHECK(shown->at("/records/0/away_ms") == "120");
    CHECK(shown->at("/records/0/restarted") == R"(["alpha","beta"])");
  }
  CHECK(rig.ask("GET", "/api/v1/tree/show?path=tokyo/deribit/gamma")->at("/records") == "[]");
}

SCENARIO("a row of the tree tells readiness, circuit, mailbox and what went wrong") {
  api_rig rig;
  grow(rig);
  auto opened = child_event(transition::circuit_opened, "tokyo/deribit", "alpha", child_state::waiting);
  opened.at = rig.clock->at;
  opened.circuit = supervision::circuit_state::open;
  opened.delay = 30s;
  CHECK(rig.ask("GET", "/api/v1/tree?path=tokyo/deribit/alpha")->at("/rows/0/ready") == "false");
  rig.sink.publish(opened);
  rig.clock->pass(10s);
  const auto row = rig.ask("GET", "/api/v1/tree?path=tokyo/deribit/alpha");
  CHECK(row->at("/rows/0/circuit") == "open");
  CHECK(row->at("/rows/0/restart_in_ms") == "20000");
  CHECK(row->at("/rows/0/ready") == "null");
  CHECK(row->at("/rows/0/zombies") == "0");
  CHECK(rig.ask("GET", "/api/v1/tree?path=tokyo/deribit")->at("/rows/0/window_ms") == "60000");
}

SCENARIO("a restart goes to the supervisor above, with its deadline and its manner") {
  api_rig rig;
  grow(rig);
  control::restart_command heard;
  std::chrono::milliseconds given{};
  rig.actions.restart = [&](control::restart_command wanted, auto deadline, const auto& finish) {
    heard = std::move(wanted);
    given = deadline;
    rig.clock->pass(250ms);
    finish(control::restart_done{});
  };
  const auto done = rig.ask("POST", "/api/v1/tree/restart?timeout_ms=70", R"({"path":"/tokyo/deribit/alpha"})");
  CHECK(done->response.status == 200);
  CHECK(done->response.body == R"({"path":"tokyo/deribit/alpha","outcome":"started","incarnation":1,"took_ms":250,)"
                               R"("at":"1970-01-02T00:00:00.000000Z"})");
  CHECK(heard.supervisor == "tokyo/deribit");
  CHECK(heard.child == "alpha");
  CHECK_FALSE(heard.how.has_value());
  CHECK(given == 70ms);
  for (const auto& [word, how] : {std::pair{"stop_first", supervision::replacement::stop_first},
                                  std::pair{"make_before_break", supervision::replacement::make_before_break}}) {
    (void)rig.ask("POST", "/api/v1/tree/restart",
                  std::string{R"({"path":"tokyo/deribit/alpha","how":")"} + word + "\"}");
    CHECK(heard.how == how);
  }
}

SCENARIO("a root is not restarted, nor a supervisor beside itself, nor what is not there") {
  api_rig rig;
  grow(rig);
  const auto restart = [&rig](const std::string& body) { return rig.ask("POST", "/api/v1/tree/restart", body); };
  CHECK(restart(R"({"path":"tokyo/deribit/alpha"})")->response.status == 501);
  api_rig wired;
  grow(wired);
  bool asked = false;
  wired.actions.restart = [&asked](const auto&, auto, const auto&) { asked = true; };
  const auto refuse = [&wired](const std::string& body) { return wired.ask("POST", "/api/v1/tree/restart", body); };
  const auto root = refuse(R"({"path":"tokyo"})");
  CHECK(root->response.status == 409);
  CHECK(root->at("/error/message") == "nobody looks after 'tokyo': it is the root of its tree");
  CHECK(refuse(R"({"path":"tokyo/deribit","how":"make_before_break"})")->response.status == 409);
  CHECK(refuse(R"({"path":"tokyo/nobody"})")->response.status == 404);
  CHECK(refuse(R"({"path":"tokyo/deribit","how":"softly"})")->response.status == 400);
  CHECK(refuse("{}")->response.status == 400);
  CHECK_FALSE(asked);
}

SCENARIO("each answer of a supervisor has its fault, and each fault its status and what to do") {
  CHECK(failure_for(answer_code::not_found).fault == action_fault::not_found);
  CHECK(failure_for(answer_code::stopping).fault == action_fault::unavailable);
  CHECK(failure_for(answer_code::restarting).text == "tokyo answered restarting: because");
  CHECK(failure_for(answer_code::too_many_calls).fault == action_fault::busy);
  CHECK(failure_for(answer_code::invalid_spec).fault == action_fault::refused);
  CHECK(failure_for(answer_code::wrong_strategy).fault == action_fault::refused);
  CHECK(failure_for(answer_code::start_failed).text == "the new one did not start: because");
  CHECK(failure_for(answer_code::start_failed, supervision::replacement::make_before_break).hint ==
        "the old one goes on");
  CHECK(control::outcome_of({}, {answer_code::ignored, {}, {}, nullptr}).value().code == answer_code::ignored);
  const auto status_of = [](action_fault fault) { return control::to_fault({fault, "why", {}}).status; };
  CHECK(status_of(action_fault::not_found) == 404);
  CHECK(status_of(action_fault::unavailable) == 409);
  CHECK(status_of(action_fault::refused) == 409);
  CHECK(status_of(action_fault::start_failed) == 422);
  CHECK(status_of(action_fault::busy) == 503);
  CHECK(status_of(action_fault::timed_out) == 504);
  CHECK(control::to_fault({action_fault::busy, "why", "do this"}).hint == "do this");
}

SCENARIO("a restart that fails is told with its fault") {
  api_rig rig;
  grow(rig);
  rig.actions.restart = [](const auto&, auto, const control::completion<control::restart_done>& finish) {
    finish(base::failure{control::action_failure{action_fault::start_failed, "the new one did not start: no", "wait"}});
  };
  const auto failed = rig.ask("POST", "/api/v1/tree/restart", R"({"path":"tokyo/deribit/alpha"})");
  CHECK(failed->response.status == 422);
  CHECK(failed->at("/error/code") == "start_failed");
  CHECK(failed->at("/error/hint") == "wait");
}
