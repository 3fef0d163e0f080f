#pragma once

#include "runtime/base/rng.hpp"
#include "sim/deribit/account_registry.hpp"
#include "sim/deribit/alarm.hpp"
#include "sim/deribit/audit_log.hpp"
#include "sim/deribit/client.hpp"
#include "sim/deribit/credit_ledger.hpp"
#include "sim/deribit/fault_table.hpp"
#include "sim/deribit/settings.hpp"
#include "sim/deribit/subscription_table.hpp"
#include "sim/deribit/task_queue.hpp"
#include "sim/market/exchange.hpp"
#include "sim/market/inspection.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

namespace cafnode::sim {

/// What the parts of the front share. One thread.
struct front_core {
  front_core(settings chosen, const base::clock_source& time, alarm& bell, audit_log& log, exchange& behind,
             std::uint64_t seed);

  settings options;
  const base::clock_source& clock;
  audit_log& audit;
  exchange& market;
  inspection* inside; // behind the clients' backs; null when the exchange has none
  base::rng chance;
  account_registry accounts;
  credit_ledger credits;
  fault_table faults;
  subscription_table subscriptions;
  std::map<std::uint64_t, client> clients; // oldest first; as many as there are lines
  std::unordered_map<std::string, std::int64_t> open_per_address;
  std::unordered_map<std::string, bool> account_cod; // accounts whose new connections start with it
  std::uint64_t next_connection = 1;
  std::uint64_t sessions_closed = 0;
  beat_counts beats_of_closed;

  /// The exchange's time; its calendar may be set wrong on purpose.
  [[nodiscard]] base::moment now() const;
  [[nodiscard]] client* find(std::uint64_t connection);
  [[nodiscard]] beat_rules rules_of_beat() const;

  /// Does something later. With 500,000 things waiting already it is not done at all.
  void at(base::time_point due, std::function<void()> task);
  void after(base::duration span, std::function<void()> task);

  /// Asks to be woken when the first task, or `due`, comes.
  void arm(base::time_point due);

  task_queue tasks;

private:
  alarm& alarm_;
  base::time_point armed_ = base::time_point::max();
};

/// Sends one frame to one session, through the faults that hold back, delay or silence it.
void deliver(front_core& core, client& to, frame_text frame, bool flush_now = true);

/// Writes an audit line about a connection.
void note(front_core& core, std::string_view kind, const client& about, boost::json::object fields = {});

} // namespace cafnode::sim
