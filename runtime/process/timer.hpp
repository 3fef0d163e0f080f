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

  struct shared; // the process's table of timers

private:
  friend class process_base;
  std::weak_ptr<shared> table_; // weakly, since a timer may outlive its process
  std::uint64_t token_ = 0;
};

} // namespace cafnode::process
