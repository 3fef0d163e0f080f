#pragma once

#include "conf/node_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cafnode::conf {

/// What it takes for a changed value to apply.
enum class apply_effect : std::uint8_t {
  live = 0,          // at once, nothing is interrupted
  restart_child = 1, // the connections that it concerns are restarted
  restart_node = 2,  // only a restart of the node
};

/// Who may push a change of a value: what says where secrets are, where they go or who may do what is for those alone
/// who could edit the node's file.
enum class pushed_by : std::uint8_t {
  operate = 0, // whoever may operate the node
  owner = 1,   // the node's own user and root, by its unix socket or its file
};

/// Where a value came from; the later ones win.
enum class origin : std::uint8_t { built_in = 0, file = 1, env = 2, flag = 3 };

[[nodiscard]] std::string_view to_string(apply_effect effect) noexcept;
[[nodiscard]] std::string_view to_string(pushed_by pusher) noexcept;
[[nodiscard]] std::string_view to_string(origin from) noexcept;

/// Which object a key belongs to: the node, each entry of `exchanges`, each entry of their `connections`.
enum class scope : std::uint8_t { node = 0, exchange = 1, connection = 2 };

/// How a value is written.
enum class value_form : std::uint8_t {
  boolean,
  integer,
  duration,
  size,
  text, // any, of `low` to `high` bytes
  name, // [a-z0-9-]{1,32}
  host, // a DNS name or an address
  choice,
  text_list, // each entry a channel name, `low` to `high` of them
  secret,    // a reference
  text_or_secret,
};

/// A byte count among the fields, so that it reads and prints with its unit.
struct size_field {
  std::uint64_t* bytes;
};

/// Where a key's value lives in the configuration.
using field = std::variant<bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*, std::chrono::milliseconds*,
                           size_field, std::string*, log_level*, log_format*, venue*, auth_method*,
                           std::vector<std::string>*, secret_reference*, text_source*>;

/// The objects that keys are looked up in; those that a key does not belong to may be null.
struct scopes {
  node_config* node = nullptr;
  exchange_config* exchange = nullptr;
  connection_config* connection = nullptr;
};

/// One line of the schema. Validation, defaults, --print-config, the diff and docs/configuration.md all come from it;
/// the defaults themselves are those of the structs in node_config.hpp.
struct key {
  scope in;
  std::string_view path; // within the scope, for example "heartbeat.interval"
  value_form form;
  std::int64_t low; // the range: a number, milliseconds, bytes, characters or entries
  std::int64_t high;
  apply_effect effect;
  pushed_by pusher;
  bool required;
  field (*at)(const scopes&);
  std::string_view doc;
  std::string_view default_note = {}; // shown in place of the default where that is computed
};

/// Every key that holds a value, in the order of the file. apiVersion, kind and the two lists are not among them.
[[nodiscard]] std::span<const key> schema() noexcept;

/// The venue in whose section a key of an exchange stands: "deribit" for "deribit.scope"; empty for keys of all venues.
[[nodiscard]] std::string_view section_venue(std::string_view path) noexcept;

/// Whether the key stands in the section of another venue than this one.
[[nodiscard]] bool is_foreign(std::string_view path, std::string_view venue) noexcept;

/// The value as one would write it in YAML on one line.
[[nodiscard]] std::string write_value(const field& value);

/// What may be written, for documentation and hints: "1 to 64", "one of auto, json, text".
[[nodiscard]] std::string describe_range(const key& key);

/// The type as documentation calls it: "duration".
[[nodiscard]] std::string_view describe_form(value_form form) noexcept;

/// docs/configuration.md: every key with its type, range, default and what a change of it takes.
[[nodiscard]] std::string schema_to_markdown();

/// JSON Schema (draft-07) of the whole document, for editors and other programs. Beside it each key has `x-effect`:
/// live, restart_child or restart_node, and `x-pushed-by`: operate or owner. It knows forms and ranges of numbers;
/// ranges of durations and sizes, and what two values make of each other, only the loader judges.
[[nodiscard]] std::string schema_to_json();

/// Entries of the two lists.
inline constexpr std::size_t exchanges_max = 64;
inline constexpr std::size_t connections_max = 10'000;

inline constexpr std::string_view api_version = "caf-node/v1";
inline constexpr std::string_view document_kind = "Node";

} // namespace cafnode::conf
