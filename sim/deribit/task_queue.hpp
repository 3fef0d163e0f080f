#pragma once

#include "runtime/base/time.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace cafnode::sim {

/// Work for later on the I/O thread. Tasks of one due time run in the order in which they were added.
class task_queue {
public:
  static constexpr std::size_t tasks_max = 500'000;

  explicit task_queue(boost::asio::io_context& io) : timer_{io} {}

  /// Runs `task` at `due` by the machine's clock. False, and nothing kept, when `tasks_max` wait already.
  bool add(base::time_point due, std::function<void()> task);

  bool after(base::duration span, std::function<void()> task) {
    return add(base::clock::now() + span, std::move(task));
  }

  /// Drops everything.
  void clear();

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
  struct entry {
    base::time_point due;
    std::uint64_t order;
    std::function<void()> task;

    friend bool operator<(const entry& left, const entry& right) noexcept {
      return left.due != right.due ? left.due > right.due : left.order > right.order;
    }
  };

  void arm();
  void run();

  boost::asio::steady_timer timer_;
  std::priority_queue<entry> waiting_;
  base::time_point armed_ = base::time_point::max();
  std::uint64_t next_ = 0;
};

} // namespace cafnode::sim
