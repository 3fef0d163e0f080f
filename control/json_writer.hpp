#pragma once

#include "runtime/base/time.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::control {

/// Writes one JSON text from front to back (RFC 8259). Text from outside may hold any bytes: what is not UTF-8 becomes
/// U+FFFD. There is no way to write a floating-point number.
class json_writer {
public:
  json_writer& open_object() { return open('{'); }

  json_writer& close_object() { return close('}'); }

  json_writer& open_array() { return open('['); }

  json_writer& close_array() { return close(']'); }

  /// The name of the member that comes next.
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view text);

  json_writer& value(const char* text) { return value(std::string_view{text}); }

  json_writer& value(bool truth);
  json_writer& value(base::wall_time at); // RFC 3339, UTC, microseconds
  json_writer& null();

  /// A value that is JSON already.
  json_writer& raw(std::string_view json);

  json_writer& value(std::integral auto number) {
    separate();
    out_ += std::to_string(number);
    return *this;
  }

  template<class Value>
  json_writer& field(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  /// As `field`, or null when there is nothing.
  template<class Value>
  json_writer& field(std::string_view name, const std::optional<Value>& content) {
    return content ? field(name, *content) : key(name).null();
  }

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

  void reserve(std::size_t bytes) { out_.reserve(bytes); }

  [[nodiscard]] std::string take() && { return std::move(out_); }

private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void separate();

  std::string out_;
  bool first_ = true; // nothing stands yet in the innermost object or array
};

} // namespace cafnode::control
