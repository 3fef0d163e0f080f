#include "sim/deribit/task_queue.hpp"

namespace cafnode::sim {

bool task_queue::add(base::time_point due, std::function<void()> task) {
  if (waiting_.size() >= tasks_max)
    return false;
  waiting_.push({due, next_++, std::move(task)});
  if (due < armed_)
    arm();
  return true;
}

void task_queue::clear() {
  waiting_ = {};
  armed_ = base::time_point::max();
  timer_.cancel();
}

void task_queue::arm() {
  armed_ = waiting_.top().due;
  timer_.expires_at(armed_);
  timer_.async_wait([this](boost::system::error_code fault) {
    if (!fault)
      run();
  });
}

void task_queue::run() {
  armed_ = base::time_point::max();
  const auto now = base::clock::now();
  while (!waiting_.empty() && waiting_.top().due <= now) {
    auto task = waiting_.top().task;
    waiting_.pop();
    task();
  }
  if (!waiting_.empty() && waiting_.top().due < armed_)
    arm();
}

} // namespace cafnode::sim
