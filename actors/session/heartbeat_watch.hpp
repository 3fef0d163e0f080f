#pragma once

#include "actors/session/link_pulse.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/time.hpp"

#include <optional>

namespace cafnode::session {

/// When a heartbeat answer is late, and when a connection is dead.
struct heartbeat_limits {
  base::duration answer_deadline = conf::heartbeat_config{}.answer_deadline; // from test_request to our answer written
  base::duration silence_limit = conf::heartbeat_config{}.silence_limit;     // nothing received for this long: dead
  base::duration interval = conf::heartbeat_config{}.interval;               // at which the exchange sends heartbeats
  bool peer_asks = true;                                                     // it asks for answers, and misses them
};

/// Measures the heartbeat answers of one connection, as the exchange would: from when its question arrived, not from
/// when we came to read it. Pure.
///
/// A question that is read after an absence of ours lay in the socket. When it came there is known well enough: the
/// exchange asks after we have said nothing for its interval.
class heartbeat_watch {
public:
  explicit heartbeat_watch(heartbeat_limits limits);

  /// Other limits from the next question on.
  void use(heartbeat_limits limits);

  /// A new connection.
  void opened(base::time_point now);

  /// We sent something.
  void spoke(base::time_point now) noexcept { spoke_ = now; }

  /// The exchange's question after a sign of life was read at `now`; `away` is our latest absence.
  void asked(base::time_point now, const std::optional<absence>& away);

  [[nodiscard]] bool waits() const noexcept { return asked_at_.has_value(); }

  /// Our answer was handed to the link at `written`. Returns how long it took; none when nothing was asked.
  std::optional<base::duration> answered(base::time_point written);

  /// Whether an answer that took `span` counts as missed.
  [[nodiscard]] bool missed(base::duration span) const noexcept { return span > limits_.answer_deadline; }

  /// The connection has ended; `for_it`: because the exchange missed an answer, by its own word. Returns how late the
  /// answer was if one was missed that has not been counted: never sent, or its question never read. Later calls for
  /// the same connection tell nothing.
  [[nodiscard]] std::optional<base::duration> ended(base::time_point now, bool for_it,
                                                    const std::optional<absence>& away);

  [[nodiscard]] const heartbeat_limits& limits() const noexcept { return limits_; }

private:
  [[nodiscard]] base::time_point due() const noexcept { return spoke_ + asks_after_; }

  heartbeat_limits limits_;
  base::time_point spoke_{};
  base::duration asks_after_; // of our silence; the shortest that was seen, or the interval
  bool open_ = false;
  bool measured_ = false;
  bool last_missed_ = false; // the latest answer was too late
  std::optional<base::time_point> asked_at_;
};

} // namespace cafnode::session
