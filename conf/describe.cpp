#include "conf/scalar.hpp"
#include "conf/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <type_traits>

namespace cafnode::conf {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

/// Words that YAML reads as itself stay bare; anything else is quoted.
std::string write_text(const std::string& text) {
  const bool bare = !text.empty() &&
                    text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") ==
                        std::string::npos &&
                    text.front() != '-';
  return bare ? text : quoted(text);
}

std::string write_reference(const secret_reference& reference) {
  if (reference.from == secret_origin::none)
    return "none";
  const auto* where = reference.from == secret_origin::file ? "path" : "name";
  return fmt::format("{{from: {}, {}: {}}}", word_of(reference.from), where, write_text(reference.name));
}

std::string write_list(const std::vector<std::string>& items) {
  std::vector<std::string> out;
  for (const auto& item : items)
    out.push_back(write_text(item));
  return fmt::format("[{}]", fmt::join(out, ", "));
}

struct value_writer {
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }

  std::string operator()(const std::string* value) const { return write_text(*value); }

  std::string operator()(const std::chrono::milliseconds* value) const { return write_duration(*value); }

  std::string operator()(size_field value) const { return write_size(*value.bytes); }

  std::string operator()(const std::vector<std::string>* value) const { return write_list(*value); }

  std::string operator()(const secret_reference* value) const { return write_reference(*value); }

  std::string operator()(const text_source* value) const {
    return value->literal.empty() ? write_reference(value->reference) : write_text(value->literal);
  }

  template<class Value>
  std::string operator()(const Value* value) const {
    if constexpr (std::is_enum_v<Value>)
      return std::string{word_of(*value)};
    else
      return std::to_string(*value);
  }
};

/// The words of the choice that `key` holds.
std::vector<std::string_view> words_of_key(const key& key, const scopes& objects) {
  return std::visit(
      [](auto target) -> std::vector<std::string_view> {
        if constexpr (std::is_pointer_v<decltype(target)>)
          if constexpr (std::is_enum_v<std::remove_pointer_t<decltype(target)>>)
            return words_of(*target);
        return {};
      },
      key.at(objects));
}

struct blank_objects {
  node_config node;
  exchange_config exchange;
  connection_config connection;
  scopes all{&node, &exchange, &connection};
};

std::string default_of(const key& key, const scopes& objects) {
  if (!key.default_note.empty())
    return std::string{key.default_note};
  return key.required ? "required" : "`" + write_value(key.at(objects)) + "`";
}

/// What a change takes, and who else than operators it takes.
std::string change_of(const key& key) {
  return fmt::format("{}{}", to_string(key.effect), key.pusher == pushed_by::owner ? ", owner" : "");
}

constexpr std::array<std::string_view, 3> scope_titles{"## The node\n", "## Each entry of `exchanges`\n",
                                                       "## Each entry of `connections` of an exchange\n"};

constexpr std::string_view preamble =
    R"(# Configuration

`caf-node --config FILE` reads one YAML file; `--check-config` only checks it, `--print-config` prints what is in
force and where each value came from. Flags win over variables (`CAF_NODE_REGION`, `CAF_NODE_LOG_LEVEL`, ...), those
over the file, the file over the defaults. Every fault is reported at its place, all at once. The file begins with
`apiVersion: caf-node/v1` and `kind: Node`; [conf/node.yaml](../conf/node.yaml) is a complete example.

`cafctl config validate FILE` checks a file where no node runs, without the variables and flags of one. `cafctl config
schema` prints this page as JSON Schema (draft-07), with `x-effect` for what a change takes and `x-pushed-by` for who
may push it: an editor with yaml-language-server completes and checks by it in a file that begins with
`# yaml-language-server: $schema=PATH`. The schema does not know the ranges of durations and sizes, nor what two keys
make of each other.

Durations carry their unit (`250ms`, `5s`, `2m`, `1h`), so do sizes (`64KiB`, `4MiB`); a switch is `true` or
`false`; names are `[a-z0-9-]{1,32}`. Anchors, aliases, tags, tabs in the indentation, duplicate and unknown keys,
leading zeros are refused.

Secrets are never in the file: `{from: env, name: VARIABLE}` or `{from: file, path: FILE}` says where they are. Such a
file must not be writable by its group nor open to others in any way (mode 0600 or 0640).

A running node takes a changed file over by `cafctl config apply FILE`, or its own on SIGHUP; see
[operations.md](operations.md#changing-the-configuration-of-a-running-node). What is marked `live` touches no socket,
`restart_child` restarts the connections that it concerns, and `restart_node` waits for a restart of the node.

What says where secrets are, where they go, or who may do what is marked `owner`: a change of it is taken over the
node's unix socket (from its own user and root) or from the node's file on SIGHUP, and refused over TCP, whatever the
token is good for. The same holds for a new exchange, and for a new connection with `auth` of its own.
)";

} // namespace

std::string write_value(const field& value) {
  return std::visit([](auto target) { return value_writer{}(target); }, value);
}

std::string_view describe_form(value_form form) noexcept {
  constexpr std::array<std::string_view, 11> names{
      "true or false", "a whole number", "a duration",           "a size", "a text", "a name", "a host", "one word",
      "a list",        "a reference",    "a text or a reference"};
  return names[static_cast<std::size_t>(form)];
}

std::string describe_range(const key& key) {
  blank_objects blank;
  switch (key.form) {
  case value_form::boolean:
    return "true or false";
  case value_form::integer:
    return key.high == INT64_MAX ? fmt::format("{} or more", key.low) : fmt::format("{} to {}", key.low, key.high);
  case value_form::duration:
    return fmt::format("{} to {}", write_duration(std::chrono::milliseconds{key.low}),
                       write_duration(std::chrono::milliseconds{key.high}));
  case value_form::size:
    return fmt::format("{} to {}", write_size(static_cast<std::uint64_t>(key.low)),
                       write_size(static_cast<std::uint64_t>(key.high)));
  case value_form::name:
    return "1 to 32 of a-z, 0-9 and -";
  case value_form::host:
    return "a host name or an address";
  case value_form::choice:
    return fmt::format("one of {}", fmt::join(words_of_key(key, blank.all), ", "));
  case value_form::text_list:
    return fmt::format("up to {} entries", key.high);
  case value_form::secret:
    return "{from: env, name: VARIABLE} or {from: file, path: FILE}";
  default:
    return fmt::format("{} to {} bytes on one line", key.low, key.high);
  }
}

std::string schema_to_markdown() {
  blank_objects blank;
  std::string out{preamble};
  auto last = scope::node;
  for (const auto& key : schema()) {
    if (&key == schema().data() || key.in != last) {
      out += fmt::format("\n{}\n| key | is | range | default | change | meaning |\n|---|---|---|---|---|---|\n",
                         scope_titles[static_cast<std::size_t>(key.in)]);
      last = key.in;
    }
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key.path, describe_form(key.form), describe_range(key),
                       default_of(key, blank.all), change_of(key), key.doc);
  }
  return out;
}

} // namespace cafnode::conf
