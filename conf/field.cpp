#include "conf/field.hpp"

#include "conf/scalar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <type_traits>

namespace cafnode::conf {

namespace {

constexpr std::size_t channel_bytes_max = 128;

/// What every reader needs; `fail` notes a fault about `node`.
struct reading {
  const key& of;
  const document_node& node;
  const std::string& path;
  fault_sink& sink;

  void fail(fault_code code, const document_node& at, std::string message, std::string hint = {}) const {
    sink.add(code, at.at, path, fmt::format("{} {}", path, message), std::move(hint));
  }
};

bool is_host_character(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == ':';
}

/// Channel names carry letters, digits and `._-{}`; braces and colons for venues that put a group or topic there.
bool is_channel(std::string_view text) {
  return !text.empty() && text.size() <= channel_bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return is_host_character(c) || c == '_' || c == '{' || c == '}'; });
}

std::string_view kind_name(const document_node& node) {
  switch (node.kind) {
  case node_kind::list:
    return "a list";
  case node_kind::map:
    return "a map";
  default:
    return "empty";
  }
}

/// The text of a scalar; notes a fault for anything else.
const std::string* scalar_of(const reading& in, const document_node& node, std::string_view wanted) {
  if (node.kind == node_kind::scalar)
    return &node.text;
  if (node.kind != node_kind::broken)
    in.fail(fault_code::wrong_type, node, fmt::format("must be {}, not {}", wanted, kind_name(node)));
  return nullptr;
}

template<class Parsed>
const Parsed* parsed_or_fail(const reading& in, const base::result<Parsed, std::string>& parsed) {
  if (parsed)
    return &parsed.value();
  in.fail(fault_code::bad_value, in.node, parsed.fault(), fmt::format("expected {}", describe_range(in.of)));
  return nullptr;
}

bool in_range(const reading& in, std::uint64_t value) {
  const auto low = static_cast<std::uint64_t>(in.of.low);
  const auto high = static_cast<std::uint64_t>(in.of.high);
  if (value >= low && value <= high)
    return true;
  in.fail(fault_code::out_of_range, in.node, "is out of range", fmt::format("expected {}", describe_range(in.of)));
  return false;
}

/// A quoted "5" is a text to YAML, and so it is here.
const std::string* plain_scalar(const reading& in) {
  const auto* text = scalar_of(in, in.node, describe_form(in.of.form));
  if (text == nullptr || !in.node.quoted)
    return text;
  in.fail(fault_code::wrong_type, in.node, fmt::format("must be {}, not a quoted text", describe_form(in.of.form)),
          "take the quotes away");
  return nullptr;
}

void read(const reading& in, bool* into) {
  const auto* text = plain_scalar(in);
  if (text == nullptr)
    return;
  const auto parsed = read_boolean(*text);
  if (const auto* value = parsed_or_fail(in, parsed))
    *into = *value;
}

template<class Number>
void read_whole(const reading& in, Number* into) {
  const auto* text = plain_scalar(in);
  if (text == nullptr)
    return;
  const auto parsed = read_unsigned(*text);
  const auto* value = parsed_or_fail(in, parsed);
  if (value != nullptr && in_range(in, *value))
    *into = static_cast<Number>(*value);
}

void read(const reading& in, std::uint16_t* into) {
  read_whole(in, into);
}

void read(const reading& in, std::uint32_t* into) {
  read_whole(in, into);
}

void read(const reading& in, std::uint64_t* into) {
  read_whole(in, into);
}

void read(const reading& in, std::chrono::milliseconds* into) {
  const auto* text = plain_scalar(in);
  if (text == nullptr)
    return;
  const auto parsed = read_duration(*text);
  const auto* value = parsed_or_fail(in, parsed);
  if (value != nullptr && in_range(in, static_cast<std::uint64_t>(value->count())))
    *into = *value;
}

void read(const reading& in, size_field into) {
  const auto* text = plain_scalar(in);
  if (text == nullptr)
    return;
  const auto parsed = read_size(*text);
  const auto* value = parsed_or_fail(in, parsed);
  if (value != nullptr && in_range(in, *value))
    *into.bytes = *value;
}

bool right_text(const reading& in, std::string_view text) {
  switch (in.of.form) {
  case value_form::name:
    return is_name(text);
  case value_form::host:
    return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), is_host_character);
  default:
    return text.size() >= static_cast<std::size_t>(in.of.low) && text.size() <= static_cast<std::size_t>(in.of.high) &&
           text.find('\n') == std::string_view::npos;
  }
}

void read(const reading& in, std::string* into) {
  const auto* text = scalar_of(in, in.node, describe_form(in.of.form));
  if (text == nullptr)
    return;
  if (right_text(in, *text))
    *into = *text;
  else
    in.fail(fault_code::bad_value, in.node, fmt::format("is not {}", describe_form(in.of.form)),
            fmt::format("expected {}", describe_range(in.of)));
}

