#include "control/view_json.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using control::node_stage;
using session::phase;
using supervision::child_state;
using supervision::transition;
using test::api_rig;
using test::child_event;

SCENARIO("a node is ok when all its connections are live and nobody gave up") {
  api_rig rig;
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "ok");
  rig.connection("alpha", phase::live);
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "ok");
  rig.connection("beta", phase::reconciling);
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "degraded");
  rig.connection("beta", phase::live);
  rig.sink.publish(child_event(transition::intensity_exceeded, "tokyo", "", child_state::stopping));
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "degraded");
}

SCENARIO("a node that starts or drains says so before anything else") {
  api_rig rig;
  rig.connection("alpha", phase::dialing);
  *rig.stage = node_stage::starting;
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "starting");
  *rig.stage = node_stage::draining;
  CHECK(rig.ask("GET", "/api/v1/status")->at("/state") == "draining");
}

SCENARIO("the status adds up what the connections count") {
  api_rig rig;
  for (const char* name : {"alpha", "beta"}) {
    auto& counted = rig.connection(name, phase::live)->counters;
    counted.heartbeats_asked = 10;
    counted.heartbeats_answered = 9;
    counted.heartbeats_missed = 1;
    counted.heartbeats_by_client = 2;
    counted.orders_sent = 5;
    counted.orders_open = 3;
    counted.orders_in_doubt = 1;
  }
  rig.connection("gamma", phase::closed);
  rig.clock->pass(90s);
  const auto status = rig.ask("GET", "/api/v1/status");
  CHECK(status->at("/node") ==
        R"({"name":"tokyo-1","region":"tokyo","version":"0.1.0","pid":42,"started":"1970-01-02T00:00:00.000000Z",)"
        R"("uptime_ms":90000})");
  CHECK(status->at("/connections/total") == "3");
  CHECK(status->at("/connections/live") == "2");
  CHECK(status->at("/connections/phases/closed") == "1");
  CHECK(status->at("/heartbeats") == R"({"asked":20,"answered":18,"missed":2,"answered_by_client":4})");
  CHECK(status->at("/orders") == R"({"sent":10,"open":6,"in_doubt":2})");
  CHECK(status->at("/events/last_seq") == "0");
}

SCENARIO("the status counts the tree") {
  api_rig rig;
  rig.sink.publish(child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  auto again = child_event(transition::child_started, "tokyo", "alpha", child_state::running);
  again.incarnation = 2;
  rig.sink.publish(again);
  CHECK(rig.ask("GET", "/api/v1/status")->at("/supervision") ==
        R"({"supervisors":1,"workers":1,"running":1,"waiting":0,"restarts":1,"gave_up":0,"circuits_open":0,)"
        R"("zombies":0,"dropped":0})");
}

SCENARIO("a connection shows what it does, for how long, and how it last ended") {
  api_rig rig;
  const auto record = rig.connection("alpha", phase::live);
  CHECK(rig.ask("GET", "/api/v1/connections/alpha")->at("/last_close") == "null");
  CHECK(rig.ask("GET", "/api/v1/connections/alpha")->at("/last_frame_ago_ms") == "null");
  record->set_closed({"reset", 1006, "gone\xFF", rig.clock->at});
  record->counters.last_frame_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(rig.clock->at.steady.time_since_epoch()).count();
  record->counters.frames_in = 7;
  record->counters.answer_time.record(100us);
  rig.clock->pass(1500ms);
  const auto shown = rig.ask("GET", "/api/v1/connections/alpha");
  CHECK(shown->at("/phase") == "live");
  CHECK(shown->at("/in_phase_ms") == "1500");
  CHECK(shown->at("/cause") == "because");
  CHECK(shown->at("/last_close/code") == "1006");
  CHECK(shown->at("/last_close/text") == "gone\xEF\xBF\xBD");
  CHECK(shown->at("/last_frame_ago_ms") == "1500");
  CHECK(shown->at("/frames_in") == "7");
  CHECK(shown->at("/heartbeats/answer_us/count") == "1");
}

SCENARIO("a child that waits shows how long its restart is away, and never less than nothing") {
  api_rig rig;
  auto ended = child_event(transition::restart_scheduled, "tokyo", "alpha", child_state::waiting);
  ended.at = rig.clock->at;
  ended.delay = 400ms;
  rig.sink.publish(ended);
  rig.clock->pass(100ms);
  CHECK(rig.ask("GET", "/api/v1/tree?path=tokyo/alpha")->at("/rows/0/restart_in_ms") == "300");
  rig.clock->pass(10s);
  CHECK(rig.ask("GET", "/api/v1/tree?path=tokyo/alpha")->at("/rows/0/restart_in_ms") == "0");
  CHECK(rig.ask("GET", "/api/v1/tree?path=tokyo")->at("/rows/0/restart_in_ms") == "none");
}

SCENARIO("a supervisor's row has its strategy and its limit, a worker's has not") {
  api_rig rig;
  rig.sink.publish(child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  const auto tree = rig.ask("GET", "/api/v1/tree");
  CHECK(tree->at("/rows/0/strategy") == "one_for_one");
  CHECK(tree->at("/rows/0/restarts_allowed") == "3");
  CHECK(tree->at("/rows/1/strategy") == "none");
  CHECK(tree->at("/rows/1/last_end") == "null");
}

SCENARIO("the status counts dead letters by kind and shows the latest ten") {
  api_rig rig;
  rig.dead_letters.counts[static_cast<std::size_t>(process::dead_letter_kind::overflow)] = 12;
  rig.dead_letters.counts[static_cast<std::size_t>(process::dead_letter_kind::fenced)] = 1;
  for (int each = 1; each <= 12; ++each)
    rig.dead_letters.samples.push_back(
        {"tokyo/alpha", "int" + std::to_string(each), process::dead_letter_kind::overflow, rig.clock->at});
  const auto status = rig.ask("GET", "/api/v1/status");
  CHECK(status->at("/dead_letters/total") == "13");
  CHECK(status->at("/dead_letters/overflow") == "12");
  CHECK(status->at("/dead_letters/unexpected") == "0");
  CHECK(status->at("/dead_letters/samples/0/content") == "int3");
  CHECK(status->at("/dead_letters/samples/9") ==
        R"({"at":"1970-01-02T00:00:00.000000Z","kind":"overflow","receiver":"tokyo/alpha","content":"int12"})");
  CHECK(status->at("/dead_letters/samples/10") == "none");
}
