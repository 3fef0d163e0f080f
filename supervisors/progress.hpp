#pragma once

#include <atomic>
#include <cstdint>

namespace cafnode::supervision {

/// What a child shows to the watchdog of its supervisor: that it gets on with its work, not merely that it lives. Any
/// thread; a beat costs one relaxed store where one thread beats, as one child does.
class progress {
public:
  /// Called by the child where its work has got on: a frame was read, a round was done. One thread at a time.
  void beat() noexcept { beats_.store(beats_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t count() const noexcept { return beats_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> beats_{0};
};

} // namespace cafnode::supervision
