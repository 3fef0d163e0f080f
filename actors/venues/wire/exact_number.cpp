#include "actors/venues/wire/exact_number.hpp"

namespace cafnode::venues {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// digits * 10^exponent, as long as that is whole and in range.
std::optional<std::int64_t> scale(std::int64_t digits, int exponent) noexcept {
  for (; exponent > 0 && digits != 0; --exponent)
    if (__builtin_mul_overflow(digits, std::int64_t{10}, &digits))
      return std::nullopt;
  for (; exponent < 0 && digits != 0; ++exponent) {
    if (digits % 10 != 0)
      return std::nullopt;
    digits /= 10;
  }
  return digits;
}

/// Adds the digits at `at` to `value`; how many there were, or -1 when they are too many.
int append_digits(const char*& at, const char* end, std::int64_t& value) noexcept {
  int count = 0;
  for (; at != end && is_digit(*at); ++at, ++count)
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
        __builtin_add_overflow(value, std::int64_t{*at - '0'}, &value))
      return -1;
  return count;
}

std::optional<int> take_exponent(const char*& at, const char* end) noexcept {
  if (at == end || (*at != 'e' && *at != 'E'))
    return 0;
  ++at;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+'))
    ++at;
  std::int64_t value = 0;
  if (append_digits(at, end, value) <= 0 || value > 400)
    return std::nullopt;
  return static_cast<int>(negative ? -value : value);
}

} // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) noexcept {
  const char* at = text.data();
  const char* end = at + text.size();
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  const char* first = at;
  std::int64_t digits = 0;
  const int whole = append_digits(at, end, digits);
  if (whole <= 0 || (whole > 1 && *first == '0'))
    return std::nullopt;
  int places = 0;
  if (at != end && *at == '.') {
    ++at;
    places = append_digits(at, end, digits);
    if (places <= 0)
      return std::nullopt;
  }
  const auto exponent = take_exponent(at, end);
  if (!exponent || at != end)
    return std::nullopt;
  return scale(negative ? -digits : digits, *exponent - places);
}

bool parse_noisy(std::string_view text, base::decimal& to) noexcept {
  constexpr int digits_max = 15;
  const char* at = text.data();
  const char* end = at + text.size();
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  std::int64_t digits = 0;
  int taken = 0;
  int exponent = 0;
  bool up = false;
  bool behind_point = false;
  for (; at != end && (is_digit(*at) || (*at == '.' && !behind_point)); ++at) {
    if (*at == '.') {
      behind_point = true;
      continue;
    }
    if (taken == digits_max)
      up = *at >= '5';
    if (taken < digits_max) {
      digits = digits * 10 + (*at - '0');
      exponent -= behind_point ? 1 : 0;
    } else {
      exponent += behind_point ? 0 : 1;
    }
    taken += digits != 0 ? 1 : 0;
  }
  const auto more = take_exponent(at, end);
  if (!more || at != end || taken <= digits_max)
    return false;
  digits += up ? 1 : 0;
  const auto raw = scale(negative ? -digits : digits, exponent + *more + base::decimal::places);
  if (raw)
    to = base::decimal::from_raw(*raw);
  return raw.has_value();
}

} // namespace cafnode::venues
