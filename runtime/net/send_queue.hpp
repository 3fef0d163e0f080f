#pragma once

#include "runtime/base/wiped_text.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace cafnode::net {

/// Messages that wait to be written, in order, within a bound on their bytes. Messages are packed into two blocks that
/// take turns, so the steady path allocates nothing; what was written is wiped, for it may have been a secret. Pure: it
/// knows no socket.
class send_queue {
public:
  explicit send_queue(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  /// Bytes accepted and not yet popped.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  [[nodiscard]] bool empty() const noexcept { return front_.next == front_.ends.size() && back_.ends.empty(); }

  /// The oldest message. It stays where it is until pop().
  [[nodiscard]] std::string_view front() const;

  /// Copies `text` behind the others; false, and nothing taken, where that would exceed a bound.
  [[nodiscard]] bool push(std::string_view text);

  /// Drops the oldest message, which has been written.
  void pop();

  /// Messages that may wait, since even empty ones take room.
  static constexpr std::size_t messages_max = std::size_t{1} << 16U;

  /// What an empty queue may keep of its memory.
  static constexpr std::size_t kept_bytes_max = 4096;

  /// Memory held, for tests.
  [[nodiscard]] std::size_t capacity() const noexcept { return front_.text.capacity() + back_.text.capacity(); }

private:
  struct block {
    base::wiped_text text;
    std::vector<std::size_t> ends;
    std::size_t next = 0; // index of the oldest message still in the block

    void clear();
  };

  void turn();

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::size_t messages_ = 0;
  block front_; // being written: never appended to, so that front() stays valid
  block back_;
};

} // namespace cafnode::net
