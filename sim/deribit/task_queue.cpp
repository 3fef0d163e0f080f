#include "sim/deribit/task_queue.hpp"

#include <utility>

namespace cafnode::sim {

bool task_queue::add(base::time_point due, std::function<void()> task) {
  if (waiting_.size() >= tasks_max)
    return false;
  waiting_.push({due, next_++, std::move(task)});
  return true;
}

void task_queue::run(base::time_point now) {
  while (next_due() <= now && !waiting_.empty()) {
    const auto task = waiting_.top().task;
    waiting_.pop();
    task();
  }
}

base::time_point task_queue::next_due() const noexcept {
  return waiting_.empty() ? base::time_point::max() : waiting_.top().due;
}

} // namespace cafnode::sim
