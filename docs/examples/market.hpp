#pragma once

#include "runtime/process/messages.hpp"
#include "supervisors/supervisor.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace market {

/// What the consumer asks its feed for, and what it gets.
struct next_quote {};

struct quote {
  int number = 0; // counts from 1 in each life of the feed
  int life = 0;   // of the feed
};

/// The consumer tells the listener once, when it has `quotes_wanted` of one feed.
struct enough_quotes {};

inline constexpr int quotes_wanted = 4;

/// Who runs under a name at this moment. A restarted process has a new handle, so whoever is not restarted with it must
/// look it up each time. Handles are kept weakly: a strong one here, in what the processes themselves hold, would keep
/// them in memory for ever. Any thread.
class directory {
public:
  void put(const std::string& name, const caf::actor& who);

  /// Null when nobody does.
  [[nodiscard]] caf::actor find(const std::string& name) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, caf::weak_actor_ptr> names_;
};

/// The plan of the whole tree:
///
///   root (one_for_one)
///   ├─ recorder             a plain CAF actor
///   └─ market (rest_for_one)
///      ├─ feed              crashes when asked for the fourth quote, in its first two lives
///      └─ consumer          asks the feed, every 20 ms
///
/// `listener` may be null.
[[nodiscard]] cafnode::supervision::supervisor_plan make_plan(std::shared_ptr<cafnode::supervision::event_sink> events,
                                                              std::shared_ptr<directory> names, caf::actor listener);

/// An event as one line: "child_ended feed #1: crashed, quote 4 is garbled".
[[nodiscard]] std::string describe(const cafnode::supervision::event& happened);

} // namespace market

// Messages that never leave this program need no more than this.
CAFNODE_LOCAL_MESSAGE(market::next_quote)
CAFNODE_LOCAL_MESSAGE(market::quote)
CAFNODE_LOCAL_MESSAGE(market::enough_quotes)
