#pragma once

#include "runtime/base/time.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::session {

/// One thing that happened on a connection and that an operator or a judge may want to know. `kind` is one of the
/// constants below; the fields are what the page or the log shows beside it.
struct notice {
  std::string_view kind;
  std::string subject; // the connection's path, "tokyo/deribit/alpha"
  base::moment at;
  std::string cause; // a sentence
  std::vector<std::pair<std::string_view, std::string>> fields;
};

namespace kind {

inline constexpr std::string_view phase_changed = "phase_changed";       // from, to, in_phase_ms
inline constexpr std::string_view link_closed = "link_closed";           // close_cause, code, status, retry_after_ms
inline constexpr std::string_view refused = "refused";                   // retry_in_ms, retry_now: somebody must act
inline constexpr std::string_view heartbeat_missed = "heartbeat_missed"; // late_ms
inline constexpr std::string_view heartbeat_by_client = "heartbeat_by_client";
inline constexpr std::string_view silent = "silent";                               // silent_ms, limit_ms
inline constexpr std::string_view private_stream_silent = "private_stream_silent"; // again
inline constexpr std::string_view protocol_fault = "protocol_fault";               // fault, count, text
inline constexpr std::string_view upkeep_failed = "upkeep_failed";                 // retry_in_ms
inline constexpr std::string_view subscription_missing = "subscription_missing";   // channels
inline constexpr std::string_view platform_changed = "platform_changed";           // locked
inline constexpr std::string_view order_changed = "order_changed";   // label, order_id, state, filled, source
inline constexpr std::string_view order_in_doubt = "order_in_doubt"; // label
inline constexpr std::string_view reconciled = "reconciled";         // adopted, ended, absent, in_doubt, took_ms
inline constexpr std::string_view fill_seen = "fill_seen";           // trade_id, label, price, amount

/// All of them: a filter for a kind that is not here, and has not happened, is refused.
inline constexpr std::array all{phase_changed,    link_closed,          refused,          upkeep_failed,
                                heartbeat_missed, heartbeat_by_client,  silent,           private_stream_silent,
                                protocol_fault,   subscription_missing, platform_changed, order_changed,
                                order_in_doubt,   reconciled,           fill_seen};

} // namespace kind

/// Hears of what happens on connections. Called on the connection's own thread: take it and return.
class notice_sink {
public:
  virtual ~notice_sink() = default;
  virtual void publish(const notice& happened) = 0;
};

} // namespace cafnode::session
