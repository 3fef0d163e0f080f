#pragma once

#include "runtime/base/backoff.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::conf {

enum class log_level : std::uint8_t { trace = 0, debug = 1, info = 2, warn = 3, error = 4 };

/// `automatic` is text on a terminal and JSON lines otherwise.
enum class log_format : std::uint8_t { automatic = 0, json = 1, text = 2 };

enum class venue : std::uint8_t { deribit = 0 };

/// How a session proves who it is; `none` sees public data only.
enum class auth_method : std::uint8_t { client_credentials = 0, client_signature = 1, none = 2 };

enum class secret_origin : std::uint8_t { none = 0, env = 1, file = 2 };

/// Where a secret is to be found. Never the secret itself: see secret_source.hpp.
struct secret_reference {
  secret_origin from = secret_origin::none;
  std::string name; // the variable, or the path of the file

  friend bool operator==(const secret_reference&, const secret_reference&) = default;
};

/// A text that may be written down or referred to, such as a client id.
struct text_source {
  std::string literal;
  secret_reference reference; // used when `literal` is empty

  [[nodiscard]] bool empty() const noexcept { return literal.empty() && reference.from == secret_origin::none; }

  friend bool operator==(const text_source&, const text_source&) = default;
};

struct auth_config {
  auth_method method = auth_method::client_credentials;
  text_source client_id;
  secret_reference client_secret;

  friend bool operator==(const auth_config&, const auth_config&) = default;
};

struct endpoint_config {
  std::string host = "127.0.0.1";
  std::uint16_t port = 9443;
  std::string path = "/ws/api/v2";
  bool tls = false;
  std::string ca_file; // PEM; empty: the system's trust store
};

/// The silence limit of a file that sets none.
[[nodiscard]] constexpr std::chrono::milliseconds silence_limit_for(std::chrono::milliseconds interval) noexcept {
  return interval * 2 + std::chrono::seconds{5};
}

struct heartbeat_config {
  std::chrono::milliseconds interval{10'000};       // whole seconds, as Deribit's set_heartbeat wants them
  std::chrono::milliseconds answer_deadline{2'000}; // a test_request not answered by then is counted as missed
  std::chrono::milliseconds silence_limit = silence_limit_for(interval); // nothing received for so long: dead
};

struct backoff_settings {
  std::chrono::milliseconds first = base::backoff_config{}.first;
  std::chrono::milliseconds cap = base::backoff_config{}.cap;
  std::uint32_t jitter_percent = static_cast<std::uint32_t>(base::backoff_config{}.jitter_percent);
};

struct connect_config {
  std::chrono::milliseconds deadline{10'000}; // DNS, TCP, TLS and upgrade together
  backoff_settings backoff;
};

/// Rate budgets of one account at the exchange. The defaults are Deribit's lowest tier.
struct rate_config {
  std::uint32_t matching_per_second = 5;
  std::uint32_t matching_burst = 20;
  std::uint32_t other_credits = 50'000;
  std::uint32_t other_per_second = 10'000;
  std::uint32_t use_percent = 80; // of the above; the rest stays for whoever else uses the account
};

struct order_config {
  std::uint32_t in_flight_max = 8;                  // requests without an answer, per connection
  std::chrono::milliseconds valid_for{5'000};       // the exchange refuses an order that reaches it later than this
  std::chrono::milliseconds answer_deadline{3'000}; // then the outcome is in doubt and gets reconciled
};

/// More than `intensity` crashes of our own within `period` end the connection's supervisor. An unreachable exchange
/// never counts.
struct restart_config {
  std::uint32_t intensity = 5;
  std::chrono::milliseconds period{60'000};
};

struct limits_config {
  std::uint64_t frame_bytes_max = std::uint64_t{4} << 20U;
  std::uint64_t send_queue_bytes_max = std::uint64_t{1} << 20U;
};

/// What only Deribit knows.
struct deribit_config {
  std::string scope; // of a login; empty: all that its key may
};

struct connection_config {
  std::string name;                  // [a-z0-9-]{1,32}, unique in the node
  std::string account = "main";      // connections of one account share its rate budget
  auth_config auth;                  // the connection's own, or a copy of the exchange's
  bool own_auth = false;             // whether it was the connection's own
  std::vector<std::string> channels; // as the venue names them; the session adds what it needs itself
  std::uint32_t count = 1;           // more than 1: so many connections, called name-1, name-2, ...
};

struct exchange_config {
  std::string name;
  conf::venue venue = conf::venue::deribit;
  endpoint_config url;
  auth_config auth;
  heartbeat_config heartbeat;
  connect_config connect;
  bool cancel_on_disconnect = true;
  rate_config rate;
  order_config orders;
  restart_config restart;
  limits_config limits;
  deribit_config deribit;
  std::vector<connection_config> connections;
};

inline constexpr std::string_view socket_off = "off";

/// Where the control API listens, and who may do what there.
struct control_config {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7601;   // 0: any free port
  std::string socket;          // path of the unix socket; empty: the usual place; or socket_off
  std::string tls_certificate; // PEM files for the TCP listener; empty: plain
  std::string tls_key;
  std::string read_token; // files with a token each, by what it is good for; empty: there is none
  std::string operate_token;
  std::string trade_token;
};

struct node_config {
  std::string name; // empty: the host's name
  std::string region = "local";
  std::uint32_t io_threads = 0; // 0: one per core
  std::uint64_t seed = 0;       // of the back-off's jitter; 0: from the system
  control_config control;
  conf::log_level log_level = log_level::info;
  conf::log_format log_format = log_format::automatic;
  std::string log_file; // empty: standard error
  std::chrono::milliseconds drain_timeout{10'000};
  std::vector<exchange_config> exchanges;
};

/// What a node runs on without a file: four connections to a simulator on this machine, credentials from the
/// environment.
[[nodiscard]] node_config built_in_config();

/// The connections of `exchange` one by one: an entry with `count` above 1 becomes name-1 to name-count.
[[nodiscard]] std::vector<connection_config> expand_connections(const exchange_config& exchange);

/// The words of each choice as they are written in YAML, in the order of the enum's values.
[[nodiscard]] const std::vector<std::string_view>& words_of(log_level) noexcept;
[[nodiscard]] const std::vector<std::string_view>& words_of(log_format) noexcept;
[[nodiscard]] const std::vector<std::string_view>& words_of(venue) noexcept;
[[nodiscard]] const std::vector<std::string_view>& words_of(auth_method) noexcept;
[[nodiscard]] const std::vector<std::string_view>& words_of(secret_origin) noexcept;

template<class Choice>
[[nodiscard]] std::string_view word_of(Choice value) noexcept {
  return words_of(value)[static_cast<std::size_t>(value)];
}

} // namespace cafnode::conf