/// The index of the scalar's word among `words`, or none and a fault.
std::optional<std::size_t> choose(const reading& in, const document_node& node,
                                  const std::vector<std::string_view>& words) {
  const auto* text = scalar_of(in, node, "one word");
  if (text == nullptr)
    return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end())
    return static_cast<std::size_t>(found - words.begin());
  const auto meant = nearest(*text, words);
  in.fail(fault_code::bad_value, node, fmt::format("is none of {}", fmt::join(words, ", ")),
          meant.empty() ? std::string{} : fmt::format("did you mean '{}'?", meant));
  return std::nullopt;
}

template<class Choice>
requires std::is_enum_v<Choice>

void read(const reading& in, Choice* into) {
  if (const auto index = choose(in, in.node, words_of(Choice{})))
    *into = static_cast<Choice>(*index);
}

void read(const reading& in, std::vector<std::string>* into) {
  if (in.node.kind != node_kind::list) {
    if (in.node.kind != node_kind::broken)
      in.fail(fault_code::wrong_type, in.node, "must be a list", "write [one, two] or a line with '- ' for each");
    return;
  }
  if (in.node.items.size() > static_cast<std::size_t>(in.of.high))
    return in.fail(fault_code::out_of_range, in.node, fmt::format("has more than {} entries", in.of.high));
  std::vector<std::string> out;
  for (const auto& item : in.node.items) {
    const auto* text = scalar_of(in, item, "a list of channel names");
    if (text == nullptr)
      continue;
    if (!is_channel(*text))
      in.fail(fault_code::bad_value, item, "has an entry that is no channel name",
              "letters, digits and . _ - : { }, at most 128");
    else if (std::find(out.begin(), out.end(), *text) != out.end())
      in.fail(fault_code::not_unique, item, "has this entry twice");
    else
      out.push_back(*text);
  }
  *into = std::move(out);
}

/// A name that any shell can set. What is none may be the secret itself.
bool is_variable(std::string_view text) {
  constexpr std::size_t name_max = 128;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && text.size() <= name_max && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

constexpr std::string_view reference_hint = "use {from: env, name: VARIABLE} or {from: file, path: FILE}";

/// The two values of a reference. Nothing that stands here is repeated in a fault: it may be the secret itself.
bool read_reference_parts(const reading& in, secret_reference& out) {
  bool good = true;
  std::string_view wanted = "name";
  const auto fail = [&](fault_code code, position at, std::string message) {
    good = false;
    in.sink.add(code, at, in.path, fmt::format("{} {}", in.path, message), std::string{reference_hint});
  };
  for (const auto& member : in.node.members) {
    if (member.key != "from" && member.key != "name" && member.key != "path")
      fail(fault_code::unknown_key, member.at, "is a reference, and has a key that none has");
    else if (member.value.kind != node_kind::scalar || member.value.text.empty() || member.value.text.size() > 4096)
      fail(fault_code::wrong_type, member.at, fmt::format("needs one word as its '{}'", member.key));
    else if (member.key == "from" && member.value.text != "env" && member.value.text != "file")
      fail(fault_code::bad_value, member.value.at, "can come from env or file only");
    else if (member.key == "from")
      out.from = member.value.text == "env" ? secret_origin::env : secret_origin::file;
    else {
      wanted = member.key;
      out.name = member.value.text;
    }
  }
  if (good && (out.from == secret_origin::none || out.name.empty()))
    fail(fault_code::missing_key, in.node.at, "is an incomplete reference");
  if (good && (wanted == "path") != (out.from == secret_origin::file))
    fail(fault_code::bad_value, in.node.at, "mixes two kinds of reference");
  if (good && out.from == secret_origin::env && !is_variable(out.name))
    fail(fault_code::bad_value, in.node.at,
         "names no variable: letters, digits and _, no digit first, 128 at most (not shown: it may be the secret)");
  return good;
}

void read(const reading& in, secret_reference* into) {
  if (in.node.kind == node_kind::broken)
    return;
  if (in.node.kind != node_kind::map)
    return in.fail(fault_code::secret_literal, in.node,
                   "must be a reference: secrets may not be written in the configuration", std::string{reference_hint});
  secret_reference out;
  if (read_reference_parts(in, out))
    *into = std::move(out);
}

void read(const reading& in, text_source* into) {
  if (in.node.kind == node_kind::map) {
    text_source out;
    read(in, &out.reference);
    if (out.reference.from != secret_origin::none)
      *into = std::move(out);
    return;
  }
  text_source out;
  read(in, &out.literal);
  if (!out.literal.empty())
    *into = std::move(out);
}

} // namespace

void read_field(const key& key, const field& into, const document_node& node, const std::string& path,
                fault_sink& sink) {
  const reading in{key, node, path, sink};
  std::visit([&](auto target) { read(in, target); }, into);
}

} // namespace cafnode::conf
