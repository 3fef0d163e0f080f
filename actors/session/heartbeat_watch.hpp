#pragma once

#include "runtime/base/time.hpp"

#include <optional>

namespace cafnode::session {

/// When a connection counts as late or dead.
struct heartbeat_limits {
  base::duration answer_deadline = std::chrono::seconds{1}; // from test_request to our answer on the wire
  base::duration silence_limit = std::chrono::seconds{22};  // nothing received at all for this long: dead
};

/// What the watch wants done.
enum class watch_verdict {
  fine,
  probe,  // nothing came for half the limit: ask for a sign of life
  silent, // nothing came for the whole limit, in spite of the probe: the connection is dead
};

/// Watches one connection's progress and its heartbeat answers. Pure partner of the heartbeat manager.
///
/// Silence is measured from the last frame of any kind, since a socket that is open but says nothing is dead, whatever
/// TCP thinks. Halfway a probe goes out, so that a quiet exchange has a reason to speak before it is given up.
class heartbeat_watch {
public:
  heartbeat_watch(heartbeat_limits limits, base::time_point now);

  /// The exchange asked for a sign of life at `asked`.
  void asked(base::time_point asked);

  /// Our answer was handed to the link at `written`. Returns how long it took; none when nothing was asked.
  std::optional<base::duration> answered(base::time_point written);

  /// Whether an answer that took `span` counts as missed.
  [[nodiscard]] bool missed(base::duration span) const noexcept { return span > limits_.answer_deadline; }

  /// What to do at `now`, when the last frame came at `last_frame`.
  watch_verdict look(base::time_point last_frame, base::time_point now);

  /// When to look next.
  [[nodiscard]] base::time_point next_look(base::time_point last_frame) const;

  [[nodiscard]] const heartbeat_limits& limits() const noexcept { return limits_; }

private:
  heartbeat_limits limits_;
  base::time_point started_;
  std::optional<base::time_point> asked_at_;
  std::optional<base::time_point> probed_at_;
};

} // namespace cafnode::session
