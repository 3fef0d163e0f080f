#include "actors/session/depot.hpp"

#include "actors/session/connection_supervisor.hpp"
#include "actors/session/from_config.hpp"
#include "actors/session/order_owner.hpp"
#include "conf/fingerprint.hpp"
#include "conf/secret_source.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/net/http_ask.hpp"
#include "runtime/net/ws_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::session {

namespace {

// Connections of an exchange whose tree gave up, within a minute; then the exchange's supervisor does.
constexpr std::size_t failures_max = 10;
constexpr std::chrono::milliseconds failure_period{60'000};

// How fast one address is dialed: 64 at once, then 250 per second.
constexpr std::int64_t dials_at_once = 64;
constexpr std::chrono::milliseconds dial_interval{4};

std::uint64_t seed_for(std::uint64_t seed, std::string_view name) noexcept {
  for (const char c : name)
    seed = conf::joined(seed, static_cast<unsigned char>(c));
  return seed;
}

/// The one that is there already, or a new one.
template<class Kept, class Key, class Make>
std::shared_ptr<Kept> shared_by(std::map<Key, std::weak_ptr<Kept>>& all, const Key& key, Make make) {
  auto& place = all[key];
  auto found = place.lock();
  if (!found)
    place = found = make();
  return found;
}

template<class Map>
void drop_expired(Map& all) {
  std::erase_if(all, [](const auto& each) { return each.second.expired(); });
}

/// Names the key of a connection, so that those who log in with one share its hold.
std::string key_name(const conf::auth_config& auth) {
  const auto id = conf::resolve_text(auth.client_id);
  return id ? id.value() : auth.client_id.reference.name;
}

net::tls_client_options trust_of(const conf::exchange_config& exchange) {
  return {exchange.url.ca_file, true};
}

} // namespace

depot::depot(depot_inputs inputs) : inputs_{std::move(inputs)} {}

std::optional<std::string> depot::why_not(const wanted_tree& tree) {
  for (const auto& exchange : tree.exchanges) {
    if (exchange.config->url.tls)
      if (const auto trust = net::tls_source{trust_of(*exchange.config)}.current(); !trust)
        return fmt::format("{}: {}", exchange.name, trust.fault());
    const conf::connection_config* checked = nullptr; // all of a `count` share their entry
    for (const auto& connection : exchange.connections)
      if (connection.entry.get() != std::exchange(checked, connection.entry.get()))
        if (const auto login = with_login(machine_config_of(connection), connection.entry->auth); !login)
          return fmt::format("{}.{}: {}", exchange.name, connection.name, login.fault());
  }
  return std::nullopt;
}

void depot::want(wanted_tree tree, std::uint64_t version, bool holds_new) {
  const std::lock_guard guard{mutex_};
  wanted_ = std::move(tree);
  current_.clear();
  for (const auto& exchange : wanted_.exchanges) {
    if (const auto [group, is_new] = groups_.try_emplace(exchange.path, 0); is_new)
      group->second = ++last_group_;
    for (const auto& connection : exchange.connections)
      current_[connection.name] = {connection.path, connection.identity};
    for (const auto& connection : exchange.connections)
      inputs_.board->show(
          place_for(std::make_shared<const wanted_connection>(connection), holds_new)->context->outside.record);
    const auto limits = rate_limits_of(*exchange.config);
    for (const auto& [key, budget] : budgets_)
      if (key.first == exchange.name)
        if (const auto kept = budget.lock())
          kept->use(limits, inputs_.clock->now().steady);
  }
  version_->store(version);
}

void depot::forget_unwanted() {
  const std::lock_guard guard{mutex_};
  std::erase_if(places_, [&](const auto& each) {
    const auto& name = each.second->context->outside.record->name();
    const auto meant = current_.find(name);
    if (meant != current_.end() && meant->second == each.first)
      return false;
    if (meant == current_.end())
      inputs_.board->close(name);
    return true;
  });
  std::erase_if(groups_, [&](const auto& each) {
    return std::ranges::find(wanted_.exchanges, each.first, &wanted_exchange::path) == wanted_.exchanges.end();
  });
  drop_expired(budgets_);
  drop_expired(logins_);
  drop_expired(dials_);
  drop_expired(trust_);
}

wanted_tree depot::wanted() const {
  const std::lock_guard guard{mutex_};
  return wanted_;
}

std::size_t depot::size() const {
  const std::lock_guard guard{mutex_};
  return places_.size();
}

std::shared_ptr<const wanted_connection> depot::find(std::string_view connection) const {
  const std::lock_guard guard{mutex_};
  const auto found = current_.find(connection);
  return found == current_.end() ? nullptr : places_.at(found->second)->wanted->get();
}

// -- places -----------------------------------------------------------------------------------------------------------

depot::shared_place depot::place_for(const std::shared_ptr<const wanted_connection>& wanted, bool holds_new) {
  const auto& exchange = *wanted->exchange;
  wanted_cell::content content{wanted, nullptr};
  if (exchange.url.tls)
    content.trust =
        shared_by(trust_, exchange.url.ca_file, [&] { return std::make_shared<net::tls_source>(trust_of(exchange)); });
  auto& place = places_[{wanted->path, wanted->identity}];
  if (place) {
    place->wanted->set(std::move(content));
    return place;
  }
  place = std::make_shared<connection_place>();
  place->seat = inputs_.seats(wanted->name);
  place->stop_group = ++last_group_;
  place->seed = seed_for(inputs_.seed, wanted->path);
  place->wanted = std::make_shared<wanted_cell>(std::move(content));
  place->context = std::make_shared<session_context>(session_config_of(*wanted),
                                                     outside_of(*wanted, place->wanted, *place->seat, place->seed),
                                                     base::to_unix_ms(inputs_.clock->now().wall));
  place->context->outside.record->hold_orders(holds_new);
  return place;
}

session_outside depot::outside_of(const wanted_connection& wanted, const std::shared_ptr<wanted_cell>& cell,
                                  connection_seat& seat, std::uint64_t seed) {
  const auto& exchange = *wanted.exchange;
  const auto& entry = *wanted.entry;
  session_outside outside;
  outside.record = std::make_shared<connection_record>(wanted.name, exchange.name, wanted.path);
  const auto address = fmt::format("{}:{}", exchange.url.host, exchange.url.port);
  outside.make_link = [cell, &seat](const venues::lane_spec& lane, net::ws_link_handler& handler) {
    const auto now = cell->all();
    const auto& wishes = *now.wanted->exchange;
    auto dial = dial_options_of(wishes, lane);
    dial.tls_from = now.trust;
    return seat.make_link(std::move(dial), {wishes.limits.frame_bytes_max, wishes.limits.send_queue_bytes_max},
                          handler);
  };
  outside.make_call = [cell, &seat](const venues::http_request& request, std::function<bool()> may_write,
                                    std::function<void(net::http_outcome)> done) {
    const auto now = cell->all();
    auto dial = dial_options_of(*now.wanted->exchange, request);
    dial.tls_from = now.trust;
    return seat.ask_http({std::move(dial), now.wanted->exchange->limits.frame_bytes_max, std::move(may_write)},
                         {request.method, request.target, request.headers, request.body}, std::move(done));
  };
  outside.make_machine = [cell, nonces = base::rng{seed}, record = outside.record,
                          owner =
                              order_owner{}]() mutable -> base::result<std::unique_ptr<venues::machine>, std::string> {
    const auto now = cell->get();
    auto ready = with_login(machine_config_of(*now), now->entry->auth);
    if (!ready)
      return base::failure{ready.fault()};
    const auto& counters = record->counters;
    if (auto wrong = owner.take(ready.value().client_id, counters.orders_open + counters.orders_in_doubt))
      return base::failure{std::move(*wrong)};
    ready.value().nonce_seed = nonces.next();
    return venue_of(*now->exchange).make(std::move(ready).value());
  };
  outside.settings = [cell, version = version_] {
    const auto now = cell->get();
    return session_settings{session_config_of(*now), live_settings_of(*now), version->load()};
  };
  outside.notices = inputs_.notices;
  outside.dials = shared_by(dials_, {exchange.name, address},
                            [] { return std::make_shared<dial_pace>(dials_at_once, dial_interval); });
  if (entry.auth.method == conf::auth_method::none) // without a login nobody's credits are spent
    return outside;
  outside.budget = shared_by(budgets_, {exchange.name, entry.account}, [&] {
    return std::make_shared<rate_budget>(rate_limits_of(exchange), inputs_.clock->now().steady);
  });
  outside.logins =
      shared_by(logins_, {exchange.name, key_name(entry.auth)}, [] { return std::make_shared<login_hold>(); });
  return outside;
}

// -- plans ------------------------------------------------------------------------------------------------------------

supervision::supervisor_plan depot::empty_plan(std::string path, std::string role, std::size_t children) const {
  supervision::supervisor_plan plan;
  plan.seed = seed_for(inputs_.seed, path);
  plan.path = std::move(path);
  plan.role = std::move(role);
  plan.flags.strategy = supervision::strategy::one_for_one;
  plan.flags.intensity = failures_max;
  plan.flags.period = failure_period;
  plan.flags.pacing = supervision::restart_pacing{};
  plan.flags.children_max = std::max(plan.flags.children_max, children);
  plan.events = inputs_.events;
  return plan;
}

supervision::supervisor_plan depot::root_plan() {
  const std::lock_guard guard{mutex_};
  auto plan = empty_plan(wanted_.region, "root", wanted_.exchanges.size());
  for (const auto& exchange : wanted_.exchanges) {
    supervision::child_spec spec;
    spec.id = exchange.name;
    spec.type = supervision::child_type::supervisor;
    spec.stop_group = groups_.at(exchange.path);
    spec.start = [self = shared_from_this(), name = exchange.name](process::process_base& parent) {
      auto found = self->exchange_plan(name);
      return found ? supervision::start_supervisor(parent.system(), nullptr, std::move(*found))
                   : supervision::start_outcome{supervision::ignored{}};
    };
    plan.children.push_back(std::move(spec));
  }
  return plan;
}

std::optional<supervision::supervisor_plan> depot::exchange_plan(std::string_view exchange) {
  const std::lock_guard guard{mutex_};
  const auto* wanted = wanted_.find(exchange);
  if (wanted == nullptr)
    return std::nullopt;
  auto plan = empty_plan(wanted->path, "exchange", wanted->connections.size());
  plan.children.reserve(wanted->connections.size());
  for (const auto& connection : wanted->connections)
    plan.children.push_back(connection_child(connection));
  return plan;
}

supervision::child_spec depot::connection_child(const wanted_connection& wanted) {
  const auto& place = places_.at(current_.at(wanted.name));
  supervision::child_spec spec;
  spec.id = wanted.name;
  spec.type = supervision::child_type::supervisor;
  spec.stop_group = place->stop_group;
  spec.revision = conf::joined(wanted.revision, wanted.identity);
  spec.start = [self = shared_from_this(), name = wanted.name](process::process_base& parent) {
    return self->start_connection(parent.system(), name);
  };
  return spec;
}

supervision::start_outcome depot::start_connection(caf::actor_system& system, const std::string& connection) {
  shared_place place;
  {
    const std::lock_guard guard{mutex_};
    const auto found = current_.find(connection);
    if (found == current_.end())
      return supervision::ignored{};
    place = places_.at(found->second);
  }
  auto plan = connection_plan(connection);
  if (!plan)
    return supervision::ignored{};
  return supervision::start_supervisor(system, &place->seat->home(), std::move(*plan));
}

std::optional<supervision::supervisor_plan> depot::connection_plan(std::string_view connection) {
  const std::lock_guard guard{mutex_};
  const auto found = current_.find(connection);
  if (found == current_.end())
    return std::nullopt;
  const auto& place = places_.at(found->second);
  const auto wanted = place->wanted->get();
  auto restarts = restarts_of(*wanted->exchange);
  restarts.seed = place->seed;
  return session::connection_plan(place->context, session_config_of(*wanted), place->seat->home(), restarts,
                                  inputs_.events);
}

} // namespace cafnode::session
