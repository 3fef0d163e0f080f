#pragma once

#include "runtime/base/time.hpp"

#include <atomic>
#include <cstdint>

namespace cafnode::session {

inline void count(std::atomic<std::uint64_t>& counter) noexcept {
  counter.fetch_add(1, std::memory_order_relaxed);
}

[[nodiscard]] inline std::int64_t to_ms(base::duration span) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

} // namespace cafnode::session
