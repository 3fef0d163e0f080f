// What happens on a connection, as an event of the node.
#include "actors/session/notice.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace cafnode;
using namespace cafnode::session;
using namespace std::chrono_literals;

namespace {

std::string fields_of(fact::any what) {
  std::string out;
  observe::append_json(out, to_event({std::move(what), "deribit", "tokyo/deribit/alpha", {}, "why"}).fields);
  return out;
}

} // namespace

SCENARIO("a notice is an event about its connection, called as its fact, with its words") {
  const base::moment at{base::time_point{5s}, base::wall_time{7s}};
  const auto event = to_event({fact::heartbeat_by_client{}, "deribit", "tokyo/deribit/alpha", at, "it was away"});
  CHECK(event.kind == "heartbeat_by_client");
  CHECK(event.subject == "tokyo/deribit/alpha");
  CHECK(event.cause == "it was away");
  CHECK(event.at.steady == at.steady);
  CHECK(event.at.wall == at.wall);
  CHECK(event.fields.empty());
}

SCENARIO("durations are whole milliseconds, counts and codes are numbers, truths are truths") {
  CHECK(fields_of(fact::phase_changed{phase::live, phase::reconciling, 1'200'999us}) ==
        R"({"from":"live","to":"reconciling","in_phase_ms":1200})");
  CHECK(fields_of(fact::heartbeat_missed{15s}) == R"({"late_ms":15000})");
  CHECK(fields_of(fact::silent{2700ms, 25s}) == R"({"silent_ms":2700,"limit_ms":25000})");
  CHECK(fields_of(fact::refused{30s, "cafctl sup restart x"}) ==
        R"({"retry_in_ms":30000,"retry_now":"cafctl sup restart x"})");
  CHECK(fields_of(fact::private_stream_silent{true}) == R"({"again":true})");
  CHECK(fields_of(fact::platform_changed{false}) == R"({"locked":false})");
  CHECK(fields_of(fact::reconciled{{1, 2, 3, 4, 5, 6}, 81ms}) ==
        R"({"adopted":1,"ended":2,"absent":3,"forgotten":4,"in_doubt":5,"foreign":6,"took_ms":81})");
}

SCENARIO("what is for metrics and the log alone is not among the fields") {
  CHECK(fields_of(fact::phase_changed{phase::reconciling, phase::live, 1s, 2s}) ==
        R"({"from":"reconciling","to":"live","in_phase_ms":1000})");
  CHECK(fields_of(fact::link_closed{"refused", 0, 0, 0ms, true}) == R"({"close_cause":"refused","code":0})");
}

SCENARIO("what the exchange did not say is left out") {
  CHECK(fields_of(fact::link_closed{"by_peer", 1006, 0, 0ms, false}) == R"({"close_cause":"by_peer","code":1006})");
  CHECK(fields_of(fact::link_closed{"upgrade_refused", 429, 429, 10s, false}) ==
        R"({"close_cause":"upgrade_refused","code":429,"status":429,"retry_after_ms":10000})");
  CHECK(fields_of(fact::upkeep_failed{250ms}) == R"({"retry_in_ms":250})");
  CHECK(fields_of(fact::upkeep_failed{std::nullopt}) == "{}");
  CHECK(fields_of(fact::protocol_fault{venues::fault_kind::not_json, 3, "x"}) ==
        R"({"fault":"not_json","count":3,"text":"x"})");
  CHECK(fields_of(fact::protocol_fault{venues::fault_kind::not_json, 1, ""}) == R"({"fault":"not_json","count":1})");
}

SCENARIO("decimals and ids are text, and a figure that could not be read says so") {
  CHECK(fields_of(fact::order_changed{"alpha.1", "77", venues::order_state::untriggered,
                                      base::decimal::parse("0.10").value(), "stream"}) ==
        R"({"label":"alpha.1","order_id":"77","state":"untriggered","filled":"0.1","source":"stream"})");
  CHECK(fields_of(fact::fill_seen{"9", "alpha.1", base::decimal::parse("20000").value(), std::nullopt}) ==
        R"({"trade_id":"9","label":"alpha.1","price":"20000","amount":"unreadable"})");
  CHECK(fields_of(fact::order_in_doubt{"alpha.1"}) == R"({"label":"alpha.1"})");
  CHECK(fields_of(fact::order_in_doubt{std::nullopt, "77"}) == R"({"order_id":"77"})");
  CHECK(fields_of(fact::order_in_doubt{"alpha.1", "77"}) == R"({"label":"alpha.1","order_id":"77"})");
  CHECK(fields_of(fact::subscription_missing{{"a", "b"}}) == R"({"channels":"a, b"})");
}

SCENARIO("each fact is called like no other") {
  const std::set<std::string_view> names(fact::kinds.begin(), fact::kinds.end());
  CHECK(names.size() == std::variant_size_v<fact::any>);
}
