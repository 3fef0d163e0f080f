#pragma once

#include "runtime/process/reason.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace cafnode::supervision {

/// Longest text of a reason that a supervisor keeps or publishes, in bytes.
inline constexpr std::size_t reason_text_max = 256;

/// The longest wait before its next start that a child may ask for.
inline constexpr std::chrono::milliseconds retry_after_max{600'000};

/// Why a child or a supervisor ended, as a plain value.
struct end_reason {
  process::reason_code code = process::reason_code::normal;
  std::string text;
  std::chrono::milliseconds retry_after{0}; // it asks not to be started again before; what paces restarts honours it

  friend bool operator==(const end_reason&, const end_reason&) = default;
};

/// `code` with `text` cut to `reason_text_max`, and `retry_after` held within 0 and `retry_after_max`.
[[nodiscard]] inline end_reason make_end_reason(process::reason_code code, std::string text = {},
                                                std::chrono::milliseconds retry_after = std::chrono::milliseconds{0}) {
  if (text.size() > reason_text_max)
    text.resize(reason_text_max);
  return {code, std::move(text), std::clamp(retry_after, std::chrono::milliseconds{0}, retry_after_max)};
}

/// Whether a transient child that ends so is left alone.
[[nodiscard]] inline bool is_orderly(const end_reason& reason) noexcept {
  return reason.code == process::reason_code::normal || reason.code == process::reason_code::shutdown;
}

} // namespace cafnode::supervision
