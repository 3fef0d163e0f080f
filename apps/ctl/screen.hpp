#pragma once

#include <chrono>
#include <cstddef>

/// The terminal behind standard output.
namespace cafnode::ctl {

struct screen_size {
  std::size_t rows = 0; // 0: not known
  std::size_t columns = 0;

  friend bool operator==(const screen_size&, const screen_size&) = default;
};

[[nodiscard]] bool is_terminal();
[[nodiscard]] screen_size size_of_screen();

/// Waits between two looks, and is woken when the terminal changes its size (SIGWINCH, which it holds back meanwhile
/// so that no change falls between a look and the wait). One at a time.
class screen_watch {
public:
  screen_watch();
  ~screen_watch();
  screen_watch(const screen_watch&) = delete;
  screen_watch& operator=(const screen_watch&) = delete;

  /// Returns after `span`, or sooner with a new size.
  void wait(std::chrono::milliseconds span);
};

} // namespace cafnode::ctl
