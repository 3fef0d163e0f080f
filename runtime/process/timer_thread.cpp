#include "runtime/process/timer_thread.hpp"

#include "runtime/process/control.hpp"

#include <chrono>
#include <utility>

namespace cafnode::process {

timer_thread::timer_thread() : thread_{[this] { run(); }} {}

timer_thread::~timer_thread() {
  {
    const std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

base::moment timer_thread::now() const {
  return {base::clock::now(), std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())};
}

timer_source::ticket timer_thread::arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) {
  ticket armed = 0;
  bool is_earliest = false;
  {
    const std::lock_guard guard{mutex_};
    is_earliest = !queue_.earliest() || due < *queue_.earliest();
    armed = queue_.arm(due, std::move(target), token);
  }
  if (is_earliest)
    changed_.notify_one();
  return armed;
}

void timer_thread::cancel(ticket armed) {
  // The thread wakes up once for nothing: cheaper than waking it at each cancel.
  const std::lock_guard guard{mutex_};
  queue_.cancel(armed);
}

std::size_t timer_thread::size() const {
  const std::lock_guard guard{mutex_};
  return queue_.size();
}

void timer_thread::run() {
  std::unique_lock guard{mutex_};
  while (!ending_) {
    if (const auto due = queue_.pop_due(now().steady)) {
      // Unlocked, since it may be the last to hold the target, whose end cancels timers.
      guard.unlock();
      fire_timer(due->target, due->token);
      guard.lock();
    } else if (const auto next = queue_.earliest()) {
      changed_.wait_until(guard, *next);
    } else {
      changed_.wait(guard);
    }
  }
}

} // namespace cafnode::process
