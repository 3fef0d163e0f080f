#include "runtime/base/json_text.hpp"

#include <cstdint>

namespace cafnode::base {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(text[index]);
}

/// The range that the second byte must lie in, and the length of the whole; length 0 for a byte that starts nothing.
struct lead_rule {
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
};

lead_rule rule_of(std::uint8_t lead) noexcept {
  if (lead >= 0xc2 && lead <= 0xdf)
    return {2, 0x80, 0xbf};
  if (lead >= 0xe0 && lead <= 0xef)
    return {3, lead == 0xe0 ? std::uint8_t{0xa0} : std::uint8_t{0x80},
            lead == 0xed ? std::uint8_t{0x9f} : std::uint8_t{0xbf}};
  if (lead >= 0xf0 && lead <= 0xf4)
    return {4, lead == 0xf0 ? std::uint8_t{0x90} : std::uint8_t{0x80},
            lead == 0xf4 ? std::uint8_t{0x8f} : std::uint8_t{0xbf}};
  return {};
}

void append_control(std::string& out, char c) {
  switch (c) {
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\u00";
    out += hex_digits[static_cast<std::uint8_t>(c) >> 4U];
    out += hex_digits[static_cast<std::uint8_t>(c) & 0x0fU];
  }
}

} // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty())
    return 0;
  if (byte_at(text, 0) < 0x80)
    return 1;
  const auto rule = rule_of(byte_at(text, 0));
  if (rule.length == 0 || text.size() < rule.length)
    return 0;
  if (byte_at(text, 1) < rule.low || byte_at(text, 1) > rule.high)
    return 0;
  for (std::size_t i = 2; i < rule.length; ++i)
    if ((byte_at(text, i) & 0xc0U) != 0x80U)
      return 0;
  return rule.length;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text.front();
    if (length == 0)
      out += replacement;
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<std::uint8_t>(c) < 0x20 || c == '\x7f')
      append_control(out, c);
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

} // namespace cafnode::base
