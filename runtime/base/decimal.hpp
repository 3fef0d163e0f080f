#pragma once

#include "runtime/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::base {

/// Why a text is not a decimal.
enum class decimal_fault : std::uint8_t {
  malformed = 1,    // not a number as JSON writes it
  out_of_range = 2, // beyond about +-92 billion
  too_precise = 3,  // has digits behind the eighth place that are not zero
};

/// A price or an amount: a whole number of hundred-millionths. Exact in memory, on the wire and between nodes; there is
/// no way to or from floating point. Range: +-92,233,720,368.54775807.
class decimal {
public:
  static constexpr int places = 8;
  static constexpr std::int64_t one = 100'000'000;

  constexpr decimal() noexcept = default;

  /// From a count of hundred-millionths.
  [[nodiscard]] static constexpr decimal from_raw(std::int64_t raw) noexcept { return decimal{raw}; }

  /// Reads a JSON number, exponents included (`3.2e4`, `-4.0e-7`). Refuses what it cannot hold exactly.
  [[nodiscard]] static result<decimal, decimal_fault> parse(std::string_view text) noexcept;

  /// As `parse`, but rounds half away from zero behind the eighth place. For averages and statistics, never for what is
  /// sent back.
  [[nodiscard]] static result<decimal, decimal_fault> parse_rounded(std::string_view text) noexcept;

  [[nodiscard]] constexpr std::int64_t raw() const noexcept { return raw_; }

  [[nodiscard]] constexpr bool is_zero() const noexcept { return raw_ == 0; }

  /// The shortest plain notation: `0.5`, `10`, `-0.00000001`. Never an exponent.
  [[nodiscard]] std::string to_string() const;

  /// Whether this is a whole multiple of `step`; false when `step` is zero.
  [[nodiscard]] constexpr bool is_multiple_of(decimal step) const noexcept {
    return step.raw_ != 0 && raw_ % step.raw_ == 0;
  }

  friend constexpr auto operator<=>(decimal, decimal) noexcept = default;

  /// Sum and difference; leaving the range is a programmer error.
  friend decimal operator+(decimal left, decimal right);
  friend decimal operator-(decimal left, decimal right);

  friend constexpr decimal operator-(decimal value) noexcept { return decimal{-value.raw_}; }

private:
  explicit constexpr decimal(std::int64_t raw) noexcept : raw_{raw} {}

  std::int64_t raw_ = 0;
};

} // namespace cafnode::base
