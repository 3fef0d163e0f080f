#pragma once

#include "runtime/base/rng.hpp"
#include "supervisors/action.hpp"
#include "supervisors/announcer.hpp"
#include "supervisors/child_driver.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/command_judge.hpp"
#include "supervisors/event.hpp"
#include "supervisors/hot_change.hpp"
#include "supervisors/inbox.hpp"
#include "supervisors/job_runner.hpp"
#include "supervisors/outages.hpp"
#include "supervisors/outbox.hpp"
#include "supervisors/replacements.hpp"
#include "supervisors/restart_counts.hpp"
#include "supervisors/restarts.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace cafnode::supervision {

/// Decides all that a supervisor does, by OTP's rules and those beyond: it is told what happened and when, and says
/// what to do.
///
/// Pure: time comes with every input, chance from a seed, and nothing blocks: starting and stopping are states. What
/// happens meanwhile waits in its inbox. Notices with an old incarnation are ignored; time that runs backwards stands
/// still.
///
/// The carrier calls one input, then takes actions until there are none. Transitions are told to `heard` as they
/// happen.
///
/// It is made of parts that know nothing of each other's state, and passes on what each of them says to the next.
class supervision_machine {
public:
  /// `flags` and `children` have passed check_plan. `heard` may be null and outlives the machine.
  supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed,
                      transition_port* heard = nullptr);
  supervision_machine(const supervision_machine&) = delete;
  supervision_machine& operator=(const supervision_machine&) = delete;

  // -- inputs ---------------------------------------------------------------------------------------------------------

  /// Starts the children in order. Once, before any other input.
  void begin(base::moment now);

  /// The outcomes of start_process: it runs, and says itself that it is ready or not; nothing to run; it failed.
  void on_started(child_ref who, readiness ready, base::moment now);
  void on_ignored(child_ref who, base::moment now);
  void on_start_failed(child_ref who, end_reason why, base::moment now);

  /// A child says that it is ready.
  void on_ready(child_ref who, base::moment now);

  /// The outcome of check_progress.
  void on_progress(child_ref who, bool got_on, base::moment now);

  void on_ended(child_ref who, end_reason why, base::moment now);
  void on_timer(timer_key due, base::moment now);
  void on_retry(child_ref who, base::moment now);
  void on_command(call_id call, command wanted, base::moment now);

  /// The supervisor is to end. As in OTP, this waits its turn: a restart or a command under way is finished first. But
  /// the first start of the children gives way at once, and so do a replacement and a change of specs, and everything
  /// where `stop_within` is set; a child that has yet to say that it is ready gives way after `start_patience`. The
  /// first reason counts.
  void on_stop(end_reason why, base::moment now);

  /// It ended unasked, for `why`, and its children with it: what is left is to tell. The last input of all.
  void on_lost(const end_reason& why, base::moment now);

  /// How long a stop waits for children that have yet to confirm their start, all of them together.
  static constexpr std::chrono::milliseconds start_patience{1000};

  // -- outputs --------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool has_action() const noexcept { return !out_.empty(); }

  [[nodiscard]] action next_action() { return out_.pop(); }

  // -- queries --------------------------------------------------------------------------------------------------------

  [[nodiscard]] const child_table& children() const noexcept { return children_; }

  /// The factory that start_process is about; null when that start is no longer wanted.
  [[nodiscard]] const child_factory* factory_of(child_ref who) const;

  /// Whether the spec of that child asks for its progress to be watched.
  [[nodiscard]] bool watches_progress(child_ref who) const;

  [[nodiscard]] children_count count() const;

  /// Whether all its children have been up.
  [[nodiscard]] bool is_up() const noexcept { return confirmed_; }

  [[nodiscard]] bool is_stopping() const noexcept { return life_ == life::stopping || life_ == life::ended; }

  [[nodiscard]] bool has_ended() const noexcept { return life_ == life::ended; }

  [[nodiscard]] std::size_t waiting_commands() const noexcept { return inbox_.waiting_commands(); }

private:
  enum class life : std::uint8_t { made, starting, up, stopping, ended };

  /// What is known of its own end.
  struct own_end {
    std::optional<end_reason> asked_for{};
    bool hurries = false; // its timer is armed
    job_id work = 0;
  };

  // Turns, and what timers mean: supervision_machine.cpp
  void at(base::moment now);
  void take_turns();
  void take(const exit_item& item);
  void take(const retry_item& item);
  void take(const due_item& item);
  void take(const group_due_item& item);
  void take(command_item& item);
  void take(const stop_item& item);
  void on_child_timer(timer_purpose due, child_record& child);
  void on_shared_timer(timer_purpose due);
  void on_stuck(child_record& child);
  void on_stuck_second(slot_key slot);

  // Work: machine_work.cpp
  void open(job work);
  void advance(job_id id);
  void one_less(job_id id, std::uint32_t group = 0);
  void finish(job_id id);
  void answer_started(const job& work);
  void follow(consequence what);
  void execute(call_id call, job work);
  void start_next(slot_key slot, job_id id);
  void await_start_of(child_record& child);
  void come_up(child_record& child, bool ready);
  void start_over(child_record& child, const end_reason& why);
  void stop_next(slot_key slot, job_id id);
  [[nodiscard]] bool begin_stop(child_record& child, job_id id);
  void call_off(child_record& child, job_kind kind);
  void stop_all(job_id id);
  void stopped(child_record& child, const end_reason& why, job_id id);
  void end_awaited(child_record& child, const end_reason& why);
  void begin_renewal(child_record& child, job_id id);
  void await_successor(child_record& child);
  void promote(child_record& child);
  void successor_failed(child_record& child, const end_reason& why);
  void retired_ended(slot_key slot, const end_reason& why);
  void end_change();
  void shut_down(end_reason why);
  void abandon_work();
  void hurry();
  void on_stop_deadline();
  void end(const end_reason& why);
  [[nodiscard]] bool awaits_start() const;
  void sort_by_start(std::vector<slot_key>& slots) const;

  [[nodiscard]] bool is_simple() const noexcept { return flags_.strategy == strategy::simple_one_for_one; }

  supervisor_flags flags_;
  std::optional<child_spec> instance_; // the template of simple_one_for_one
  base::moment now_;                   // of the input in hand
  child_table children_;
  restart_counts budgets_;
  outbox out_;
  announcer heard_;
  child_driver driver_;
  outages away_;
  restarts failures_;
  replacements seconds_;
  command_judge commands_;
  hot_change change_;
  inbox inbox_;
  job_runner jobs_;
  own_end end_;
  life life_ = life::made;
  bool confirmed_ = false; // all its children have been up
};

} // namespace cafnode::supervision
