#pragma once

#include "runtime/base/time.hpp"

#include <optional>

namespace cafnode::sim {

/// How the exchange keeps time with one connection. Measured on the production socket with an interval of 10 s.
struct beat_rules {
  base::duration granularity{}; // test_request and heartbeat come this much after the interval
  base::duration grace{};       // an unanswered test_request closes after this; zero: after one interval
  base::duration idle_limit{};  // without heartbeat and subscription; zero: never
  bool any_request_answers = false;
};

/// What has to be done for a connection at one moment.
struct beat_verdict {
  bool ask = false;              // send a test_request
  bool beat = false;             // send a heartbeat
  bool close_unanswered = false; // the test_request was not answered in time
  bool close_idle = false;       // nothing set, nothing subscribed, nothing said
};

/// The two timers of a connection with heartbeats, as FIX has them: the client silent for an interval is asked, the
/// server silent for an interval says so. Pure: time is an argument.
class session_clock {
public:
  session_clock(beat_rules rules, base::time_point opened) noexcept;

  [[nodiscard]] bool enabled() const noexcept { return interval_ != base::duration::zero(); }

  [[nodiscard]] base::duration interval() const noexcept { return interval_; }

  [[nodiscard]] bool waiting_for_answer() const noexcept { return asked_.has_value(); }

  /// Heartbeats every `interval`, counted from `now`.
  void set_interval(base::duration interval, base::time_point now);
  void disable(base::time_point now) noexcept;

  /// A request came. The delay when it answered a test_request.
  std::optional<base::duration> client_spoke(bool is_test, base::time_point now) noexcept;

  void server_spoke(base::time_point now) noexcept { server_at_ = now; }

  /// What is due at `now`; what it tells to send counts as sent.
  beat_verdict check(base::time_point now, bool subscribed) noexcept;

  /// Starts all timers afresh: after a time in which the connection was held still on purpose.
  void restart(base::time_point now) noexcept;

  /// A test_request was sent outside the timers.
  void asked_at(base::time_point now) noexcept;

private:
  [[nodiscard]] base::duration grace() const noexcept;

  beat_rules rules_;
  base::duration interval_{};
  base::time_point client_at_;
  base::time_point server_at_;
  std::optional<base::time_point> asked_;
};

} // namespace cafnode::sim
