#include "actors/venues/deribit/exact_number.hpp"

#include <array>
#include <limits>

namespace cafnode::deribit {

namespace {

constexpr std::array<std::int64_t, base::decimal::places + 1> power_of_ten{
    1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

constexpr std::int64_t short_digits_max = 10; // with eight more places still below 2^63

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Reads the digits at `at`, moves it behind them; -1 when there are none, or more than fit the short way.
std::int64_t take_short(const char*& at, const char* end) noexcept {
  const char* first = at;
  std::int64_t value = 0;
  while (at != end && is_digit(*at) && at - first <= short_digits_max)
    value = value * 10 + (*at++ - '0');
  return at == first || at - first > short_digits_max ? -1 : value;
}

/// -1 when the text is not of the short notation; the sign is not part of it.
std::int64_t parse_short(const char* at, const char* end) noexcept {
  const char* first = at;
  const std::int64_t whole = take_short(at, end);
  if (whole < 0 || (*first == '0' && at - first > 1))
    return -1;
  if (at == end)
    return whole * base::decimal::one;
  if (*at != '.')
    return -1;
  first = ++at;
  const std::int64_t fraction = take_short(at, end);
  const auto places = at - first;
  if (fraction < 0 || at != end || places > base::decimal::places)
    return -1;
  return whole * base::decimal::one + fraction * power_of_ten[static_cast<std::size_t>(base::decimal::places - places)];
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

base::result<base::decimal, base::decimal_fault> parse_exact(std::string_view text) noexcept {
  const bool negative = !text.empty() && text.front() == '-';
  const auto raw = parse_short(text.data() + (negative ? 1 : 0), text.data() + text.size());
  if (raw < 0)
    return base::decimal::parse(text);
  return base::decimal::from_raw(negative ? -raw : raw);
}

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

} // namespace cafnode::deribit
