#pragma once

#include "runtime/process/timer_source.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace cafnode::process {

/// The armed timers of one timer source, earliest first; those due at one time fire in the order they were armed.
/// Arming and cancelling take O(log n). Pure, one thread at a time. Memory follows the number that is armed.
class timer_queue {
public:
  using ticket = timer_source::ticket;

  /// A timer that is due: whom to tell, and what.
  struct due_timer {
    caf::weak_actor_ptr target;
    std::uint64_t token = 0;
  };

  ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token);

  /// Whether `armed` was still waiting. Unknown tickets and those that fired are ignored.
  bool cancel(ticket armed);

  /// Takes the earliest timer when it is due at `now`.
  [[nodiscard]] std::optional<due_timer> pop_due(base::time_point now);

  [[nodiscard]] std::optional<base::time_point> earliest() const;

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

  /// Slots kept for reuse included.
  [[nodiscard]] std::size_t slots() const noexcept { return slots_.size(); }

private:
  struct slot {
    base::time_point due;
    std::uint64_t order = 0; // of arming
    due_timer what;
    std::size_t position = 0;     // in heap_
    std::uint32_t generation = 0; // of this use, so that an old ticket finds nothing
    bool armed = false;
  };

  [[nodiscard]] bool earlier(std::uint32_t left, std::uint32_t right) const noexcept;
  void place(std::size_t position, std::uint32_t index) noexcept;
  void sift_up(std::size_t position) noexcept;
  void sift_down(std::size_t position) noexcept;
  due_timer remove_at(std::size_t position);
  void give_back(std::uint32_t index);

  std::vector<slot> slots_;
  std::vector<std::uint32_t> heap_; // indexes of armed slots
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
};

} // namespace cafnode::process
