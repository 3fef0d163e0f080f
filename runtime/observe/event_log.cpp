#include "runtime/observe/event_log.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::observe {

/// What waits for one subscriber; shared by its handle and by those who publish at this moment.
class event_queue {
public:
  event_queue(std::size_t queue_max, std::function<void()> wake,
              std::shared_ptr<std::atomic<std::uint64_t>> lost_by_all)
      : queue_{queue_max, base::overflow_policy::drop_oldest},
        wake_{std::move(wake)},
        lost_by_all_{std::move(lost_by_all)} {}

  std::vector<event_ptr> take(std::size_t most) {
    const std::lock_guard lock{mutex_};
    std::vector<event_ptr> out;
    while (out.size() < most && !queue_.empty())
      out.push_back(*queue_.pop());
    return out;
  }

  std::uint64_t lost() const {
    const std::lock_guard lock{mutex_};
    return queue_.dropped();
  }

  /// True when the queue was empty before.
  bool put(const event_ptr& happened) {
    const std::lock_guard lock{mutex_};
    const bool was_empty = queue_.empty();
    const auto lost_before = queue_.dropped();
    queue_.push(happened);
    lost_by_all_->fetch_add(queue_.dropped() - lost_before, std::memory_order_relaxed);
    return was_empty;
  }

  void wake() {
    const std::lock_guard lock{wake_mutex_};
    if (open_ && wake_)
      wake_();
  }

  void close() {
    const std::lock_guard lock{wake_mutex_};
    open_ = false;
  }

private:
  mutable std::mutex mutex_;
  base::bounded_queue<event_ptr> queue_;
  std::recursive_mutex wake_mutex_; // held while the wake runs; a wake may close its own queue
  bool open_ = true;
  std::function<void()> wake_; // not cleared by close(): it may be what runs
  std::shared_ptr<std::atomic<std::uint64_t>> lost_by_all_;
};

event_subscription::event_subscription(std::shared_ptr<event_queue> queue) : queue_{std::move(queue)} {}

event_subscription::~event_subscription() {
  queue_->close();
}

std::vector<event_ptr> event_subscription::take(std::size_t most) {
  return queue_->take(most);
}

std::uint64_t event_subscription::lost() const {
  return queue_->lost();
}

event_log::event_log(event_log_config config)
    : config_{config},
      events_{config.events_max, base::overflow_policy::drop_oldest},
      lost_{std::make_shared<std::atomic<std::uint64_t>>(0)} {}

std::uint64_t event_log::publish(event happened) {
  std::vector<std::shared_ptr<event_queue>> woken;
  std::uint64_t seq = 0;
  {
    // Subscribers are served inside the lock, so that all of them see the events in the order of their numbers.
    const std::lock_guard lock{mutex_};
    seq = happened.seq = ++last_seq_;
    const auto shared = std::make_shared<const event>(std::move(happened));
    events_.push(shared);
    std::erase_if(subscribers_, [&](const auto& weak) {
      auto subscriber = weak.lock();
      if (subscriber && subscriber->put(shared))
        woken.push_back(subscriber);
      return !subscriber;
    });
  }
  for (const auto& subscriber : woken)
    subscriber->wake();
  return seq;
}

event_page event_log::since(std::uint64_t seq, std::size_t most) const {
  const std::lock_guard lock{mutex_};
  event_page page;
  page.last_seq = last_seq_;
  const auto& kept = events_.items();
  if (kept.empty())
    return page;
  const auto first = kept.front()->seq;
  page.gap = seq != 0 && seq + 1 < first;
  // A number from the future is one of an earlier run of the node: its reader has missed all that is here.
  if (seq > last_seq_) {
    page.gap = true;
    seq = 0;
  }
  const auto skip = seq < first ? 0 : static_cast<std::size_t>(seq - first + 1);
  for (auto i = skip; i < kept.size() && page.events.size() < most; ++i)
    page.events.push_back(kept[i]);
  return page;
}

std::shared_ptr<event_subscription> event_log::subscribe(std::size_t queue_max, std::function<void()> wake) {
  CAFNODE_INVARIANT(queue_max > 0, "a subscriber without room");
  const std::lock_guard lock{mutex_};
  std::erase_if(subscribers_, [](const auto& weak) { return weak.expired(); });
  if (subscribers_.size() >= config_.subscribers_max)
    return nullptr;
  auto made = std::make_shared<event_queue>(queue_max, std::move(wake), lost_);
  subscribers_.push_back(made);
  return std::make_shared<event_subscription>(std::move(made));
}

std::uint64_t event_log::last_seq() const {
  const std::lock_guard lock{mutex_};
  return last_seq_;
}

} // namespace cafnode::observe
