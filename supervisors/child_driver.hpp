#pragma once

#include "supervisors/announcer.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/outbox.hpp"

#include <cstdint>
#include <string_view>

namespace cafnode::supervision {

/// What is said of a process that a kill did not end.
[[nodiscard]] const end_reason& never_ended();

/// Takes one child from phase to phase: starts it, watches it while it runs, asks it to end, kills it, gives it up.
/// Each step sets the phase, arms and cancels the child's own timers, and tells. What a step means for others is not
/// its business. A child that a method is about is one of `children`.
class child_driver {
public:
  /// How the ends of children are bounded.
  enum class stop_mode : std::uint8_t {
    each_alone, // by timers of their own
    together,   // instances at the end of their supervisor: by timers that they share
  };

  /// All of it outlives the driver.
  child_driver(const supervisor_flags& flags, child_table& children, const base::moment& now, outbox& out,
               announcer& heard)
      : flags_{flags}, children_{children}, now_{now}, out_{out}, heard_{heard} {}

  // -- starting -------------------------------------------------------------------------------------------------------

  /// Has its factory called, for the next incarnation.
  void start(child_record& child);

  /// It runs, and is waited for until it says that it is ready.
  void spawned(child_record& child);

  /// It runs, and nobody waits for it any more; `ready`, or it will say so.
  void up(child_record& child, bool ready);

  /// It has been up for a while, and says that it is ready.
  void announced(child_record& child);

  /// The incarnation that was started beside it is ready, and is the child from now on.
  void take_over(child_record& child, std::uint32_t incarnation);

  /// Its process is let go of although it was not up. Gives the reason: `why`, or that it took too long.
  [[nodiscard]] end_reason give_up_start(child_record& child, const end_reason& why);

  /// Its factory failed, or its process ended before it was up.
  void start_failed(child_record& child, const end_reason& why);

  /// Its factory found nothing to run.
  void ignored(child_record& child);

  // -- watching -------------------------------------------------------------------------------------------------------

  /// Its time to be ready is over.
  void start_is_due(child_record& child);

  /// It is time for the next look at its progress.
  void look(const child_record& child);

  /// What was seen.
  void looked(child_record& child, bool got_on);

  /// Cancels what watches one that runs.
  void unwatch(const child_record& child);

  /// It runs under another spec: what watches it follows. `old` is what it had.
  void watch_anew(const child_record& child, const child_options& old);

  /// It ended by itself, or by the kill of its watchdog; for what the watchdog found, then.
  void ended(child_record& child, end_reason why);

  // -- ending ---------------------------------------------------------------------------------------------------------

  void ask_to_end(child_record& child);

  /// `why` is for those who look on.
  void kill_late(child_record& child, std::string_view why);

  /// The time for the whole stop is over, and it was asked to end.
  void kill_for_deadline(child_record& child);

  /// It was stopped: the end that was waited for.
  void stopped(child_record& child, const end_reason& why);

  /// It was killed and does not end: nothing of it counts any more.
  void fence(const child_record& child, std::uint32_t incarnation);

  /// Forgets a child without a process.
  void drop(child_record& child);

  /// Instances end together from now on.
  void stop_together() noexcept { mode_ = stop_mode::together; }

  /// The time for the whole stop is over: whoever is to end is killed from now on.
  void pass_deadline() noexcept { past_deadline_ = true; }

  [[nodiscard]] bool is_past_deadline() const noexcept { return past_deadline_; }

  void cancel_end_timer(child_record& child);

private:
  void now_ready(child_record& child);
  void doom(child_record& child, transition what, end_reason why);
  void kill(child_record& child);
  void arm_end_timer(child_record& child, end_timer which, base::duration after);

  const supervisor_flags& flags_;
  child_table& children_;
  const base::moment& now_;
  outbox& out_;
  announcer& heard_;
  std::uint64_t last_start_ = 0;
  stop_mode mode_ = stop_mode::each_alone;
  bool past_deadline_ = false;
};

} // namespace cafnode::supervision
