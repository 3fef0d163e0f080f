#include "runtime/base/decimal.hpp"

#include <cstdlib>
#include <limits>

namespace cafnode::base {

namespace {

constexpr std::uint64_t raw_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// A number taken apart: (-1)^negative * digits * 10^exponent, the digits still as text.
struct number_parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int exponent = 0;
};

std::string_view take_digits(std::string_view& text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count]))
    ++count;
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

/// Reads what follows an `e`; exponents beyond +-1000 are clamped there, which is out of range or zero either way.
bool take_exponent(std::string_view& text, int& exponent) noexcept {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto digits = take_digits(text);
  if (digits.empty())
    return false;
  int value = 0;
  for (const char c : digits)
    value = value < 1000 ? value * 10 + (c - '0') : 1000;
  if (value > 1000)
    value = 1000;
  exponent = negative ? -value : value;
  return true;
}

/// JSON's grammar for numbers: no leading plus, no leading zero, digits on both sides of the point.
bool split(std::string_view text, number_parts& parts) noexcept {
  if (!text.empty() && text.front() == '-') {
    parts.negative = true;
    text.remove_prefix(1);
  }
  parts.whole = take_digits(text);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0'))
    return false;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
    if (parts.fraction.empty())
      return false;
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (!take_exponent(text, parts.exponent))
      return false;
  }
  return text.empty();
}

enum class digit_verdict { taken, overflow };

digit_verdict append(std::uint64_t& raw, int digit) noexcept {
  if (raw > (raw_max - static_cast<std::uint64_t>(digit)) / 10)
    return digit_verdict::overflow;
  raw = raw * 10 + static_cast<std::uint64_t>(digit);
  return digit_verdict::taken;
}

/// What lies behind the last place that is kept.
struct remainder_seen {
  bool any = false;
  bool half_or_more = false;
};

/// Walks the digits from the left; the digit at index i weighs 10^(whole - 1 - i + exponent).
result<decimal, decimal_fault> assemble(const number_parts& parts, bool round) noexcept {
  std::uint64_t raw = 0;
  remainder_seen rest;
  const int whole = static_cast<int>(parts.whole.size());
  const int count = whole + static_cast<int>(parts.fraction.size());
  int weight = whole - 1 + parts.exponent;
  bool significant = false;
  for (int i = 0; i < count; ++i, --weight) {
    const char c =
        i < whole ? parts.whole[static_cast<std::size_t>(i)] : parts.fraction[static_cast<std::size_t>(i - whole)];
    const int digit = c - '0';
    significant = significant || digit != 0;
    if (weight < -decimal::places) {
      rest.half_or_more = rest.half_or_more || (weight == -decimal::places - 1 && digit >= 5);
      rest.any = rest.any || digit != 0;
    } else if (append(raw, digit) == digit_verdict::overflow) {
      return failure{decimal_fault::out_of_range};
    }
  }
  // The text ended above the eighth place: fill up with zeros.
  for (; significant && weight >= -decimal::places; --weight)
    if (append(raw, 0) == digit_verdict::overflow)
      return failure{decimal_fault::out_of_range};
  if (rest.any && !round)
    return failure{decimal_fault::too_precise};
  if (rest.half_or_more) {
    if (raw == raw_max)
      return failure{decimal_fault::out_of_range};
    ++raw;
  }
  const auto magnitude = static_cast<std::int64_t>(raw);
  return decimal::from_raw(parts.negative ? -magnitude : magnitude);
}

result<decimal, decimal_fault> read(std::string_view text, bool round) noexcept {
  number_parts parts;
  if (text.size() > 400 || !split(text, parts))
    return failure{decimal_fault::malformed};
  return assemble(parts, round);
}

} // namespace

result<decimal, decimal_fault> decimal::parse(std::string_view text) noexcept {
  return read(text, false);
}

result<decimal, decimal_fault> decimal::parse_rounded(std::string_view text) noexcept {
  return read(text, true);
}

std::string decimal::to_string() const {
  const bool negative = raw_ < 0;
  std::uint64_t left = negative ? 0 - static_cast<std::uint64_t>(raw_) : static_cast<std::uint64_t>(raw_);
  std::string digits = std::to_string(left);
  if (digits.size() <= static_cast<std::size_t>(places))
    digits.insert(0, static_cast<std::size_t>(places) + 1 - digits.size(), '0');
  digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  while (digits.back() == '0')
    digits.pop_back();
  if (digits.back() == '.')
    digits.pop_back();
  if (negative)
    digits.insert(digits.begin(), '-');
  return digits;
}

decimal operator+(decimal left, decimal right) {
  std::int64_t sum = 0;
  CAFNODE_INVARIANT(!__builtin_add_overflow(left.raw_, right.raw_, &sum), "a decimal sum left its range");
  return decimal{sum};
}

decimal operator-(decimal left, decimal right) {
  std::int64_t difference = 0;
  CAFNODE_INVARIANT(!__builtin_sub_overflow(left.raw_, right.raw_, &difference), "a decimal difference left its range");
  return decimal{difference};
}

} // namespace cafnode::base
