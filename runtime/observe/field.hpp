#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cafnode::base {

class secret;

} // namespace cafnode::base

namespace cafnode::observe {

using field_value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

/// One named value of a log line or an event. Names carry their unit: `took_ms`, `size_b`.
struct field {
  std::string key;
  field_value value;

  friend bool operator==(const field&, const field&) = default;
};

using field_list = std::vector<field>;

/// Makes a field of anything that may be shown. Secrets have no way in.
[[nodiscard]] inline field kv(std::string_view key, std::string_view value) {
  return {std::string{key}, std::string{value}};
}

[[nodiscard]] inline field kv(std::string_view key, std::string value) {
  return {std::string{key}, std::move(value)};
}

[[nodiscard]] inline field kv(std::string_view key, const char* value) {
  return kv(key, std::string_view{value});
}

template<std::same_as<bool> Switch> // a template, so that pointers do not turn into true
[[nodiscard]] field kv(std::string_view key, Switch value) {
  return {std::string{key}, value};
}

template<std::floating_point Number>
[[nodiscard]] field kv(std::string_view key, Number value) {
  return {std::string{key}, static_cast<double>(value)};
}

template<std::signed_integral Number>
[[nodiscard]] field kv(std::string_view key, Number value) {
  return {std::string{key}, static_cast<std::int64_t>(value)};
}

template<std::unsigned_integral Number>

requires(!std::same_as<Number, bool>) [[nodiscard]] field kv(std::string_view key, Number value) {
  return {std::string{key}, static_cast<std::uint64_t>(value)};
}

field kv(std::string_view key, const base::secret& value) = delete;

/// Appends the value as JSON. A number that JSON does not have becomes null.
void append_json(std::string& out, const field_value& value);

/// Appends `{"key":value,...}`.
void append_json(std::string& out, const field_list& fields);

/// Appends the value for people: bare when it is one plain word, quoted otherwise.
void append_text(std::string& out, const field_value& value);

} // namespace cafnode::observe
