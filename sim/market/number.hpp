#pragma once

#include "runtime/base/decimal.hpp"

#include <cstdint>
#include <string>

namespace cafnode::sim {

/// Products of two decimals, and costs at 10^-16: what one step of exact arithmetic needs.
__extension__ using wide = __int128;

using base::decimal;

/// left * right, rounded half away from zero; stops at the ends of the range.
[[nodiscard]] decimal multiply(decimal left, decimal right);

/// left / right, rounded half away from zero; zero when `right` is zero.
[[nodiscard]] decimal divide(decimal left, decimal right);

/// value * numerator / denominator with one rounding; zero when the denominator is zero.
[[nodiscard]] decimal scale(decimal value, std::int64_t numerator, std::int64_t denominator);

/// part * whole / of for |part| <= |of|, without overflow even for costs at 10^-16.
[[nodiscard]] wide share(wide whole, std::int64_t part, std::int64_t of);

/// A cost at 10^-16 as a decimal, rounded half away from zero.
[[nodiscard]] decimal narrow(wide cost);

/// Sum that stops at the ends of the range: for totals that a hostile sender could drive there.
[[nodiscard]] decimal saturating_add(decimal left, decimal right);

/// The multiple of `step` at or below, at or above, and nearest to a value that is not negative.
[[nodiscard]] decimal floor_to(decimal value, decimal step);
[[nodiscard]] decimal ceil_to(decimal value, decimal step);

[[nodiscard]] inline decimal absolute(decimal value) {
  return value < decimal{} ? -value : value;
}

/// A whole number as a decimal.
[[nodiscard]] constexpr decimal whole(std::int64_t value) {
  return decimal::from_raw(value * decimal::one);
}

/// As the exchange prints floats: `10.0`, `50000.5`.
[[nodiscard]] std::string plain_text(decimal value);

/// The same in exponent form: `1.0e1`, `5.00005e4`, `-4.0e-7`.
[[nodiscard]] std::string exponent_text(decimal value);

} // namespace cafnode::sim
