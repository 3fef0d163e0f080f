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

/// Of a well-formed character of two or three bytes.
std::uint32_t code_point(std::string_view character) noexcept {
  std::uint32_t point = byte_at(character, 0) & (character.size() == 2 ? 0x1fU : 0x0fU);
  for (std::size_t i = 1; i < character.size(); ++i)
    point = point << 6U | (byte_at(character, i) & 0x3fU);
  return point;
}

void append_harmless(std::string& out, std::string_view character) {
  if (!steers_terminal(character)) {
    out += character;
    return;
  }
  const auto point = code_point(character);
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += hex_digits[point >> static_cast<unsigned>(shift) & 0x0fU];
}

} // namespace

bool steers_terminal(std::string_view character) noexcept {
  if (character.size() != 2 && character.size() != 3)
    return false;
  const auto point = code_point(character);
  const auto within = [point](std::uint32_t low, std::uint32_t high) { return point >= low && point <= high; };
  return within(0x80, 0x9f) || point == 0x061c || within(0x200e, 0x200f) || within(0x202a, 0x202e) ||
         within(0x2066, 0x2069);
}

std::string harmless_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    const auto length = utf8_length(json);
    append_harmless(out, json.substr(0, length == 0 ? 1 : length));
    json.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

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

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
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
      append_harmless(out, text.substr(0, length));
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
