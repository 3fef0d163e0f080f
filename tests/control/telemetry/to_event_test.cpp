#include "control/telemetry/to_event.hpp"
#include "supervisors/restart_record.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using supervision::child_state;
using supervision::transition;

namespace {

std::string json_of(const observe::field_list& fields) {
  std::string out;
  observe::append_json(out, fields);
  return out;
}

} // namespace

SCENARIO("a transition is an event about the child, with what its supervisor counts") {
  auto happened = test::child_event(transition::restart_scheduled, "tokyo/deribit", "alpha", child_state::waiting);
  happened.reason = process::reason_code::crashed;
  happened.reason_text = "bad things";
  happened.delay = std::chrono::milliseconds{150};
  happened.restarts_in_window = 1;
  const auto event = control::to_event(happened);
  CHECK(event.kind == "restart_scheduled");
  CHECK(event.subject == "tokyo/deribit/alpha");
  CHECK(event.cause == "bad things");
  CHECK(json_of(event.fields) ==
        R"({"supervisor":"tokyo/deribit","strategy":"one_for_one","children":0,"restarts_in_window":1,)"
        R"("restarts_allowed":3,"window_ms":60000,"child":"alpha","type":"worker","state":"waiting","incarnation":1,)"
        R"("restarts":0,"reason":"crashed","delay_ms":150})");
}

SCENARIO("a start has no reason") {
  const auto event =
      control::to_event(test::child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  CHECK(event.cause.empty());
  CHECK(json_of(event.fields).find("reason") == std::string::npos);
}

SCENARIO("a supervisor's own transition is an event about itself") {
  const auto event =
      control::to_event(test::child_event(transition::supervisor_started, "tokyo", "", child_state::running));
  CHECK(event.subject == "tokyo");
  CHECK(json_of(event.fields).find("\"child\"") == std::string::npos);
}

SCENARIO("a restart that is done is told in words, and in numbers") {
  auto happened = test::child_event(transition::restart_completed, "tokyo", "alpha", child_state::running);
  supervision::restart_record record{.child = "alpha",
                                     .incarnation = 4,
                                     .why = {process::reason_code::crashed, "bad things"},
                                     .failed_at = {},
                                     .restarted = {"alpha", "beta"},
                                     .restarted_count = 2,
                                     .attempts = 3,
                                     .joined = 1,
                                     .away = std::chrono::milliseconds{250}};
  happened.record = &record;
  const auto event = control::to_event(happened);
  CHECK(event.cause == supervision::to_text(record));
  const auto fields = json_of(event.fields);
  CHECK(fields.ends_with(R"("failed_incarnation":4,"failed_at":"1970-01-01T00:00:00.000000Z","restarted":2,)"
                         R"("attempts":3,"joined":1,"away_ms":250})"));
}

SCENARIO("a circuit that opens says for how long, and each event that it is not closed") {
  auto happened = test::child_event(transition::circuit_opened, "tokyo", "alpha", child_state::waiting);
  happened.circuit = supervision::circuit_state::open;
  happened.delay = std::chrono::milliseconds{30'000};
  CHECK(json_of(control::to_event(happened).fields).find(R"("circuit":"open","reason":"normal","delay_ms":30000)") !=
        std::string::npos);
  happened.what = transition::child_started;
  happened.circuit = supervision::circuit_state::half_open;
  CHECK(json_of(control::to_event(happened).fields).ends_with(R"("ready":false,"circuit":"half_open"})"));
}

SCENARIO("it is the supervisor that gives up, and the event says because of which child") {
  auto happened = test::child_event(transition::intensity_exceeded, "tokyo/deribit", "alpha", child_state::stopped);
  const auto event = control::to_event(happened);
  CHECK(event.subject == "tokyo/deribit");
  CHECK(json_of(event.fields).find(R"("child":"alpha")") != std::string::npos);
}

SCENARIO("what happens to the configuration is an event about the node's tree, joined by the version") {
  const auto event =
      control::to_event(control::config_news{control::config_step::applied,
                                             {},
                                             "tokyo",
                                             "more channels",
                                             12,
                                             {observe::kv("by", "anna"), observe::kv("interrupted", 3)}});
  CHECK(event.kind == "config_applied");
  CHECK(event.subject == "tokyo");
  CHECK(event.cause == "more channels");
  CHECK(event.correlation == "config-12");
  CHECK(json_of(event.fields) == R"({"by":"anna","interrupted":3})");
}
