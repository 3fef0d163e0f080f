#include "sim/market/number.hpp"

#include <limits>

namespace cafnode::sim {

namespace {

constexpr std::int64_t raw_max = std::numeric_limits<std::int64_t>::max();

decimal clamp(wide raw) {
  if (raw > raw_max)
    return decimal::from_raw(raw_max);
  if (raw < -static_cast<wide>(raw_max))
    return decimal::from_raw(-raw_max);
  return decimal::from_raw(static_cast<std::int64_t>(raw));
}

wide divide_rounded(wide number, wide by) {
  const bool negative = (number < 0) != (by < 0);
  const wide top = number < 0 ? -number : number;
  const wide bottom = by < 0 ? -by : by;
  const wide rounded = (top + bottom / 2) / bottom;
  return negative ? -rounded : rounded;
}

} // namespace

decimal multiply(decimal left, decimal right) {
  return clamp(divide_rounded(static_cast<wide>(left.raw()) * right.raw(), decimal::one));
}

decimal divide(decimal left, decimal right) {
  if (right.is_zero())
    return {};
  return clamp(divide_rounded(static_cast<wide>(left.raw()) * decimal::one, right.raw()));
}

decimal scale(decimal value, std::int64_t numerator, std::int64_t denominator) {
  if (denominator == 0)
    return {};
  return clamp(divide_rounded(static_cast<wide>(value.raw()) * numerator, denominator));
}

wide share(wide whole_cost, std::int64_t part, std::int64_t of) {
  if (of == 0)
    return 0;
  return whole_cost / of * part + divide_rounded(whole_cost % of * part, of);
}

decimal narrow(wide cost) {
  return clamp(divide_rounded(cost, decimal::one));
}

decimal saturating_add(decimal left, decimal right) {
  return clamp(static_cast<wide>(left.raw()) + right.raw());
}

decimal floor_to(decimal value, decimal step) {
  return step.is_zero() ? value : decimal::from_raw(value.raw() / step.raw() * step.raw());
}

decimal ceil_to(decimal value, decimal step) {
  if (step.is_zero() || value.is_multiple_of(step))
    return value;
  return saturating_add(floor_to(value, step), step);
}

std::string plain_text(decimal value) {
  auto text = value.to_string();
  if (text.find('.') == std::string::npos)
    text += ".0";
  return text;
}

std::string exponent_text(decimal value) {
  if (value.is_zero())
    return "0.0";
  auto digits = std::to_string(value.raw());
  const std::string sign = digits.front() == '-' ? "-" : "";
  digits.erase(0, sign.size());
  const int exponent = static_cast<int>(digits.size()) - 1 - decimal::places;
  while (digits.size() > 1 && digits.back() == '0')
    digits.pop_back();
  const auto fraction = digits.size() > 1 ? digits.substr(1) : "0";
  return sign + digits.front() + "." + fraction + "e" + std::to_string(exponent);
}

} // namespace cafnode::sim
