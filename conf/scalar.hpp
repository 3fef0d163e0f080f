#pragma once

#include "runtime/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::conf {

/// Readers of single values, stricter than YAML: what people get wrong silently is refused. Each fault is the rest of a
/// sentence, "is ...", without the value itself.

/// Whole numbers in decimal: `0`, `-5`, `7601`. Not `010`, `1e3`, `0x10`, `1_000`, `+1`, `1.0`.
[[nodiscard]] base::result<std::int64_t, std::string> read_integer(std::string_view text);

/// As read_integer, from 0 to 2^64-1.
[[nodiscard]] base::result<std::uint64_t, std::string> read_unsigned(std::string_view text);

/// `true` or `false`, nothing else.
[[nodiscard]] base::result<bool, std::string> read_boolean(std::string_view text);

/// A whole number and its unit: ms, s, m or h. `0s` needs its unit, too.
[[nodiscard]] base::result<std::chrono::milliseconds, std::string> read_duration(std::string_view text);

/// Bytes: a whole number and B, KiB, MiB or GiB.
[[nodiscard]] base::result<std::uint64_t, std::string> read_size(std::string_view text);

/// The shortest notation that reads back as the same span: `10s`, `1500ms`, `2m`.
[[nodiscard]] std::string write_duration(std::chrono::milliseconds span);

/// The shortest notation that reads back as the same size: `4MiB`, `100B`.
[[nodiscard]] std::string write_size(std::uint64_t bytes);

/// [a-z0-9-]{1,32}, as every name in the configuration.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// A text of unknown origin as it may stand in a message: without control characters, cut at `most` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 80);

/// A key that nobody knows as it may stand in a message: up to what would part it from its value, for in `key:VALUE`
/// the value, which may be a secret, belongs to the key.
[[nodiscard]] std::string_view key_part(std::string_view key) noexcept;

/// The candidate that is most like `word`, or empty when none is close enough to be meant.
[[nodiscard]] std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

} // namespace cafnode::conf
