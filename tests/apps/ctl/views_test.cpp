#include "apps/ctl/views.hpp"

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
  "supervision":{"supervisors":5,"workers":12,"running":17,"waiting":1,"restarts":3,"gave_up":0,"circuits_open":0,
                 "zombies":2,"dropped":0},
  "dead_letters":{"unexpected":40,"fenced":2,"overflow":0,"total":42,"samples":[
    {"at":"t1","kind":"unexpected","receiver":"tokyo/a","content":"int"},
    {"at":"t2","kind":"unexpected","receiver":"tokyo/b","content":"int"},
    {"at":"t3","kind":"unexpected","receiver":"tokyo/c","content":"int"},
    {"at":"t4","kind":"fenced","receiver":"tokyo/d","content":"std::string"}]}})");

const value connections = boost::json::parse(R"({"connections":[
  {"name":"alpha","exchange":"deribit","phase":"live","in_phase_ms":62000,"frames_in":420,"lives":2,
   "heartbeats":{"asked":6,"answered":6,"missed":0,"answer_us":{"p50":128,"p99":2048}},
   "last_close":{"cause":"reset","code":0,"text":"","at":"t"}},
  {"name":"beta","exchange":"deribit","phase":"dialing","in_phase_ms":300,"frames_in":0,"lives":0,
   "heartbeats":{"asked":0,"answered":0,"missed":1,"answer_us":{"p50":0,"p99":0}},"last_close":null}]})");

} // namespace

SCENARIO("the status of a node fits one screen") {
  CHECK(status_text(status, {}, {}) == "tokyo-1  region tokyo  degraded  up 3m 12s  pid 42  version 0.1.0\n"
                                       "connections  3 of 4 live\n"
                                       "heartbeats   12 asked, 11 answered, 1 missed\n"
                                       "supervision  5 supervisors, 12 workers, 3 restarts, 1 waiting, 2 zombies\n"
                                       "orders       2 open, 0 in doubt, 5 sent\n"
                                       "dead letters 42, 40 unexpected, 2 fenced\n"
                                       "             t2  unexpected  to tokyo/b: int\n"
                                       "             t3  unexpected  to tokyo/c: int\n"
                                       "             t4  fenced  to tokyo/d: std::string\n");
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

SCENARIO("an event is one line whatever its text holds") {
  const value event = boost::json::parse(R"({"seq":7,"at":"2026-03-01T12:00:00.000001Z","kind":"phase_changed",
    "subject":"tokyo/deribit/alpha","cause":"the link\nwas \u001b[2Jreset",
    "fields":{"type":"x","from":"live","took_ms":12,"x":""}})");
  CHECK(event_line(event, {}) ==
        "2026-03-01T12:00:00.000001Z  phase_changed  tokyo/deribit/alpha  the link?was ?[2Jreset"
        "  type=x  from=live  took_ms=12\n");
}

SCENARIO("a transition of a supervisor is told without what all of them tell alike") {
  const value event = boost::json::parse(R"({"at":"t","kind":"circuit_opened","subject":"tokyo/a","cause":"bad things",
    "fields":{"supervisor":"tokyo","strategy":"one_for_one","children":3,"restarts_in_window":1,"restarts_allowed":5,
    "window_ms":60000,"child":"a","type":"worker","state":"waiting","circuit":"open","delay_ms":30000}})");
  CHECK(event_line(event, {}) == "t  circuit_opened  tokyo/a  bad things  restarts_in_window=1  state=waiting"
                                 "  circuit=open  delay_ms=30000\n");
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
    CHECK_FALSE(event_line(odd, {}).empty());
    CHECK_FALSE(orders_text(odd, {}).empty());
    CHECK_FALSE(order_outcome_text(odd, {}).empty());
  }
}
