#pragma once

#include "runtime/base/rng.hpp"
#include "sim/deribit/account_book.hpp"
#include "sim/deribit/audit_log.hpp"
#include "sim/deribit/credit_ledger.hpp"
#include "sim/deribit/fault_table.hpp"
#include "sim/deribit/session_clock.hpp"
#include "sim/deribit/settings.hpp"
#include "sim/deribit/subscription_table.hpp"
#include "sim/deribit/task_queue.hpp"
#include "sim/market/exchange.hpp"
#include "sim/market/inspection.hpp"
#include "sim/wire/connection.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace cafnode::sim {

/// Heartbeats of one connection, or of many.
struct beat_counts {
  std::uint64_t asked = 0; // test_requests sent
  std::uint64_t answered = 0;
  std::uint64_t late = 0;
  base::duration worst_answer{};

  void add(const beat_counts& other) noexcept;
};

/// What the exchange knows of one WebSocket.
struct session {
  explicit session(session_clock clock) noexcept : beat{clock} {}

  session_clock beat;
  std::optional<login> who;
  bool cancel_on_disconnect = false;
  bool logged_out = false;
  std::string client_name;
  std::uint64_t requests = 0;
  beat_counts beats;
  base::time_point last_due{}; // by the machine's clock: nothing may leave before what was delayed
};

/// One open connection and, after the upgrade, its session.
struct peer {
  std::shared_ptr<connection> line;
  std::string address;
  base::time_point opened{};
  base::time_point closing_since{};
  std::optional<session> ws;

  [[nodiscard]] std::string_view account() const noexcept {
    return ws && ws->who ? std::string_view{ws->who->account} : std::string_view{};
  }
};

/// What the parts of the gateway share. One thread.
struct gateway_core {
  gateway_core(boost::asio::io_context& loop, settings chosen, const base::clock_source& time, audit_log& log,
               exchange& behind, std::uint64_t seed);

  boost::asio::io_context& io;
  settings options;
  const base::clock_source& clock;
  audit_log& audit;
  exchange& market;
  inspection* inside; // behind the clients' backs; null when the exchange has none
  base::rng chance;
  account_book accounts;
  credit_ledger credits;
  fault_table faults;
  subscription_table subscriptions;
  task_queue tasks;
  std::unordered_map<std::uint64_t, peer> peers; // bounded by the sockets that the system gives us
  std::unordered_map<std::string, std::int64_t> open_per_address;
  std::unordered_map<std::string, bool> account_cod; // accounts whose new connections start with it
  std::uint64_t next_connection = 1;
  std::uint64_t sessions_closed = 0;
  beat_counts beats_of_closed;

  /// The exchange's time; its calendar may be set wrong on purpose.
  [[nodiscard]] base::moment now() const;
  [[nodiscard]] peer* find(std::uint64_t connection);
  [[nodiscard]] beat_rules rules_of_beat() const;
};

/// Sends one frame to one session, through the faults that hold back, delay or silence it.
void deliver(gateway_core& core, peer& to, frame_ptr frame, bool flush_now = true);

/// Writes an audit line about a connection.
void note(gateway_core& core, std::string_view kind, const peer& about, boost::json::object fields = {});

} // namespace cafnode::sim
