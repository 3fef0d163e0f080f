#pragma once

#include "runtime/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>

namespace cafnode::sim {

/// Work for later. Tasks of one due time run in the order in which they were added. Pure: time is an argument.
class task_queue {
public:
  static constexpr std::size_t tasks_max = 500'000;

  /// False, and nothing kept, when `tasks_max` wait already.
  bool add(base::time_point due, std::function<void()> task);

  /// Runs what is due at `now`, and what it adds that is due then, too.
  void run(base::time_point now);

  /// Drops everything.
  void clear() { waiting_ = {}; }

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

  /// When the next one is due; time_point::max() when nothing waits.
  [[nodiscard]] base::time_point next_due() const noexcept;

private:
  struct entry {
    base::time_point due;
    std::uint64_t order;
    std::function<void()> task;

    friend bool operator<(const entry& left, const entry& right) noexcept {
      return left.due != right.due ? left.due > right.due : left.order > right.order;
    }
  };

  std::priority_queue<entry> waiting_;
  std::uint64_t next_ = 0;
};

} // namespace cafnode::sim
