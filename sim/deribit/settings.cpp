#include "sim/deribit/settings.hpp"

#include "runtime/base/json_text.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>
#include <vector>

namespace cafnode::sim {

namespace {

using member = std::variant<std::int64_t settings::*, bool settings::*, std::string settings::*>;

struct entry {
  std::string_view name;
  member where;
  std::string_view about;
  std::int64_t low = 0;
  std::int64_t high = 1'000'000'000;
  std::array<std::string_view, 2> choices{};
};

using s = settings;

// One row a setting; the order is the order of print and explain.
const std::array entries{
    entry{"connections_per_ip_max", &s::connections_per_ip_max,
          "open connections per address, 0 for no limit; beyond: 429"},
    entry{"sessions_per_key_max", &s::sessions_per_key_max, "named sessions per key; the next one ends the oldest", 1},
    entry{"request_bytes_max", &s::request_bytes_max, "longest request; beyond: -32600", 64},
    entry{"outbound_queue_limit", &s::outbound_queue_limit, "unread bytes per connection; beyond: connection_too_slow",
          1024},
    entry{"too_slow_close_code", &s::too_slow_close_code, "close code of connection_too_slow", 1000, 4999},
    entry{"channels_per_connection_max", &s::channels_per_connection_max, "subscriptions of one connection", 1},
    entry{"http_recycle_ms", &s::http_recycle_ms, "an HTTP connection is closed after this time", 1},
    entry{"handshake_timeout_ms", &s::handshake_timeout_ms, "TLS and the first request must be in by then", 1},
    entry{"hb_interval_min_s", &s::hb_interval_min_s, "smallest heartbeat interval that is accepted", 1},
    entry{"hb_granularity_ms", &s::hb_granularity_ms, "test_request and heartbeat come this much after the interval"},
    entry{"hb_grace_ms", &s::hb_grace_ms, "an unanswered test_request closes after this time; 0: after one interval"},
    entry{"hb_answer", &s::hb_answer, "what answers a test_request", 0, 0, {"public_test_only", "any_request"}},
    entry{"hb_close_code", &s::hb_close_code, "close code of an unanswered test_request", 1000, 4999},
    entry{"hb_close_reason", &s::hb_close_reason, "close reason of an unanswered test_request"},
    entry{"hb_late_ms", &s::hb_late_ms, "an answer after this time counts as late"},
    entry{"idle_close_no_heartbeat_ms", &s::idle_close_no_heartbeat_ms,
          "closes a connection without heartbeat and subscription; 0: never"},
    entry{"idle_close_style", &s::idle_close_style, "how an idle connection ends", 0, 0, {"tcp_reset", "close_frame"}},
    entry{"token_expires_s", &s::token_expires_s, "expires_in of an access token", 1},
    entry{"signature_window_ms", &s::signature_window_ms, "a signature's timestamp may be this old", 1},
    entry{"login_failures_max", &s::login_failures_max,
          "failed logins per key before login_over_limit, 0 for no limit"},
    entry{"login_failures_window_ms", &s::login_failures_window_ms, "over which time failed logins count", 1},
    entry{"tokens_max", &s::tokens_max, "live tokens kept; beyond: the oldest dies", 16},
    entry{"cod_delay_min_ms", &s::cod_delay_min_ms, "cancel on disconnect: least delay"},
    entry{"cod_delay_max_ms", &s::cod_delay_max_ms, "cancel on disconnect: greatest delay"},
    entry{"credits", &s::credits, "whether requests cost credits"},
    entry{"credits_pool", &s::credits_pool, "credits an account can save up", 1},
    entry{"credits_per_second", &s::credits_per_second, "credits that come back each second", 1},
    entry{"credits_cost", &s::credits_cost, "credits of an ordinary request", 1},
    entry{"matching_burst", &s::matching_burst, "order requests at once", 1},
    entry{"matching_per_second", &s::matching_per_second, "order requests per second", 1},
    entry{"too_many_requests_close_code", &s::too_many_requests_close_code, "close code after 10028; 0: stays open", 0,
          4999},
    entry{"matching_latency_ms", &s::matching_latency_ms, "time of one order request in the matching engine", 0,
          60'000},
    entry{"matching_queue_max", &s::matching_queue_max,
          "waiting order requests per account and currency; beyond: 10047", 1},
    entry{"shuffle_ms", &s::shuffle_ms, "answers come up to this much later, out of order", 0, 60'000},
    entry{"events_before_reply_percent", &s::events_before_reply_percent,
          "how often an order's events overtake the reply", 0, 100},
    entry{"testnet", &s::testnet, "the testnet flag of every answer"},
    entry{"version", &s::version, "version in the answers of public/test and public/hello"},
    entry{"step_ms", &s::step_ms, "how often the market moves", 1, 1000},
    entry{"accounts", &s::accounts, "extra accounts sim-key-1, sim-key-2, ...", 0, 10'000},
};

std::string store_integer(settings& values, const entry& row, std::int64_t settings::*where,
                          const boost::json::value& given) {
  if (!given.is_int64() || given.get_int64() < row.low || given.get_int64() > row.high)
    return fmt::format("setting '{}' must be a whole number from {} to {}", row.name, row.low, row.high);
  values.*where = given.get_int64();
  return {};
}

constexpr std::size_t text_max = 123; // what a close frame has room for

bool is_control(char letter) noexcept {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
}

std::string store_text(settings& values, const entry& row, std::string settings::*where,
                       const boost::json::value& given) {
  if (!given.is_string())
    return fmt::format("setting '{}' must be a string", row.name);
  const std::string text{given.get_string().data(), given.get_string().size()};
  if (text.size() > text_max || !base::is_utf8(text) || std::any_of(text.begin(), text.end(), is_control))
    return fmt::format("setting '{}' must be at most {} bytes of text without control characters", row.name, text_max);
  if (!row.choices[0].empty() && text != row.choices[0] && text != row.choices[1])
    return fmt::format("setting '{}' must be '{}' or '{}'", row.name, row.choices[0], row.choices[1]);
  values.*where = text;
  return {};
}

std::string store(settings& values, const entry& row, const boost::json::value& given) {
  if (const auto* integer = std::get_if<std::int64_t settings::*>(&row.where))
    return store_integer(values, row, *integer, given);
  if (const auto* text = std::get_if<std::string settings::*>(&row.where))
    return store_text(values, row, *text, given);
  if (!given.is_bool())
    return fmt::format("setting '{}' must be true or false", row.name);
  values.*std::get<bool settings::*>(row.where) = given.get_bool();
  return {};
}

std::string shown(const settings& values, const entry& row) {
  if (const auto* integer = std::get_if<std::int64_t settings::*>(&row.where))
    return std::to_string(values.*(*integer));
  if (const auto* text = std::get_if<std::string settings::*>(&row.where))
    return base::json_string(values.*(*text));
  return values.*std::get<bool settings::*>(row.where) ? "true" : "false";
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (left[i - 1] == right[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view key) {
  const auto closer = [key](const entry& a, const entry& b) {
    return edit_distance(a.name, key) < edit_distance(b.name, key);
  };
  return std::min_element(entries.begin(), entries.end(), closer)->name;
}

} // namespace

base::result<settings, std::string> read_settings(const boost::json::object& given, settings base) {
  for (const auto& [raw_key, value] : given) {
    const std::string_view key{raw_key.data(), raw_key.size()};
    if (key.size() > 64)
      return base::failure{std::string{"a setting's name is longer than any that exists"}};
    const auto row = std::find_if(entries.begin(), entries.end(), [key](const entry& e) { return e.name == key; });
    if (row == entries.end())
      return base::failure{fmt::format("unknown setting '{}', did you mean '{}'?", key, nearest(key))};
    if (std::string fault = store(base, *row, value); !fault.empty())
      return base::failure{std::move(fault)};
  }
  if (base.cod_delay_min_ms > base.cod_delay_max_ms)
    return base::failure{std::string{"cod_delay_min_ms is greater than cod_delay_max_ms"}};
  return base;
}

std::string print_settings(const settings& values) {
  std::string out = "{\n";
  for (const auto& row : entries)
    out += fmt::format("  \"{}\": {}{}\n", row.name, shown(values, row), &row == &entries.back() ? "" : ",");
  return out + "}\n";
}

std::string explain_settings() {
  const settings defaults;
  std::string out;
  for (const auto& row : entries)
    out += fmt::format("{:<30} {:<18} {}\n", row.name, shown(defaults, row), row.about);
  return out;
}

} // namespace cafnode::sim
