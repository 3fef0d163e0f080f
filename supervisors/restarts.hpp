#pragma once

#include "runtime/base/rng.hpp"
#include "supervisors/child_driver.hpp"
#include "supervisors/group_wait.hpp"
#include "supervisors/job_pool.hpp"
#include "supervisors/outages.hpp"
#include "supervisors/restart_counts.hpp"

#include <cstdint>
#include <optional>

namespace cafnode::supervision {

/// What follows from the end of a child: work, the end of its supervisor, or neither.
struct consequence {
  std::optional<job> work{};
  std::optional<end_reason> end{};
};

/// Decides what follows when a child ends by itself or does not start: restarts by strategy, budgets, circuits, waits,
/// giving up, auto_shutdown. The waits are its own; the work that it gives out is others' to do.
class restarts {
public:
  /// What it decides about and by; all of it outlives this.
  struct ground {
    const supervisor_flags& flags;
    child_table& children;
    const base::moment& now;
    outbox& out;
    announcer& heard;
    child_driver& driver;
    restart_counts& budgets;
    outages& away;
  };

  restarts(ground on, std::uint64_t seed) : on_{on}, chance_{seed} {}

  // -- failures -------------------------------------------------------------------------------------------------------

  /// A child ended while it ran, which has not been dealt with.
  [[nodiscard]] consequence on_end(child_record& child);

  /// A child did not start. `first` is the one whose failure the restart was for, or null.
  [[nodiscard]] consequence on_failed_start(child_record* first, child_record& child, const end_reason& why);

  /// A restart that failed is tried again.
  [[nodiscard]] consequence again(child_record& child);

  // -- waits ----------------------------------------------------------------------------------------------------------

  /// The half of `paced` that stops is done: those that it starts wait from now on.
  void wait(const job& paced);

  /// The wait of one child is over.
  [[nodiscard]] job end_wait(child_record& child);

  [[nodiscard]] bool group_waits() const noexcept { return group_.is_on(); }

  /// The wait of the group may be over. None when it is not, or nobody waits any more.
  [[nodiscard]] std::optional<job> end_group_wait();

  /// A child that waits for a timer waits for it no more.
  void forget_wait(child_record& child);

  /// A child that waits is stopped; `comes_back`: to be started again by what stops it.
  void call_off(child_record& child, bool comes_back);

  /// No group waits any more; its children are seen to.
  void forget_group_wait();

  // -- health and change ----------------------------------------------------------------------------------------------

  /// A child that is let through by a half-open circuit has been ready for long enough.
  void healthy(child_record& child);

  /// All back-offs start over, and those of circuits.
  void forget_paces(bool pacing, bool circuit);

  /// The strategy is of the other kind now: those that wait go on waiting, together or each alone, for a first wait.
  void wait_anew();

private:
  [[nodiscard]] consequence rest(child_record& child);
  [[nodiscard]] std::optional<end_reason> auto_shutdown_of(bool significant) const;
  [[nodiscard]] consequence restart(child_record& child, const end_reason& why, bool again);
  [[nodiscard]] consequence over_budget(child_record& child, const end_reason& why,
                                        const restart_counts::verdict& found, bool again);
  [[nodiscard]] job reopen(child_record& child, const end_reason& why, bool first);
  [[nodiscard]] consequence stop_for_good(child_record& child, const end_reason& why, bool again);
  [[nodiscard]] consequence go_on_without(child_record& child);
  [[nodiscard]] consequence give_up(child_record& child, const end_reason& why, const restart_counts::verdict& found);
  [[nodiscard]] job schedule(child_record& child, std::optional<base::duration> delay);
  [[nodiscard]] bool joins_waiting();
  void judge_health(child_record& child) const;
  [[nodiscard]] std::optional<base::duration> delay_of(child_record& child);
  [[nodiscard]] base::duration asked_wait(const child_record& child) const;

  ground on_;
  base::rng chance_;
  group_wait group_;
};

} // namespace cafnode::supervision
