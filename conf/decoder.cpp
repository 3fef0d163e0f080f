#include "conf/decoder.hpp"

#include "conf/field.hpp"
#include "conf/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cafnode::conf {

namespace {

/// One object of the configuration while its map is read.
struct target {
  scope in;
  scopes objects;
  std::string path;                    // "exchanges.deribit"; empty for the node
  std::set<std::string_view> seen;     // keys of the schema that the file holds
  const document_node* list = nullptr; // the list of the scope below, if the file has it
};

std::string_view list_key(scope in) noexcept {
  switch (in) {
  case scope::node:
    return "exchanges";
  case scope::exchange:
    return "connections";
  default:
    return {};
  }
}

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

const key* find_key(scope in, std::string_view path) {
  const auto all = schema();
  const auto found = std::find_if(all.begin(), all.end(), [&](const key& k) { return k.in == in && k.path == path; });
  return found == all.end() ? nullptr : &*found;
}

/// The keys that may stand in a section (`prefix` is "" or "heartbeat."), for suggestions.
std::vector<std::string_view> names_in(scope in, std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const auto& key : schema()) {
    if (key.in != in || !key.path.starts_with(prefix))
      continue;
    const auto rest = key.path.substr(prefix.size());
    const auto name = rest.substr(0, rest.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  if (prefix.empty() && !list_key(in).empty())
    names.push_back(list_key(in));
  if (prefix.empty() && in == scope::node)
    names.insert(names.begin(), {"apiVersion", "kind"});
  return names;
}

bool is_section(scope in, std::string_view path) {
  const auto prefix = fmt::format("{}.", path);
  const auto all = schema();
  return std::any_of(all.begin(), all.end(), [&](const key& k) { return k.in == in && k.path.starts_with(prefix); });
}

const document_member* find_member(const document_node& map, std::string_view key) {
  const auto found =
      std::find_if(map.members.begin(), map.members.end(), [&](const document_member& m) { return m.key == key; });
  return found == map.members.end() ? nullptr : &*found;
}

class decoder {
public:
  decoder(loaded& into, fault_sink& sink) : into_{&into}, sink_{&sink} {}

  positions decode(const document_node& root) {
    if (root.kind != node_kind::map) {
      if (root.kind != node_kind::broken)
        sink_->add(fault_code::wrong_type, root.at, {}, "the file must be a map of keys",
                   "begin with 'apiVersion: caf-node/v1'");
      return {};
    }
    check_header(root, "apiVersion", api_version);
    check_header(root, "kind", document_kind);
    target node{scope::node, {&into_->config, nullptr, nullptr}, {}, {}, nullptr};
    read_map(root, node, "");
    read_list(root, node, exchanges_max, [&](const document_node& entry, std::string path) {
      into_->config.exchanges.emplace_back();
      read_exchange(entry, into_->config.exchanges.back(), std::move(path));
    });
    return std::move(where_);
  }

private:
  void check_header(const document_node& root, std::string_view key, std::string_view wanted) {
    const auto* member = find_member(root, key);
    if (member == nullptr)
      sink_->add(fault_code::wrong_version, root.at, std::string{key}, fmt::format("{} is missing", key),
                 fmt::format("write '{}: {}'", key, wanted));
    else if (member->value.kind != node_kind::broken && member->value.text != wanted)
      sink_->add(fault_code::wrong_version, member->value.at, std::string{key},
                 fmt::format("{} is not one that this program reads", key), fmt::format("write '{}: {}'", key, wanted));
  }

  /// Reads the members of a map, and of the sections in it; `prefix` is the section's path within the scope.
  void read_map(const document_node& map, target& to, const std::string& prefix) {
    for (const auto& member : map.members) {
      const auto relative = prefix + member.key;
      const auto path = joined(to.path, relative);
      if (to.in == scope::node && (relative == "apiVersion" || relative == "kind"))
        continue;
      if (relative == list_key(to.in))
        to.list = &member.value;
      else if (const auto* key = find_key(to.in, relative))
        read_key(*key, member, to, path);
      else if (is_section(to.in, relative))
        read_section(member, to, relative, path);
      else
        note_unknown(member, to, prefix);
    }
  }

  void read_key(const key& key, const document_member& member, target& to, const std::string& path) {
    to.seen.insert(key.path);
    if (member.value.kind == node_kind::broken)
      sink_->mark_broken(path);
    where_[path] = member.value.at;
    into_->origins[path] = origin::file;
    read_field(key, key.at(to.objects), member.value, path, *sink_);
  }

  void read_section(const document_member& member, target& to, const std::string& relative, const std::string& path) {
    where_[path] = member.at;
    // A section whose lines are all commented out is empty, and means the defaults.
    if (member.value.kind == node_kind::map)
      read_map(member.value, to, relative + ".");
    else if (member.value.kind == node_kind::broken)
      sink_->mark_broken(path);
    else if (member.value.kind == node_kind::scalar || member.value.kind == node_kind::list)
      sink_->add(fault_code::wrong_type, member.value.at, path, fmt::format("{} must be a map of keys", path),
                 "write its keys below it, indented");
  }

  void note_unknown(const document_member& member, const target& to, const std::string& prefix) {
    const auto key = key_part(member.key);
    const auto meant = nearest(key, names_in(to.in, prefix));
    auto section =
        joined(to.path, prefix.empty() ? std::string_view{} : std::string_view{prefix}.substr(0, prefix.size() - 1));
    while (!section.empty() && section.back() == '.')
      section.pop_back();
    // What is no key, and like none, may be a secret: among credentials, alone in the braces of a map, or long.
    constexpr std::size_t name_max = 40;
    const bool may_be_secret =
        meant.empty() && (prefix.starts_with("auth.") || key.size() > name_max || member.value.kind == node_kind::null);
    const auto name = may_be_secret ? std::string{} : fmt::format(" '{}'", printable(key));
    const auto hint = key.size() < member.key.size() ? "between a key and its value there are ':' and a blank"
                      : meant.empty()                ? std::string{}
                                                     : fmt::format("did you mean '{}'?", meant);
    sink_->add(fault_code::unknown_key, member.at, may_be_secret ? section : joined(to.path, prefix + std::string{key}),
               fmt::format("unknown key{}{}{}", name, section.empty() ? "" : " in ", section), hint);
  }

  void note_missing(const document_node& map, const target& to) {
    for (const auto& key : schema())
      if (key.in == to.in && key.required && !to.seen.contains(key.path))
        sink_->add(fault_code::missing_key, map.at, joined(to.path, key.path),
                   fmt::format("{} is missing", joined(to.path, key.path)),
                   fmt::format("expected {}", describe_range(key)));
  }

  /// What one venue alone knows is nothing to the others.
  void note_foreign(const document_node& map, const target& to, std::string_view venue) {
    for (const auto& member : map.members)
      if (is_section(to.in, member.key) && is_foreign(member.key + ".", venue))
        sink_->add(fault_code::unknown_key, member.at, joined(to.path, member.key),
                   fmt::format("{} is a section of the venue {}", joined(to.path, member.key), member.key),
                   fmt::format("the venue here is {}: leave the section out", venue));
  }

  /// Reads the list of the scope below `to`; each entry that is a map goes to `take`.
  template<class Take>
  void read_list(const document_node& map, const target& to, std::size_t most, Take take) {
    const auto path = joined(to.path, list_key(to.in));
    if (to.list == nullptr) {
      sink_->add(fault_code::missing_key, map.at, path, fmt::format("{} is missing", path),
                 "write a list with one entry at least");
      return;
    }
    if (to.list->kind == node_kind::broken)
      return;
    if (to.list->kind != node_kind::list || to.list->items.empty()) {
      sink_->add(fault_code::wrong_type, to.list->at, path,
                 fmt::format("{} must be a list with one entry at least", path), "begin each entry with '- '");
      return;
    }
    if (to.list->items.size() > most) {
      sink_->add(fault_code::out_of_range, to.list->at, path, fmt::format("{} has more than {} entries", path, most));
      return;
    }
    for (std::size_t i = 0; i < to.list->items.size() && !sink_->full(); ++i)
      read_entry(to.list->items[i], path, i, take);
  }

  template<class Take>
  void read_entry(const document_node& entry, const std::string& list, std::size_t index, Take& take) {
    auto path = fmt::format("{}[{}]", list, index);
    if (entry.kind == node_kind::broken)
      return;
    if (entry.kind != node_kind::map) {
      sink_->add(fault_code::wrong_type, entry.at, path, fmt::format("{} must be a map of keys", path));
      return;
    }
    const auto* name = find_member(entry, "name");
    if (name != nullptr && is_name(name->value.text)) {
      const auto named = joined(list, name->value.text);
      // A name that is there twice is a fault of its own; until then the paths must not be mixed up.
      if (!where_.contains(named))
        path = named;
    }
    where_[path] = entry.at;
    take(entry, std::move(path));
  }

  void read_exchange(const document_node& map, exchange_config& exchange, std::string path) {
    target to{scope::exchange, {&into_->config, &exchange, nullptr}, std::move(path), {}, nullptr};
    read_map(map, to, "");
    note_missing(map, to);
    if (to.seen.contains("venue"))
      note_foreign(map, to, word_of(exchange.venue));
    if (!to.seen.contains("heartbeat.silence_limit"))
      exchange.heartbeat.silence_limit = silence_limit_for(exchange.heartbeat.interval);
    read_list(map, to, connections_max, [&](const document_node& entry, std::string below) {
      exchange.connections.emplace_back();
      read_connection(entry, exchange, exchange.connections.back(), std::move(below));
    });
  }

  void read_connection(const document_node& map, exchange_config& exchange, connection_config& connection,
                       std::string path) {
    target to{scope::connection, {&into_->config, &exchange, &connection}, std::move(path), {}, nullptr};
    read_map(map, to, "");
    note_missing(map, to);
    connection.own_auth = find_member(map, "auth") != nullptr;
    if (!connection.own_auth)
      connection.auth = exchange.auth;
  }

  loaded* into_;
  fault_sink* sink_;
  positions where_;
};

} // namespace

positions decode_document(const document_node& root, loaded& into, fault_sink& sink) {
  return decoder{into, sink}.decode(root);
}

} // namespace cafnode::conf
