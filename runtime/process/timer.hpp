#pragma once

#include <cstdint>
#include <memory>

namespace cafnode::process {

class process_base;

/// One armed timer of a process; cancelled when destroyed. Used on its process's thread only, and may outlive neither
/// its firing nor its process in any way that matters: both leave it empty.
class timer {
public:
  timer() = default;
  timer(timer&& other) noexcept;
  timer& operator=(timer&& other) noexcept;
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;
  ~timer();

  void cancel() noexcept;
  [[nodiscard]] bool armed() const noexcept;

private:
  friend class process_base;
  struct shared; // the process's table of timers, held weakly
  std::weak_ptr<shared> table_;
  std::uint64_t token_ = 0;
};

} // namespace cafnode::process
