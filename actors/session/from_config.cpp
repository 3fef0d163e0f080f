#include "actors/session/from_config.hpp"

#include "conf/secret_source.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

venues::auth_method auth_of(conf::auth_method method) {
  switch (method) {
  case conf::auth_method::client_credentials:
    return venues::auth_method::client_credentials;
  case conf::auth_method::client_signature:
    return venues::auth_method::client_signature;
  case conf::auth_method::none:
    return venues::auth_method::none;
  }
  return venues::auth_method::none;
}

net::dial_options dial_to(const conf::exchange_config& exchange, const std::string& host, std::uint16_t port) {
  net::dial_options dial;
  dial.host = host.empty() ? exchange.url.host : host;
  dial.port = port == 0 ? exchange.url.port : port;
  return dial;
}

} // namespace

const venues::venue& venue_of(const conf::exchange_config& exchange) {
  const auto* known = venues::find_venue(conf::words_of(exchange.venue).at(static_cast<std::size_t>(exchange.venue)));
  CAFNODE_INVARIANT(known != nullptr, "a configuration may name an exchange that is not in the registry");
  return *known;
}

session_config session_config_of(const wanted_connection& wanted) {
  const auto& exchange = *wanted.exchange;
  const auto& venue = venue_of(exchange);
  session_config session;
  session.name = wanted.name;
  session.exchange = exchange.name;
  session.path = wanted.path;
  session.has_orders = wanted.entry->auth.method != conf::auth_method::none;
  session.cancel_on_disconnect = exchange.cancel_on_disconnect;
  session.heartbeat = {exchange.heartbeat.answer_deadline, exchange.heartbeat.silence_limit,
                       exchange.heartbeat.interval, venue.keep_alive == venues::keep_alive::answers};
  session.labels = venue.labels;
  session.query_credits = venue.query_credits;
  session.gate = {exchange.orders.in_flight_max, exchange.orders.valid_for};
  return session;
}

venues::live_settings live_settings_of(const wanted_connection& wanted) {
  // An exchange that is slow with everything still lets a connection in.
  constexpr std::chrono::milliseconds query_deadline_min{10'000};
  const auto deadline = wanted.exchange->orders.answer_deadline;
  return {wanted.entry->channels, deadline, std::max(deadline, query_deadline_min)};
}

venues::machine_config machine_config_of(const wanted_connection& wanted) {
  const auto& exchange = *wanted.exchange;
  auto live = live_settings_of(wanted);
  venues::machine_config machine;
  machine.auth = auth_of(wanted.entry->auth.method);
  machine.heartbeat_interval = std::chrono::duration_cast<std::chrono::seconds>(exchange.heartbeat.interval);
  machine.cancel_on_disconnect = exchange.cancel_on_disconnect;
  machine.channels = std::move(live.channels);
  machine.answer_deadline = live.answer_deadline;
  machine.query_deadline = live.query_deadline;
  machine.own.deribit.scope = exchange.deribit.scope;
  return machine;
}

base::result<venues::machine_config, std::string> with_login(venues::machine_config machine,
                                                             const conf::auth_config& auth) {
  if (machine.auth == venues::auth_method::none)
    return machine;
  auto id = conf::resolve_text(auth.client_id);
  if (!id)
    return base::failure{id.fault()};
  auto key = conf::resolve_secret(auth.client_secret);
  if (!key)
    return base::failure{key.fault()};
  machine.client_id = std::move(id).value();
  machine.client_secret = std::move(key).value();
  return machine;
}

rate_limits rate_limits_of(const conf::exchange_config& exchange) {
  const auto& rate = exchange.rate;
  const auto part = [&](std::uint32_t whole) {
    return std::max<std::int64_t>(1, std::int64_t{whole} * rate.use_percent / 100);
  };
  rate_limits limits;
  limits.matching = {part(rate.matching_burst), part(rate.matching_per_second)};
  limits.other = {part(rate.other_credits), part(rate.other_per_second)};
  // The exchange gives credits of both kinds back at one pace.
  limits.subscribe = {venue_of(exchange).subscribe_credits * rate.use_percent / 100, limits.other.per_second};
  return limits;
}

connection_restarts restarts_of(const conf::exchange_config& exchange) {
  connection_restarts restarts;
  restarts.intensity = exchange.restart.intensity;
  restarts.period = exchange.restart.period;
  const auto& backoff = exchange.connect.backoff;
  restarts.pacing.backoff = {backoff.first, backoff.cap, backoff.jitter_percent};
  return restarts;
}

net::dial_options dial_options_of(const conf::exchange_config& exchange, const venues::lane_spec& lane) {
  auto dial = dial_to(exchange, lane.host, lane.port);
  dial.path = lane.path.empty() ? exchange.url.path : lane.path;
  dial.deadline = exchange.connect.deadline;
  return dial;
}

net::dial_options dial_options_of(const conf::exchange_config& exchange, const venues::http_request& request) {
  auto dial = dial_to(exchange, request.host, request.port);
  dial.deadline = request.deadline;
  return dial;
}

} // namespace cafnode::session
