#pragma once

#include "conf/node_config.hpp"
#include "conf/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cafnode::conf {

enum class change_kind : std::uint8_t { changed = 0, added = 1, removed = 2 };

/// One difference between two configurations.
struct change {
  change_kind kind = change_kind::changed;
  std::string path;       // "exchanges.deribit.heartbeat.interval"; an entry's own path when it came or went
  std::string exchange;   // the exchange it concerns; empty for the node's own keys
  std::string connection; // the connection it concerns; empty for all of the exchange
  std::string before;     // as in YAML; empty when added
  std::string after;      // empty when removed
  apply_effect effect = apply_effect::restart_node;
  pushed_by pusher = pushed_by::owner;
};

/// What differs, by names: exchanges and connections are the same when they are called the same, wherever they stand.
/// Pure; both configurations must have passed the checks.
[[nodiscard]] std::vector<change> diff(const node_config& before, const node_config& after);

/// The first difference that only the node's owner may push: of a key that is for him, a new exchange, or a new
/// connection with credentials of its own. Pure; the configurations may have faults.
[[nodiscard]] std::optional<change> first_for_owner(const node_config& before, const node_config& after);

[[nodiscard]] std::string_view to_string(change_kind kind) noexcept;

/// One line for people: `~ log.level: info -> debug (live)`.
[[nodiscard]] std::string format_change(const change& change);

} // namespace cafnode::conf
