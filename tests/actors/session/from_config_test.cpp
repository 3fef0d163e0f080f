#include "actors/session/from_config.hpp"
#include "runtime/net/ws_link.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

/// A connection of an exchange about which the configuration says nothing.
session::wanted_connection unsaid(conf::exchange_config exchange = {}, conf::connection_config entry = {}) {
  session::wanted_connection wanted;
  wanted.exchange = std::make_shared<conf::exchange_config>(std::move(exchange));
  wanted.entry = std::make_shared<conf::connection_config>(std::move(entry));
  return wanted;
}

} // namespace

SCENARIO("what the configuration does not say is the same whoever is asked") {
  const conf::exchange_config exchange;
  const auto told = session::session_config_of(unsaid());
  const session::session_config assumed;
  CHECK(told.gate.in_flight_max == assumed.gate.in_flight_max);
  CHECK(told.gate.valid_for == assumed.gate.valid_for);
  CHECK(told.heartbeat.answer_deadline == assumed.heartbeat.answer_deadline);
  CHECK(told.heartbeat.silence_limit == assumed.heartbeat.silence_limit);
  CHECK(told.heartbeat.interval == assumed.heartbeat.interval);
  CHECK(told.heartbeat.silence_limit == session::pulse_limits{}.silence_limit);
  CHECK(told.heartbeat.interval == session::pulse_limits{}.interval);
  CHECK(told.cancel_on_disconnect == assumed.cancel_on_disconnect);
  CHECK(told.has_orders == assumed.has_orders);
  const auto restarts = session::restarts_of(exchange);
  const session::connection_restarts usual;
  CHECK(restarts.intensity == usual.intensity);
  CHECK(restarts.period == usual.period);
  CHECK(restarts.pacing.backoff.first == usual.pacing.backoff.first);
  CHECK(restarts.pacing.backoff.cap == usual.pacing.backoff.cap);
  CHECK(restarts.pacing.backoff.jitter_percent == usual.pacing.backoff.jitter_percent);
  THEN("of the network too, which knows no configuration") {
    CHECK(session::dial_options_of(exchange, venues::lane_spec{}).deadline == net::dial_options{}.deadline);
    CHECK(exchange.limits.frame_bytes_max == net::link_limits{}.frame_bytes_max);
    CHECK(exchange.limits.send_queue_bytes_max == net::link_limits{}.queue_bytes_max);
  }
}

SCENARIO("what the configuration says arrives, each value in its own place") {
  conf::exchange_config exchange;
  exchange.orders = {3, 4s, 5s};
  exchange.heartbeat.interval = 11s;
  exchange.heartbeat.answer_deadline = 6s;
  exchange.heartbeat.silence_limit = 70s;
  exchange.restart = {8, 90s};
  exchange.connect.backoff = {10ms, 11s, 12};
  exchange.connect.deadline = 13s;
  exchange.cancel_on_disconnect = false;
  const auto session = session::session_config_of(unsaid(exchange));
  CHECK(session.gate.in_flight_max == 3);
  CHECK(session.gate.valid_for == 4s);
  CHECK(session.heartbeat.interval == 11s);
  CHECK(session.heartbeat.answer_deadline == 6s);
  CHECK(session.heartbeat.silence_limit == 70s);
  CHECK_FALSE(session.cancel_on_disconnect);
  const auto machine = session::machine_config_of(unsaid(exchange));
  CHECK(machine.heartbeat_interval == 11s);
  CHECK(machine.answer_deadline == 5s);
  CHECK_FALSE(machine.cancel_on_disconnect);
  const auto restarts = session::restarts_of(exchange);
  CHECK(restarts.intensity == 8);
  CHECK(restarts.period == 90s);
  CHECK(restarts.pacing.backoff.first == 10ms);
  CHECK(restarts.pacing.backoff.cap == 11s);
  CHECK(restarts.pacing.backoff.jitter_percent == 12);
  CHECK(session::dial_options_of(exchange, venues::lane_spec{}).deadline == 13s);
}

SCENARIO("a query has 10 s at least, however impatient orders are, and longer where they are patient") {
  conf::exchange_config exchange;
  exchange.orders.answer_deadline = 1s;
  CHECK(session::live_settings_of(unsaid(exchange)).answer_deadline == 1s);
  CHECK(session::live_settings_of(unsaid(exchange)).query_deadline == 10s);
  exchange.orders.answer_deadline = 11s;
  CHECK(session::live_settings_of(unsaid(exchange)).query_deadline == 11s);
}

SCENARIO("a connection without a login has no orders") {
  conf::connection_config entry;
  CHECK(session::session_config_of(unsaid({}, entry)).has_orders);
  entry.auth.method = conf::auth_method::none;
  CHECK_FALSE(session::session_config_of(unsaid({}, entry)).has_orders);
  CHECK(session::machine_config_of(unsaid({}, entry)).auth == venues::auth_method::none);
}

SCENARIO("a node spends its part of an account, and never less than one request") {
  conf::exchange_config exchange;
  THEN("by default 80 % of Deribit's lowest tier") {
    const auto limits = session::rate_limits_of(exchange);
    CHECK(limits.matching.pool == 16);
    CHECK(limits.matching.per_second == 4);
    CHECK(limits.other.pool == 40'000);
    CHECK(limits.other.per_second == 8'000);
    CHECK(limits.subscribe.pool == 24'000);
    CHECK(limits.subscribe.per_second == 8'000);
    CHECK(limits.reserve_percent == 20);
  }
  THEN("a part that would come to nothing is one") {
    exchange.rate = {1, 1, 1, 1, 1};
    const auto limits = session::rate_limits_of(exchange);
    CHECK(limits.matching.pool == 1);
    CHECK(limits.matching.per_second == 1);
    CHECK(limits.other.pool == 1);
    CHECK(limits.other.per_second == 1);
  }
}
