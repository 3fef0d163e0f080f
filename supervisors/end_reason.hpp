#pragma once

#include "runtime/process/reason.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace cafnode::supervision {

/// Longest text of a reason that a supervisor keeps or publishes, in bytes.
inline constexpr std::size_t reason_text_max = 256;

/// Why a child or a supervisor ended, as a plain value.
struct end_reason {
  process::reason_code code = process::reason_code::normal;
  std::string text;

  friend bool operator==(const end_reason&, const end_reason&) = default;
};

/// `code` with `text` cut to `reason_text_max`.
[[nodiscard]] inline end_reason make_end_reason(process::reason_code code, std::string text = {}) {
  if (text.size() > reason_text_max)
    text.resize(reason_text_max);
  return {code, std::move(text)};
}

/// Whether a transient child that ends so is left alone.
[[nodiscard]] inline bool is_orderly(const end_reason& reason) noexcept {
  return reason.code == process::reason_code::normal || reason.code == process::reason_code::shutdown;
}

} // namespace cafnode::supervision
