#pragma once

#include "runtime/base/time.hpp"
#include "sim/deribit/account_registry.hpp"
#include "sim/deribit/session_clock.hpp"
#include "sim/line/line.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// Heartbeats of one connection, or of many.
struct beat_counts {
  std::uint64_t asked = 0; // test_requests sent
  std::uint64_t answered = 0;
  std::uint64_t late = 0;
  base::duration worst_answer{};

  void add(const beat_counts& other) noexcept {
    asked += other.asked;
    answered += other.answered;
    late += other.late;
    worst_answer = std::max(worst_answer, other.worst_answer);
  }
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
  base::time_point last_due{}; // nothing may leave before what was delayed until then
};

/// Whoever is at the other end of a line and, after the upgrade, its session.
struct client {
  std::shared_ptr<sim::line> line;
  std::string address;
  base::time_point opened{};
  base::time_point closing_since{};
  std::optional<session> ws;

  [[nodiscard]] std::string_view account() const noexcept {
    return ws && ws->who ? std::string_view{ws->who->account} : std::string_view{};
  }
};

} // namespace cafnode::sim
