#pragma once

#include "runtime/process/timer_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace cafnode::host {

/// The timers of one I/O thread: any number of them behind one timer of Asio. Any thread.
class io_timers final : public process::timer_source {
public:
  /// `runs_on` is the thread of `context`; both outlive this.
  io_timers(boost::asio::io_context& context, const base::clock_source& clock,
            const std::atomic<std::thread::id>& runs_on);

  [[nodiscard]] base::moment now() const override { return clock_->now(); }

  ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) override;
  void cancel(ticket armed) override;

  [[nodiscard]] std::size_t size() const;

private:
  void wait_for_earliest();
  void fire_due();

  boost::asio::io_context* context_;
  const base::clock_source* clock_;
  const std::atomic<std::thread::id>* runs_on_;
  boost::asio::steady_timer timer_; // touched on the I/O thread only
  mutable std::mutex mutex_;        // guards what follows
  process::timer_queue queue_;
  std::optional<base::time_point> waiting_for_; // what timer_ is set to, or will be once a posted call has run
};

} // namespace cafnode::host
