#pragma once

#include "runtime/base/decimal.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cafnode::venues {

/// Reads a number in the notation that nearly every price has: up to ten digits, up to eight behind the point, no
/// exponent. False, and `to` left alone, for any other; what it reads is what `base::decimal::parse` reads.
[[nodiscard]] inline bool parse_plain(std::string_view text, base::decimal& to) noexcept {
  constexpr std::array<std::uint64_t, base::decimal::places + 1> power{
      1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  constexpr int whole_max = 10; // with eight more places still below 2^63
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  std::uint64_t value = 0; // wraps while it reads a number that is refused behind the loop
  const char* first = at;
  unsigned digit = 0;
  for (; at != end && (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9; ++at)
    value = value * 10 + digit;
  const auto whole = at - first;
  if (whole == 0 || whole > whole_max || (*first == '0' && whole > 1))
    return false;
  std::ptrdiff_t places = 0;
  if (at != end) {
    if (*at != '.')
      return false;
    first = ++at;
    const char* const last = end - first > base::decimal::places ? first + base::decimal::places : end;
    for (; at != last && (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9; ++at)
      value = value * 10 + digit;
    places = at - first;
    if (places == 0 || at != end)
      return false;
  }
  value *= power[static_cast<std::size_t>(base::decimal::places - places)];
  const auto raw = static_cast<std::int64_t>(value);
  to = base::decimal::from_raw(negative ? -raw : raw);
  return true;
}

/// Reads up to eighteen plain digits. False, and `to` left alone, for any other notation.
[[nodiscard]] inline bool parse_plain_whole(std::string_view text, std::int64_t& to) noexcept {
  if (text.empty() || text.size() > 18 || (text.front() == '0' && text.size() > 1))
    return false;
  std::int64_t value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9)
      return false;
    value = value * 10 + digit;
  }
  to = value;
  return true;
}

/// A whole number in any notation of JSON (`17`, `1.7e1`, `17.0`); nothing when it is not whole or not of this range.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text) noexcept;

/// A number that a computer's own arithmetic has left crumbs on (`0.30000000000000004`): read at fifteen digits, which
/// is as far as such a number can be trusted. False, and `to` left alone, when that still is finer than eight places.
[[nodiscard]] bool parse_noisy(std::string_view text, base::decimal& to) noexcept;

} // namespace cafnode::venues
