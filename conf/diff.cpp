#include "conf/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace cafnode::conf {

namespace {

/// Entries by their name, in the order of the names.
template<class Entry>
std::map<std::string, Entry*> by_name(std::vector<Entry>& entries) {
  std::map<std::string, Entry*> out;
  for (auto& entry : entries)
    out.emplace(entry.name, &entry);
  return out;
}

class comparison {
public:
  std::vector<change> compare(node_config before, node_config after) {
    compare_keys(scope::node, {&before, nullptr, nullptr}, {&after, nullptr, nullptr}, {});
    compare_entries<exchange_config>("exchanges", before.exchanges, after.exchanges, {},
                                     [&](exchange_config& old, exchange_config& young, const change& place) {
                                       compare_exchange(old, young, place);
                                     });
    return std::move(changes_);
  }

private:
  void compare_exchange(exchange_config& before, exchange_config& after, const change& place) {
    compare_keys(scope::exchange, {nullptr, &before, nullptr}, {nullptr, &after, nullptr}, place);
    compare_entries<connection_config>(
        place.path + ".connections", before.connections, after.connections, before.name,
        [&](connection_config& old, connection_config& young, const change& below) {
          compare_keys(scope::connection, {nullptr, &before, &old}, {nullptr, &after, &young}, below);
        });
  }

  void compare_keys(scope in, const scopes& before, const scopes& after, const change& place) {
    for (const auto& key : schema()) {
      if (key.in != in || is_copy(key, before, after))
        continue;
      change found = place;
      found.before = write_value(key.at(before));
      found.after = write_value(key.at(after));
      found.path = place.path.empty() ? std::string{key.path} : fmt::format("{}.{}", place.path, key.path);
      found.effect = key.effect;
      found.pusher = key.pusher;
      if (found.before != found.after)
        changes_.push_back(std::move(found));
    }
  }

  /// A connection's copy of its exchange's credentials: the exchange's own change says it all.
  static bool is_copy(const key& key, const scopes& before, const scopes& after) {
    return key.in == scope::connection && key.path.starts_with("auth.") && !before.connection->own_auth &&
           !after.connection->own_auth;
  }

  template<class Entry, class Both>
  void compare_entries(const std::string& list, std::vector<Entry>& before, std::vector<Entry>& after,
                       const std::string& exchange, Both both) {
    const auto old = by_name(before);
    const auto young = by_name(after);
    const auto place = [&](const std::string& name, change_kind kind) {
      change at;
      at.kind = kind;
      at.path = fmt::format("{}.{}", list, name);
      at.exchange = exchange.empty() ? name : exchange;
      at.connection = exchange.empty() ? std::string{} : name;
      at.effect = apply_effect::restart_child;
      at.pusher = pushed_by::operate;
      return at;
    };
    for (const auto& [name, entry] : old) {
      const auto same = young.find(name);
      if (same == young.end())
        changes_.push_back(place(name, change_kind::removed));
      else
        both(*entry, *same->second, place(name, change_kind::changed));
    }
    for (const auto& [name, entry] : young)
      if (!old.contains(name)) {
        changes_.push_back(place(name, change_kind::added));
        changes_.back().pusher = names_secrets(*entry) ? pushed_by::owner : pushed_by::operate;
      }
  }

  /// An exchange names secrets and the host that they are sent to, whatever its credentials are now.
  static bool names_secrets(const exchange_config&) { return true; }

  static bool names_secrets(const connection_config& connection) { return connection.own_auth; }

  std::vector<change> changes_;
};

} // namespace

std::vector<change> diff(const node_config& before, const node_config& after) {
  return comparison{}.compare(before, after);
}

std::optional<change> first_for_owner(const node_config& before, const node_config& after) {
  auto changes = diff(before, after);
  const auto found =
      std::find_if(changes.begin(), changes.end(), [](const change& each) { return each.pusher == pushed_by::owner; });
  return found == changes.end() ? std::nullopt : std::optional{std::move(*found)};
}

std::string_view to_string(change_kind kind) noexcept {
  constexpr std::array<std::string_view, 3> names{"changed", "added", "removed"};
  return names[static_cast<std::size_t>(kind)];
}

std::string format_change(const change& change) {
  switch (change.kind) {
  case change_kind::added:
    return fmt::format("+ {} ({})", change.path, to_string(change.effect));
  case change_kind::removed:
    return fmt::format("- {} ({})", change.path, to_string(change.effect));
  case change_kind::changed:
    break;
  }
  return fmt::format("~ {}: {} -> {} ({})", change.path, change.before, change.after, to_string(change.effect));
}

} // namespace cafnode::conf
