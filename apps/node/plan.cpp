#include "apps/node/plan.hpp"

#include "actors/session/connection_supervisor.hpp"
#include "actors/venues/deribit/make_machine.hpp"
#include "actors/venues/deribit/rules.hpp"
#include "conf/secret_source.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/net/tls_source.hpp"
#include "runtime/net/ws_link.hpp"

#include <algorithm>
#include <map>

namespace cafnode::node {

namespace {

constexpr std::size_t connection_failures_max =
    10; // connections whose tree gave up, within a minute, for each exchange
constexpr std::chrono::milliseconds failure_period{60'000};

// How fast one address is dialed: 64 at once, then 250 a second.
constexpr std::int64_t dials_at_once = 64;
constexpr std::chrono::milliseconds dial_interval{4};

/// The part of an account's limits that this node uses.
session::rate_limits rate_limits_of(const conf::rate_config& rate) {
  const auto part = [&](std::uint32_t whole) {
    return std::max<std::int64_t>(1, std::int64_t{whole} * rate.use_percent / 100);
  };
  session::rate_limits limits;
  limits.matching = {part(rate.matching_burst), part(rate.matching_per_second)};
  limits.other = {part(rate.other_credits), part(rate.other_per_second)};
  // The exchange gives credits of both kinds back at one pace.
  limits.subscribe = {deribit::subscribe_pool * rate.use_percent / 100, limits.other.per_second};
  return limits;
}

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

using fault = base::failure<std::string>;
using made_machine = base::result<std::unique_ptr<venues::machine>, std::string>;

/// What stays the same over all connections of one exchange.
struct exchange_parts {
  const conf::exchange_config& config;
  const plan_inputs& inputs;
  std::string path;
  std::shared_ptr<net::tls_source> tls;
  std::shared_ptr<session::dial_pace> dials;                                    // of the exchange's address
  std::map<std::string, std::shared_ptr<session::rate_budget>> budgets;         // by account
  mutable std::map<std::string, std::shared_ptr<session::login_hold>> logins{}; // by client id
};

venues::machine_config machine_config_of(const exchange_parts& exchange, const conf::connection_config& connection) {
  venues::machine_config machine;
  machine.auth = auth_of(connection.auth.method);
  machine.heartbeat_interval = std::chrono::duration_cast<std::chrono::seconds>(exchange.config.heartbeat.interval);
  machine.cancel_on_disconnect = exchange.config.cancel_on_disconnect;
  machine.channels = connection.channels;
  machine.answer_deadline = exchange.config.orders.answer_deadline;
  // An exchange that is slow with everything still lets a connection in.
  machine.query_deadline = std::max(machine.answer_deadline, std::chrono::milliseconds{10'000});
  return machine;
}

/// The machine with the credentials of now: a file that was replaced is used from the next dial on.
base::result<venues::machine_config, std::string> with_login(venues::machine_config machine,
                                                             const conf::auth_config& auth) {
  if (machine.auth == venues::auth_method::none)
    return machine;
  auto id = conf::resolve_text(auth.client_id);
  if (!id)
    return fault{id.fault()};
  auto key = conf::resolve_secret(auth.client_secret);
  if (!key)
    return fault{key.fault()};
  machine.client_id = std::move(id).value();
  machine.client_secret = std::move(key).value();
  return machine;
}

session::session_config session_config_of(const exchange_parts& exchange, const conf::connection_config& connection) {
  session::session_config session;
  session.name = connection.name;
  session.exchange = exchange.config.name;
  session.path = exchange.path + "/" + connection.name;
  session.has_orders = connection.auth.method != conf::auth_method::none;
  session.cancel_on_disconnect = exchange.config.cancel_on_disconnect;
  session.heartbeat = {exchange.config.heartbeat.answer_deadline, exchange.config.heartbeat.silence_limit,
                       exchange.config.heartbeat.interval};
  session.gate = {exchange.config.orders.in_flight_max, exchange.config.orders.valid_for};
  return session;
}

session::connection_restarts restarts_of(const conf::exchange_config& exchange, std::uint64_t seed) {
  session::connection_restarts restarts;
  restarts.intensity = exchange.restart.intensity;
  restarts.period = exchange.restart.period;
  const auto& backoff = exchange.connect.backoff;
  restarts.backoff = {backoff.first, backoff.cap, backoff.jitter_percent};
  restarts.seed = seed;
  return restarts;
}

session::session_outside outside_of(const exchange_parts& exchange, const conf::connection_config& connection,
                                    const std::string& client_id, host::io_unit& unit, base::rng& chance) {
  session::session_outside outside;
  net::dial_options dial;
  dial.host = exchange.config.url.host;
  dial.port = exchange.config.url.port;
  dial.path = exchange.config.url.path;
  dial.tls_from = exchange.tls;
  dial.deadline = exchange.config.connect.deadline;
  const net::link_limits limits{exchange.config.limits.frame_bytes_max, exchange.config.limits.send_queue_bytes_max};
  outside.make_link = [dial, limits, &unit](net::ws_link_handler& handler) {
    return net::make_ws_link(unit.context(), dial, limits, handler);
  };
  outside.make_machine = [machine = machine_config_of(exchange, connection), auth = connection.auth,
                          nonces = base::rng{chance.next()}]() mutable -> made_machine {
    auto ready = with_login(machine, auth);
    if (!ready)
      return fault{ready.fault()};
    ready.value().nonce_seed = nonces.next();
    return deribit::make_machine(std::move(ready).value());
  };
  outside.record =
      exchange.inputs.board->open(connection.name, exchange.config.name, exchange.path + "/" + connection.name);
  outside.notices = exchange.inputs.notices;
  if (connection.auth.method != conf::auth_method::none) // without a login nobody's credits are spent
    outside.budget = exchange.budgets.at(connection.account);
  if (outside.budget) {
    auto& logins = exchange.logins[client_id];
    if (!logins)
      logins = std::make_shared<session::login_hold>();
    outside.logins = logins;
  }
  outside.dials = exchange.dials;
  return outside;
}

/// A child that is itself a supervisor, started from the same plan each time.
supervision::child_spec supervisor_child(std::string id, process::home* where, supervision::supervisor_plan plan,
                                         std::shared_ptr<const void> keep = nullptr) {
  supervision::child_spec spec;
  spec.id = std::move(id);
  spec.type = supervision::child_type::supervisor;
  spec.start = [where, plan = std::move(plan), keep = std::move(keep)](process::process_base& parent) {
    return supervision::start_supervisor(parent.system(), where, plan);
  };
  return spec;
}

base::result<supervision::child_spec, std::string>
connection_child(const exchange_parts& exchange, const conf::connection_config& connection, base::rng& chance) {
  const auto login = with_login(machine_config_of(exchange, connection), connection.auth);
  if (!login)
    return fault{connection.name + ": " + login.fault()};
  auto seat = std::make_shared<host::io_seat>(exchange.inputs.engine->take_seat());
  auto& unit = seat->unit();
  auto context = std::make_shared<session::session_context>(
      session_config_of(exchange, connection), outside_of(exchange, connection, login.value().client_id, unit, chance),
      base::to_unix_ms(exchange.inputs.clock->now().wall));
  auto plan = session::connection_plan(std::move(context), unit, restarts_of(exchange.config, chance.next()),
                                       exchange.inputs.events);
  return supervisor_child(connection.name, &unit, std::move(plan), std::move(seat));
}

supervision::supervisor_plan empty_plan(std::string path, const plan_inputs& inputs, std::uint64_t seed) {
  supervision::supervisor_plan plan;
  plan.path = std::move(path);
  plan.flags.strategy = supervision::strategy::one_for_one;
  plan.flags.intensity = connection_failures_max;
  plan.flags.period = failure_period;
  plan.flags.pacing = supervision::restart_pacing{};
  plan.events = inputs.events;
  plan.seed = seed;
  return plan;
}

base::result<supervision::supervisor_plan, std::string> exchange_plan(const conf::exchange_config& config,
                                                                      const plan_inputs& inputs,
                                                                      const std::string& region, base::rng& chance) {
  exchange_parts exchange{config,
                          inputs,
                          region + "/" + config.name,
                          nullptr,
                          std::make_shared<session::dial_pace>(dials_at_once, dial_interval),
                          {}};
  if (config.url.tls) {
    exchange.tls = std::make_shared<net::tls_source>(net::tls_client_options{config.url.ca_file, true});
    if (const auto tls = exchange.tls->current(); !tls)
      return fault{config.name + ": " + tls.fault()};
  }
  const auto connections = conf::expand_connections(config);
  for (const auto& connection : connections)
    if (auto& budget = exchange.budgets[connection.account]; !budget)
      budget = std::make_shared<session::rate_budget>(rate_limits_of(config.rate), inputs.clock->now().steady);
  auto plan = empty_plan(exchange.path, inputs, chance.next());
  plan.flags.children_max = std::max(plan.flags.children_max, connections.size());
  for (const auto& connection : connections) {
    auto child = connection_child(exchange, connection, chance);
    if (!child)
      return fault{config.name + "." + child.fault()};
    plan.children.push_back(std::move(child).value());
    plan.children.back().stop_group = static_cast<std::uint32_t>(plan.children.size()); // side by side, for none waits
                                                                                        // for another
  }
  return plan;
}

} // namespace

base::result<supervision::supervisor_plan, std::string> make_node_plan(const conf::node_config& config,
                                                                       const plan_inputs& inputs) {
  base::rng chance{inputs.seed};
  auto root = empty_plan(config.region, inputs, chance.next());
  for (const auto& exchange : config.exchanges) {
    auto plan = exchange_plan(exchange, inputs, config.region, chance);
    if (!plan)
      return fault{plan.fault()};
    root.children.push_back(supervisor_child(exchange.name, nullptr, std::move(plan).value()));
    root.children.back().stop_group = static_cast<std::uint32_t>(root.children.size());
  }
  return root;
}

} // namespace cafnode::node
