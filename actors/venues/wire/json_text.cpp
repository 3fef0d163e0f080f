#include "actors/venues/wire/json_text.hpp"

#include <cstdint>

namespace cafnode::venues::json {

namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Takes four hex digits off `text`; -1 when they are not there.
std::int32_t take_unit(std::string_view& text) noexcept {
  if (text.size() < 4)
    return -1;
  std::int32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_value(text[static_cast<std::size_t>(i)]);
    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
  }
  text.remove_prefix(4);
  return unit;
}

/// The character behind \u, with its second half where it has one; -1 when it is none. Half a pair is well formed for
/// JSON and no character: it becomes U+FFFD.
std::int32_t take_character(std::string_view& text) noexcept {
  constexpr std::int32_t no_character = 0xfffd;
  const auto high = take_unit(text);
  if (high < 0xd800 || high > 0xdfff)
    return high;
  if (high > 0xdbff || !text.starts_with("\\u"))
    return no_character;
  auto rest = text.substr(2);
  const auto low = take_unit(rest);
  if (low < 0xdc00 || low > 0xdfff)
    return no_character; // the next escape is read by itself
  text = rest;
  return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

void append_utf8(std::string& to, std::uint32_t c) {
  const auto tail = [&to](std::uint32_t bits) { to.push_back(static_cast<char>(0x80U | (bits & 0x3fU))); };
  if (c < 0x80) {
    to.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    to.push_back(static_cast<char>(0xc0U | c >> 6U));
    tail(c);
  } else if (c < 0x10000) {
    to.push_back(static_cast<char>(0xe0U | c >> 12U));
    tail(c >> 6U);
    tail(c);
  } else {
    to.push_back(static_cast<char>(0xf0U | c >> 18U));
    tail(c >> 12U);
    tail(c >> 6U);
    tail(c);
  }
}

bool append_escape(std::string& to, std::string_view& rest) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (rest.empty())
    return false;
  const char name = rest.front();
  rest.remove_prefix(1);
  if (const auto at = names.find(name); at != std::string_view::npos) {
    to.push_back(meanings[at]);
    return true;
  }
  const auto character = name == 'u' ? take_character(rest) : -1;
  if (character < 0)
    return false;
  append_utf8(to, static_cast<std::uint32_t>(character));
  return true;
}

} // namespace

std::optional<std::string> unescape(std::string_view escaped) {
  std::string plain;
  plain.reserve(escaped.size());
  while (!escaped.empty()) {
    const char c = escaped.front();
    escaped.remove_prefix(1);
    if (c != '\\')
      plain.push_back(c);
    else if (!append_escape(plain, escaped))
      return std::nullopt;
  }
  return plain;
}

} // namespace cafnode::venues::json
