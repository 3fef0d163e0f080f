#pragma once

#include "runtime/base/result.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace cafnode::sim {

/// Everything about the exchange that its documents leave open or that a test wants otherwise. The defaults are what
/// was seen on the wire where it was seen, the strict reading elsewhere. `explain_settings()` says what each one does.
struct settings {
  // Connections.
  std::int64_t connections_per_ip_max = 32; // WebSocket and HTTP together; the next one gets 429; 0: no limit
  std::int64_t sessions_per_key_max = 16;
  std::int64_t request_bytes_max = 32 * 1024;
  std::int64_t outbound_queue_limit = 4 * 1024 * 1024;
  std::int64_t too_slow_close_code = 1008;
  std::int64_t channels_per_connection_max = 2000;
  std::int64_t http_recycle_ms = 900'000;
  std::int64_t handshake_timeout_ms = 10'000;

  // Heartbeats and silence.
  std::int64_t hb_interval_min_s = 10;
  std::int64_t hb_granularity_ms = 600;
  std::int64_t hb_grace_ms = 0; // 0: the interval itself
  std::string hb_answer = "public_test_only";
  std::int64_t hb_close_code = 4000;
  std::string hb_close_reason = "heartbeat close";
  std::int64_t hb_late_ms = 1000;
  std::int64_t idle_close_no_heartbeat_ms = 60'500;
  std::string idle_close_style = "tcp_reset";

  // Authentication.
  std::int64_t token_expires_s = 900;
  std::int64_t signature_window_ms = 60'000;
  std::int64_t login_failures_max = 10;
  std::int64_t login_failures_window_ms = 60'000;
  std::int64_t tokens_max = 100'000;

  // Cancel on disconnect.
  std::int64_t cod_delay_min_ms = 0;
  std::int64_t cod_delay_max_ms = 200;

  // Rate limits, per account.
  bool credits = true;
  std::int64_t credits_pool = 50'000;
  std::int64_t credits_per_second = 10'000;
  std::int64_t credits_cost = 500;
  std::int64_t matching_burst = 20;
  std::int64_t matching_per_second = 5;
  std::int64_t too_many_requests_close_code = 1008;

  // The matching queue and the order of answers.
  std::int64_t matching_latency_ms = 0;
  std::int64_t matching_queue_max = 8;
  std::int64_t shuffle_ms = 0;
  std::int64_t events_before_reply_percent = 25;

  // The rest.
  bool testnet = true;
  std::string version = "1.2.26";
  std::int64_t step_ms = 5;
  std::int64_t accounts = 4;
};

/// The settings named in `given` laid over `base`. The fault names the key and what it may be.
[[nodiscard]] base::result<settings, std::string> read_settings(const boost::json::object& given, settings base = {});

/// A JSON object that `read_settings` takes back.
[[nodiscard]] std::string print_settings(const settings& values);

/// One line a setting: its name, its default, what it does.
[[nodiscard]] std::string explain_settings();

} // namespace cafnode::sim
