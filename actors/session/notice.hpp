#pragma once

#include "actors/session/phase.hpp"
#include "actors/session/reconciliation.hpp"
#include "actors/venues/event.hpp"
#include "runtime/base/decimal.hpp"
#include "runtime/base/time.hpp"
#include "runtime/observe/event.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace cafnode::session {

/// What can happen on a connection, each with what there is to know of it. `kind` is what the event is called.
namespace fact {

struct phase_changed {
  static constexpr std::string_view kind = "phase_changed";
  phase from = phase::idle;
  phase to = phase::idle;
  base::duration in_phase{};
  std::optional<base::duration> away{}; // since it was lost, once it is live again; for metrics only
};

struct link_closed {
  static constexpr std::string_view kind = "link_closed";
  std::string cause; // net::close_cause by name, or ours
  std::uint16_t code = 0;
  std::uint16_t status = 0;                 // of HTTP; 0: there was none
  std::chrono::milliseconds retry_after{0}; // the exchange asked for it; 0: it did not
  bool at_home = false;                     // this machine lacks something: no other try mends it; for the log only
};

struct refused { // somebody must act
  static constexpr std::string_view kind = "refused";
  std::chrono::milliseconds retry_in{0};
  std::string retry_now; // a command
};

struct heartbeat_missed {
  static constexpr std::string_view kind = "heartbeat_missed";
  base::duration late{};
};

struct heartbeat_by_client {
  static constexpr std::string_view kind = "heartbeat_by_client";
};

struct silent {
  static constexpr std::string_view kind = "silent";
  base::duration quiet{};
  base::duration limit{};
};

struct private_stream_silent {
  static constexpr std::string_view kind = "private_stream_silent";
  bool again = false;
};

struct protocol_fault {
  static constexpr std::string_view kind = "protocol_fault";
  venues::fault_kind fault{};
  std::uint64_t count = 0; // of its kind since the last one that was told
  std::string text;        // empty: it may hold a secret
};

struct upkeep_failed {
  static constexpr std::string_view kind = "upkeep_failed";
  std::optional<base::duration> retry_in; // none: it is not tried again
};

struct subscription_missing {
  static constexpr std::string_view kind = "subscription_missing";
  std::vector<std::string> channels;
};

struct platform_changed {
  static constexpr std::string_view kind = "platform_changed";
  bool locked = false;
};

struct order_changed {
  static constexpr std::string_view kind = "order_changed";
  std::string label;
  std::string order_id;
  venues::order_state state = venues::order_state::unknown;
  base::decimal filled;
  std::string_view source; // of the news; a constant
};

struct order_in_doubt {
  static constexpr std::string_view kind = "order_in_doubt";
  std::optional<std::string> label;
  std::optional<std::string> order_id{};
};

struct reconciled {
  static constexpr std::string_view kind = "reconciled";
  reconcile_summary orders;
  base::duration took{};
};

struct fill_seen {
  static constexpr std::string_view kind = "fill_seen";
  std::string trade_id;
  std::string label;
  std::optional<base::decimal> price; // none: it could not be read
  std::optional<base::decimal> amount;
};

using any = std::variant<phase_changed, link_closed, refused, upkeep_failed, heartbeat_missed, heartbeat_by_client,
                         silent, private_stream_silent, protocol_fault, subscription_missing, platform_changed,
                         order_changed, order_in_doubt, reconciled, fill_seen>;

template<class... Fact>
constexpr std::array<std::string_view, sizeof...(Fact)> kinds_of(const std::variant<Fact...>*) {
  return {Fact::kind...};
}

/// All of them: a filter for a kind that is not here, and has not happened, is refused.
inline constexpr auto kinds = kinds_of(static_cast<const any*>(nullptr));

} // namespace fact

/// One thing that happened on a connection and that an operator or a judge may want to know.
struct notice {
  fact::any what;
  std::string exchange; // "deribit"
  std::string subject;  // the connection's path, "tokyo/deribit/alpha"
  base::moment at;
  std::string cause; // a sentence

  [[nodiscard]] std::string_view kind() const {
    return std::visit([](const auto& one) { return std::decay_t<decltype(one)>::kind; }, what);
  }
};

/// The notice as an event of the node: durations in milliseconds, decimals as text.
[[nodiscard]] observe::event to_event(notice happened);

/// Hears of what happens on connections. Called on the connection's own thread: take it and return.
class notice_sink {
public:
  virtual ~notice_sink() = default;
  virtual void publish(notice happened) = 0;
};

} // namespace cafnode::session
