#pragma once

#include "runtime/base/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace cafnode::deribit {

/// `base::decimal::parse` with a short way for the notation that nearly every price has: few digits, no exponent.
[[nodiscard]] base::result<base::decimal, base::decimal_fault> parse_exact(std::string_view text) noexcept;

/// A whole number in any notation of JSON (`17`, `1.7e1`, `17.0`); nothing when it is not whole or not of this range.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text) noexcept;

} // namespace cafnode::deribit
