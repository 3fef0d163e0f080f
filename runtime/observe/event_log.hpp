#pragma once

#include "runtime/base/bounded_queue.hpp"
#include "runtime/observe/event.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace cafnode::observe {

class event_queue;

/// What one subscriber has not taken yet. Any thread.
class event_subscription {
public:
  explicit event_subscription(std::shared_ptr<event_queue> queue);

  /// Ends it: when this returns no wake runs any more and none will, whichever thread publishes; it waits for one that
  /// runs on another thread. So what the wake refers to need only outlive this handle. A wake may drop its own handle.
  ~event_subscription();

  event_subscription(const event_subscription&) = delete;
  event_subscription& operator=(const event_subscription&) = delete;

  /// Up to `most` events, oldest first.
  [[nodiscard]] std::vector<event_ptr> take(std::size_t most);

  /// Events that this subscriber lost because it did not take them in time; the oldest went.
  [[nodiscard]] std::uint64_t lost() const;

private:
  std::shared_ptr<event_queue> queue_;
};

struct event_log_config {
  std::size_t events_max = 10'000; // kept for those who ask later
  std::size_t subscribers_max = 64;
};

/// What `since` answers.
struct event_page {
  std::vector<event_ptr> events; // oldest first
  std::uint64_t last_seq = 0;    // of the newest event there is; 0 when there was none yet
  bool gap = false;              // events between the asked number and the first one here are gone
};

/// The last events of the node. Any thread.
class event_log {
public:
  explicit event_log(event_log_config config);

  /// Numbers the event and hands it to all subscribers; returns its number. Wakes run on this thread, outside the
  /// locks.
  std::uint64_t publish(event happened);

  /// At most `most` events after number `seq`; 0 asks from the oldest that is kept.
  [[nodiscard]] event_page since(std::uint64_t seq, std::size_t most) const;

  /// From the next event on, until the returned handle goes. `wake` is called when an event comes to an empty queue: it
  /// must return at once and not publish. None when there are too many subscribers.
  [[nodiscard]] std::shared_ptr<event_subscription> subscribe(std::size_t queue_max, std::function<void()> wake);

  [[nodiscard]] std::uint64_t last_seq() const;

  /// Events that subscribers have lost so far because they were too slow, those of subscribers that have gone too.
  [[nodiscard]] std::uint64_t lost_by_subscribers() const noexcept { return *lost_; }

private:
  event_log_config config_;
  mutable std::mutex mutex_;
  base::bounded_queue<event_ptr> events_;
  std::uint64_t last_seq_ = 0;
  std::vector<std::weak_ptr<event_queue>> subscribers_;
  std::shared_ptr<std::atomic<std::uint64_t>> lost_; // counted by the queues
};

} // namespace cafnode::observe
