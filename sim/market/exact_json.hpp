#pragma once

#include "runtime/base/result.hpp"
#include "sim/market/number.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// What marks a string of a boost::json::value as a number's own characters: `"\u0001num:0.001"`. Whole numbers that
/// fit stay int64 or uint64; every other number is kept as it was written, so nothing ever passes through a double.
inline constexpr std::string_view number_mark = "\x01num:";

/// Reads one JSON text. The fault says what is wrong; strings that begin with U+0001 are refused, because they could
/// pose as numbers. Depth is limited to 32.
[[nodiscard]] base::result<boost::json::value, std::string> parse_exact(std::string_view text);

/// Writes a value with its marked numbers as numbers again: the inverse of `parse_exact`. Marked strings that hold no
/// number are written as strings.
[[nodiscard]] std::string write_exact(const boost::json::value& value);

/// The exact decimal of a parameter: a whole number, a marked number, or a plain numeric string as HTTP GET gives it.
/// Nothing when it is none of these or cannot be held exactly.
[[nodiscard]] std::optional<decimal> decimal_of(const boost::json::value& value);

/// A number from its characters, marked.
[[nodiscard]] boost::json::value marked_number(std::string_view token);

} // namespace cafnode::sim
