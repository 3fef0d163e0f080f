#pragma once

#include "actors/session/gap_model.hpp"
#include "actors/session/round_trips.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/time.hpp"

#include <optional>

namespace cafnode::session {

/// What bounds the judgement of a silent connection.
struct pulse_limits {
  base::duration interval = conf::heartbeat_config{}.interval;           // at which the exchange speaks by itself
  base::duration silence_limit = conf::heartbeat_config{}.silence_limit; // this long nothing: dead, whatever is learned
};

/// What is to be done about a silence.
enum class pulse_verdict {
  fine,
  probe_early, // the silence is unusual: ask for a sign of life if that can be afforded, and say so by `probed`
  probe,       // it is longer than the exchange's own interval: ask in any case, and say so by `probed`
  silent,      // the question was not answered: the connection is dead
};

/// What comes out of the socket.
enum class frame_role {
  news,   // the exchange spoke by itself, or answered an order or a query
  answer, // to a question after a sign of life: proves life, and tells nothing of usual gaps
};

/// A time in which this process did not run: it was stopped, or its thread was busy.
struct absence {
  base::time_point from;
  base::time_point until;
};

/// Judges whether one connection is alive. Pure partner of the heartbeat manager.
///
/// A socket that is open but says nothing is dead, whatever TCP thinks; a quiet market is quiet, too. So an unusual
/// silence is asked about, and only an unanswered question ends it: where data flows within 3 s of the last frame,
/// elsewhere within 1.5 intervals of the exchange.
///
/// An answer that comes after the end can teach nothing; so the end itself does. The next connection is given twice the
/// time, until one of its questions is answered: it is asked the first as soon as it is ready.
///
/// Only a silence that we listened to counts. Whoever arms a timer for `next_look` comes back in time; if not, we were
/// away, and what arrived meanwhile may lie unread in the socket: that time is taken out, and after a long one the
/// question is asked anew. And between the first look that finds a connection dead and the last there is a step in
/// which the socket is read.
class link_pulse {
public:
  explicit link_pulse(pulse_limits limits);

  /// Other limits from now on; what was learned stays.
  void use(pulse_limits limits);

  /// A new client dials: nothing is judged until the link is open.
  void dialing();

  /// The link is open: of its gaps nothing is known.
  void opened(base::time_point now);

  /// It answers questions from here on.
  void ready(base::time_point now);

  /// Anything that happens on the thread of the connection: notices that we were away.
  void attend(base::time_point now);

  /// A frame was read, after `attend`.
  void heard(frame_role role, base::time_point now);

  /// Something came that is no frame, or none yet.
  void stirred(base::time_point now);

  /// The exchange answered `public/test`, whoever asked for what reason, after `took`.
  void acknowledged(base::duration took, base::time_point now);

  /// The question went out.
  void probed(base::time_point now);

  /// An early question cannot be afforded now.
  void cannot_afford(base::time_point now);

  /// What to do at `now`.
  pulse_verdict look(base::time_point now);

  /// When to look next, at most a second ahead. Whoever asks promises to come back then.
  [[nodiscard]] base::time_point next_look(base::time_point now);

  /// Whoever promised that has ended: a look that does not come means nothing.
  void unwatched() noexcept { promised_.reset(); }

  /// The latest time of this connection in which we were away.
  [[nodiscard]] const std::optional<absence>& away() const noexcept { return away_; }

  /// How long nothing has been heard, our own absences left out.
  [[nodiscard]] base::duration quiet(base::time_point now) const noexcept { return now - heard_; }

  [[nodiscard]] const pulse_limits& limits() const noexcept { return limits_; }

private:
  [[nodiscard]] base::time_point early_due() const;
  [[nodiscard]] base::time_point probe_due() const;
  [[nodiscard]] base::duration patience() const;
  [[nodiscard]] base::time_point dead_at() const;
  pulse_verdict last_step(base::time_point now);

  pulse_limits limits_;
  gap_model gaps_;
  round_trips round_trips_;
  base::time_point heard_{};      // the last frame; moved on by the time we were away
  base::time_point news_{};       // the last frame that nobody asked for; moved likewise
  base::time_point early_from_{}; // no early question before this
  base::time_point ready_at_{};
  std::optional<base::time_point> probed_at_; // a question that waits for anything to come
  std::optional<base::time_point> last_step_; // found dead; once more the socket is read
  std::optional<base::time_point> promised_;  // when we said we would look
  std::optional<absence> away_;
  bool open_ = false;
  bool ready_ = false;
  bool greeted_ = false;  // the exchange has said something on this connection
  bool asked_ = false;    // the first question of this connection went out
  bool measured_ = false; // a question has measured the way, on whichever connection
  bool ended_ = false;    // found dead
  int ends_ = 0;          // connections found dead since a question was answered
  int in_vain_ = 0;       // questions in this silence of the stream that were answered
  int again_ = 0;         // judgements begun anew in this silence, since we were away
};

} // namespace cafnode::session
