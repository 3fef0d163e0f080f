#include "runtime/host/io_timers.hpp"

#include "runtime/process/control.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace cafnode::host {

io_timers::io_timers(boost::asio::io_context& context, const base::clock_source& clock,
                     const std::atomic<std::thread::id>& runs_on)
    : context_{&context}, clock_{&clock}, runs_on_{&runs_on}, timer_{context} {}

process::timer_source::ticket io_timers::arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) {
  ticket armed = 0;
  {
    const std::lock_guard guard{mutex_};
    armed = queue_.arm(due, std::move(target), token);
    // A later or equal time changes nothing: the one timer goes off before, and is set anew then.
    if (waiting_for_ && *waiting_for_ <= due)
      return armed;
    waiting_for_ = due;
  }
  if (runs_on_->load(std::memory_order_relaxed) == std::this_thread::get_id())
    wait_for_earliest();
  else
    boost::asio::post(*context_, [this] { wait_for_earliest(); });
  return armed;
}

void io_timers::cancel(ticket armed) {
  // The one timer stays as it is set: going off once for nothing is cheaper than setting it anew at each cancel.
  const std::lock_guard guard{mutex_};
  queue_.cancel(armed);
}

std::size_t io_timers::size() const {
  const std::lock_guard guard{mutex_};
  return queue_.size();
}

void io_timers::wait_for_earliest() {
  {
    const std::lock_guard guard{mutex_};
    waiting_for_ = queue_.earliest();
    if (!waiting_for_)
      return;
    timer_.expires_at(*waiting_for_);
  }
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error)
      fire_due();
  });
}

void io_timers::fire_due() {
  const auto now = clock_->now().steady;
  for (;;) {
    std::optional<process::timer_queue::due_timer> due;
    {
      const std::lock_guard guard{mutex_};
      due = queue_.pop_due(now);
    }
    if (!due)
      break;
    process::fire_timer(due->target, due->token);
  }
  wait_for_earliest();
}

} // namespace cafnode::host
