#include "apps/ctl_views.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace cafnode::ctl;

namespace {

const value status = boost::json::parse(R"({
  "state":"degraded",
  "node":{"name":"tokyo-1","region":"tokyo","version":"0.1.0","pid":42,"started":"t","uptime_ms":192000},
  "connections":{"total":4,"live":3},
  "heartbeats":{"asked":12,"answered":11,"missed":1,"answered_by_client":0},
  "orders":{"sent":5,"open":2,"in_doubt":0},
  "supervision":{"supervisors":5,"workers":12,"running":17,"restarts":3,"gave_up":0}})");

const value connections = boost::json::parse(R"({"connections":[
  {"name":"alpha","exchange":"deribit","phase":"live","in_phase_ms":62000,"frames_in":420,"lives":2,
   "heartbeats":{"asked":6,"answered":6,"missed":0,"answer_us":{"p50":128,"p99":2048}},
   "last_close":{"cause":"reset","code":0,"text":"","at":"t"}},
  {"name":"beta","exchange":"deribit","phase":"dialing","in_phase_ms":300,"frames_in":0,"lives":0,
   "heartbeats":{"asked":0,"answered":0,"missed":1,"answer_us":{"p50":0,"p99":0}},"last_close":null}]})");

const value tree = boost::json::parse(R"({"rows":[
  {"path":"tokyo","type":"supervisor","strategy":"one_for_one","state":"running","in_state_ms":5000,"restarts":0,
   "restarts_in_window":0,"restarts_allowed":10,"last_end":null},
  {"path":"tokyo/deribit","type":"supervisor","strategy":"one_for_one","state":"running","in_state_ms":5000,
   "restarts":0,"restarts_in_window":1,"restarts_allowed":3,"last_end":null},
  {"path":"tokyo/deribit/alpha","type":"worker","state":"waiting","in_state_ms":20,"restarts":2,
   "last_end":{"reason":"crashed","text":"bad things"}},
  {"path":"tokyo/deribit/beta","type":"worker","state":"running","in_state_ms":20,"restarts":1,
   "last_end":{"reason":"killed","text":"killed"}}]})");

} // namespace

SCENARIO("the status of a node fits one screen") {
  CHECK(status_text(status, {}, {}) == "tokyo-1  region tokyo  degraded  up 3m 12s  pid 42  version 0.1.0\n"
                                       "connections  3 of 4 live\n"
                                       "heartbeats   12 asked, 11 answered, 1 missed\n"
                                       "supervision  5 supervisors, 12 workers, 3 restarts\n"
                                       "orders       2 open, 0 in doubt, 5 sent\n");
  CHECK(status_text(status, connections, {}).find("\n\nNAME ") != std::string::npos);
}

SCENARIO("the status of a node is one line in a log") {
  CHECK(status_line(status) == "degraded  3 of 4 live, 3 restarts, heartbeats 11/12, 1 missed, 2 orders open\n");
}

SCENARIO("connections are a table with one line each") {
  CHECK(connections_text(connections, {}) ==
        "NAME   EXCHANGE  PHASE      FOR  FRAMES  HEARTBEATS  MISSED    P50    P99  LIVES  LAST CLOSE\n"
        "alpha  deribit   live     1m 2s     420         6/6       0  128us  2.0ms      2  reset\n"
        "beta   deribit   dialing  300ms       0         0/0       1      -      -      0  -\n");
}

SCENARIO("the tree is drawn with its branches") {
  CHECK(tree_text(tree, {false, true, 0}) ==
        "PATH         STRATEGY     STATE     FOR  RESTARTS               LAST END\n"
        "tokyo        one_for_one  running    5s  0 (0 of 10 in window)  -\n"
        "└─ deribit   one_for_one  running    5s  0 (1 of 3 in window)   -\n"
        "   ├─ alpha  -            waiting  20ms  2                      crashed: bad things\n"
        "   └─ beta   -            running  20ms  1                      killed\n");
}

SCENARIO("a part of the tree starts with its own path") {
  const value part = boost::json::parse(R"({"rows":[{"path":"tokyo/deribit","type":"supervisor"},
                                                   {"path":"tokyo/deribit/alpha","type":"worker"}]})");
  const std::string text = tree_text(part, {});
  CHECK(text.find("\ntokyo/deribit ") != std::string::npos);
  CHECK(text.find("\n`- alpha ") != std::string::npos);
}

SCENARIO("an event is one line whatever its text holds") {
  const value event = boost::json::parse(R"({"seq":7,"at":"2026-03-01T12:00:00.000001Z","kind":"phase_changed",
    "subject":"tokyo/deribit/alpha","cause":"the link\nwas \u001b[2Jreset",
    "fields":{"from":"live","took_ms":12,"x":""}})");
  CHECK(event_line(event, {}) ==
        "2026-03-01T12:00:00.000001Z  phase_changed  tokyo/deribit/alpha  the link?was ?[2Jreset"
        "  from=live  took_ms=12\n");
}

SCENARIO("orders are a table, and doubt is shown as their state") {
  const value orders = boost::json::parse(R"({"orders":[{"label":"n1","order_id":"","instrument":"BTC-PERPETUAL",
    "side":"buy","type":"limit","amount":"10","price":"50000","filled":"0","state":"unknown","in_doubt":true}]})");
  CHECK(orders_text(orders, {}) == "LABEL  ID  INSTRUMENT     SIDE  TYPE   AMOUNT  PRICE  FILLED  STATE\n"
                                   "n1     -   BTC-PERPETUAL  buy   limit      10  50000       0  in doubt\n");
}

SCENARIO("one connection is shown in full") {
  const std::string text = connection_text(connections.at("connections").at(0), {});
  CHECK(text.starts_with("alpha  deribit  live for 1m 2s\n"));
  CHECK(text.find("heartbeats   6 asked, 6 answered, 0 missed, - answered by the client\n") != std::string::npos);
  CHECK(text.find("answer time  p50 128us, p99 2.0ms, max -\n") != std::string::npos);
}

SCENARIO("an answer of any shape is shown with dashes and ends nothing") {
  for (const char* body : {"null", "[]", "7", "\"x\"", "{}", R"({"connections":7,"rows":{},"orders":null})",
                           R"({"connections":[7,null,[]],"rows":[7,null],"orders":[[]],"fields":[]})"}) {
    CAPTURE(body);
    const value odd = boost::json::parse(body);
    CHECK_FALSE(status_text(odd, odd, {}).empty());
    CHECK_FALSE(connections_text(odd, {}).empty());
    CHECK_FALSE(connection_text(odd, {}).empty());
    CHECK_FALSE(tree_text(odd, {}).empty());
    CHECK_FALSE(event_line(odd, {}).empty());
    CHECK_FALSE(orders_text(odd, {}).empty());
    CHECK_FALSE(order_outcome_text(odd, {}).empty());
  }
}
