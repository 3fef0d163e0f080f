#pragma once

#include "runtime/process/messages.hpp"
#include "supervisors/supervisor.hpp"

#include <caf/actor.hpp>

#include <memory>
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

/// The plan of the whole tree:
///
///   root (one_for_one)
///   ├─ recorder             a plain CAF actor
///   └─ market (rest_for_one)
///      ├─ feed              crashes when asked for the fourth quote, in its first two lives
///      └─ consumer          asks the feed, every 20 ms
///
/// Feed and recorder have their names in the system's name_registry. `listener` may be null.
[[nodiscard]] cafnode::supervision::supervisor_plan make_plan(std::shared_ptr<cafnode::supervision::event_sink> events,
                                                              caf::actor listener);

/// An event as one line: "child_ended feed #1: crashed, quote 4 is garbled".
[[nodiscard]] std::string describe(const cafnode::supervision::event& happened);

} // namespace market

// Messages that never leave this program need no more than this.
CAFNODE_LOCAL_MESSAGE(market::next_quote)
CAFNODE_LOCAL_MESSAGE(market::quote)
CAFNODE_LOCAL_MESSAGE(market::enough_quotes)
