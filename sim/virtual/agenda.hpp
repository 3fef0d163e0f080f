#pragma once

#include "runtime/base/invariant.hpp"
#include "runtime/base/time.hpp"
#include "sim/deribit/task_queue.hpp"

#include <functional>
#include <utility>

namespace cafnode::sim {

/// The time of a virtual exchange, and what will happen when. It stands still until it is turned.
class agenda final : public base::clock_source {
public:
  explicit agenda(base::moment start) noexcept : now_{start} {}

  [[nodiscard]] base::moment now() const override { return now_; }

  /// A direction of a line has one thing here at a time, so that 250,000 lines have room.
  void at(base::time_point due, std::function<void()> task) {
    const bool has_room = tasks_.add(due, std::move(task));
    CAFNODE_INVARIANT(has_room, "an agenda is full");
  }

  [[nodiscard]] base::time_point next_due() const noexcept { return tasks_.next_due(); }

  [[nodiscard]] std::size_t waiting() const noexcept { return tasks_.size(); }

  /// Sets the clocks; they never go back.
  void turn_to(base::time_point at) noexcept {
    if (at > now_.steady)
      now_ = now_ + (at - now_.steady);
  }

  void run_due() { tasks_.run(now_.steady); }

private:
  base::moment now_;
  task_queue tasks_;
};

} // namespace cafnode::sim
