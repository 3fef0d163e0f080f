#pragma once

#include "runtime/process/timer_queue.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace cafnode::process {

/// The clocks of this machine, and a thread that fires timers for processes without a home. It only sends: what a timer
/// does runs on its process's own thread. Memory follows the number that is armed. Outlives the actor system whose
/// services use it; system_config::use_timer_thread sees to that. Any thread.
class timer_thread final : public timer_source {
public:
  /// Starts the thread; std::system_error when there can be none.
  timer_thread();

  /// Ends the thread at once. What is armed never fires. Not on its own thread.
  ~timer_thread() override;

  timer_thread(const timer_thread&) = delete;
  timer_thread& operator=(const timer_thread&) = delete;

  [[nodiscard]] base::moment now() const override;

  ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) override;
  void cancel(ticket armed) override;

  /// How many are armed.
  [[nodiscard]] std::size_t size() const;

private:
  void run();

  mutable std::mutex mutex_; // guards what follows, but for the thread
  std::condition_variable changed_;
  timer_queue queue_;
  bool ending_ = false;
  std::thread thread_; // last: it uses all of the above
};

} // namespace cafnode::process
