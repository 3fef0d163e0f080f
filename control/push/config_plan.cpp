#include "control/push/config_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

namespace cafnode::control {

namespace {

using session::wanted_connection;
using session::wanted_exchange;
using reasons = std::shared_ptr<const std::vector<std::string>>;

/// What changed, as one reads it beside a connection.
class reason_book {
public:
  explicit reason_book(const std::vector<conf::change>& changes) {
    for (const auto& each : changes)
      if (!each.exchange.empty())
        lines_[{each.exchange, each.connection}].push_back(
            each.kind == conf::change_kind::changed ? fmt::format("{}: {} -> {}", each.path, each.before, each.after)
                                                    : fmt::format("{} {}", each.path, to_string(each.kind)));
  }

  /// Of the exchange itself, and of the entry; the same list for all connections of an entry.
  reasons of(const std::string& exchange, const std::string& entry) {
    auto& kept = made_[{exchange, entry}];
    if (kept)
      return kept;
    std::vector<std::string> all;
    for (const auto* key : {"", entry.c_str()})
      if (const auto found = lines_.find({exchange, key}); found != lines_.end())
        all.insert(all.end(), found->second.begin(), found->second.end());
    kept = std::make_shared<const std::vector<std::string>>(std::move(all));
    return kept;
  }

private:
  using place = std::pair<std::string, std::string>; // exchange and entry; no entry: the exchange itself

  std::map<place, std::vector<std::string>> lines_;
  std::map<place, reasons> made_;
};

bool restarts_differ(const conf::exchange_config& one, const conf::exchange_config& other) {
  const auto facts = [](const conf::exchange_config& of) {
    return std::tuple{of.restart.intensity, of.restart.period, of.connect.backoff.first, of.connect.backoff.cap,
                      of.connect.backoff.jitter_percent};
  };
  return facts(one) != facts(other);
}

class comparison {
public:
  comparison(config_plan& plan, const std::vector<conf::change>& changes, const child_look& look)
      : plan_{plan}, reasons_{changes}, look_{look} {}

  void exchanges(const session::wanted_tree& before, const session::wanted_tree& after) {
    const wanted_exchange none;
    for (const auto& old : before.exchanges)
      if (after.find(old.name) == nullptr) {
        plan_.list_of_exchanges_changes = true;
        one_exchange(old, none);
      }
    for (const auto& young : after.exchanges) {
      const auto* old = before.find(young.name);
      plan_.list_of_exchanges_changes = plan_.list_of_exchanges_changes || old == nullptr;
      one_exchange(old == nullptr ? none : *old, young);
    }
    std::ranges::sort(plan_.children, {}, &planned_child::path);
  }

private:
  void one_exchange(const wanted_exchange& before, const wanted_exchange& after) {
    const auto& name = after.name.empty() ? before.name : after.name;
    const auto known = plan_.children.size();
    std::unordered_map<std::string_view, const wanted_connection*> old;
    for (const auto& each : before.connections)
      old.emplace(each.name, &each);
    for (const auto& each : after.connections) {
      const auto found = old.find(each.name);
      if (found == old.end()) {
        add(child_effect::start, name, each);
        continue;
      }
      both(name, *found->second, each);
      old.erase(found);
    }
    for (const auto& each : before.connections)
      if (old.contains(each.name))
        add(child_effect::stop, name, each);
    if (plan_.children.size() != known || before.name != after.name)
      plan_.exchanges_changed.push_back(name);
  }

  void both(const std::string& exchange, const wanted_connection& before, const wanted_connection& after) {
    if (before == after) {
      ++plan_.unchanged;
      return;
    }
    add(before.identity != after.identity   ? child_effect::replace
        : before.revision != after.revision ? child_effect::restart
                                            : child_effect::change,
        exchange, after);
    auto& child = plan_.children.back();
    child.restarts_change = restarts_differ(*before.exchange, *after.exchange);
    child.cancels = child.effect == child_effect::restart && before.exchange->cancel_on_disconnect;
  }

  void add(child_effect effect, const std::string& exchange, const wanted_connection& connection) {
    planned_child child;
    child.effect = effect;
    child.name = connection.name;
    child.path = connection.path;
    child.exchange = exchange;
    child.why = reasons_.of(exchange, connection.entry->name);
    if (effect != child_effect::start)
      child.now = look_(connection.name);
    plan_.children.push_back(std::move(child));
  }

  config_plan& plan_;
  reason_book reasons_;
  const child_look& look_;
};

} // namespace

std::string_view to_string(child_effect effect) noexcept {
  constexpr std::array<std::string_view, 5> words{"stop", "change", "restart", "replace", "start"};
  return words[static_cast<std::size_t>(effect)];
}

std::size_t config_plan::count(child_effect effect) const noexcept {
  return static_cast<std::size_t>(std::ranges::count(children, effect, &planned_child::effect));
}

std::size_t config_plan::interrupted() const noexcept {
  return count(child_effect::stop) + count(child_effect::restart) + count(child_effect::replace);
}

config_plan make_config_plan(const conf::node_config& before, const conf::node_config& after, const std::string& region,
                             const child_look& look) {
  config_plan plan;
  plan.node = before.name;
  const auto changes = conf::diff(before, after);
  for (const auto& each : changes)
    if (each.effect == conf::apply_effect::restart_node)
      plan.after_restart.push_back(each);
    else if (each.exchange.empty())
      plan.node_changes.push_back(each);
  const auto wanted_here = [&region](conf::node_config config) {
    config.region = region;
    return session::wanted_of(config);
  };
  comparison{plan, changes, look}.exchanges(wanted_here(before), wanted_here(after));
  return plan;
}

config_plan reversed(const config_plan& plan) {
  auto back = plan;
  for (auto& child : back.children)
    if (child.effect == child_effect::start)
      child.effect = child_effect::stop;
    else if (child.effect == child_effect::stop)
      child.effect = child_effect::start;
  return back;
}

order_obstacle obstacle_of(const config_plan& plan, const child_look& look) {
  for (const auto& child : plan.children) {
    if (child.effect == child_effect::change || child.effect == child_effect::start)
      continue;
    const auto now = look(child.name);
    const bool forgets = child.effect != child_effect::restart;
    if (forgets && !now.orders_known)
      return {fmt::format("the orders of {} are not known: it has not been live since the node began", child.path),
              true};
    if (now.orders_in_doubt > 0)
      return {fmt::format("{} has {} order{} in doubt", child.path, now.orders_in_doubt,
                          now.orders_in_doubt == 1 ? "" : "s"),
              true};
    if (forgets && now.orders_open > 0)
      return {fmt::format("{} would be {} with {} open order{}, which nobody would look after", child.path,
                          child.effect == child_effect::stop ? "stopped" : "replaced by another", now.orders_open,
                          now.orders_open == 1 ? "" : "s"),
              false};
    if (child.cancels && now.live && now.orders_open > 0)
      return {fmt::format("{} would be restarted, and the exchange cancel its {} open order{}: cancel_on_disconnect",
                          child.path, now.orders_open, now.orders_open == 1 ? "" : "s"),
              false};
  }
  return {};
}

} // namespace cafnode::control
