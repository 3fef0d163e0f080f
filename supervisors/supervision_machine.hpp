#pragma once

#include "runtime/base/fifo.hpp"
#include "runtime/base/rng.hpp"
#include "supervisors/action.hpp"
#include "supervisors/announcer.hpp"
#include "supervisors/budget_book.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/event.hpp"
#include "supervisors/job_pool.hpp"
#include "supervisors/restart_record.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace cafnode::supervision {

struct change_work;

/// Decides all that a supervisor does, by OTP's rules and those beyond: it is told what happened and when, and says
/// what to do.
///
/// Pure: time comes with every input, chance from a seed, and nothing blocks: starting and stopping are states. What
/// happens meanwhile waits in an inbox, as it would in the mailbox of OTP's supervisor; its bound is one exit, one
/// retry and one wait that is over a child, and `calls_max` commands. Notices with an old incarnation are ignored; time
/// that runs backwards stands still.
///
/// The carrier calls one input, then takes actions until there are none. Transitions are told to `heard` as they
/// happen.
class supervision_machine {
public:
  /// `flags` and `children` have passed check_plan. `heard` may be null and outlives the machine.
  supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed,
                      transition_port* heard = nullptr);
  ~supervision_machine();
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

  [[nodiscard]] bool has_action() const noexcept { return !actions_.empty(); }

  [[nodiscard]] action next_action() { return actions_.pop(); }

  // -- queries --------------------------------------------------------------------------------------------------------

  [[nodiscard]] const child_table& children() const noexcept { return table_; }

  /// The factory that start_process is about; null when that start is no longer wanted.
  [[nodiscard]] const child_factory* factory_of(child_ref who) const;

  /// Whether the spec of that child asks for its progress to be watched.
  [[nodiscard]] bool watches_progress(child_ref who) const;

  [[nodiscard]] children_page page(const which_children& wanted) const;
  [[nodiscard]] children_count count() const;
  [[nodiscard]] call_answer answer_to(const find_child& wanted) const;
  [[nodiscard]] spec_report spec_of(const get_childspec& wanted) const;

  [[nodiscard]] bool is_up() const noexcept { return up_; }

  [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }

  [[nodiscard]] bool has_ended() const noexcept { return ended_; }

  [[nodiscard]] std::size_t waiting_commands() const noexcept { return commands_; }

private:
  struct exit_item {
    child_ref who;
  };

  struct retry_item {
    child_ref who;
  };

  struct due_item { // its wait is over
    child_ref who;
  };

  struct group_due_item {};

  struct command_item {
    call_id call = 0;
    std::unique_ptr<command> wanted;
  };

  struct stop_item {};

  using inbox_item = std::variant<exit_item, retry_item, due_item, group_due_item, command_item, stop_item>;

  /// The incarnation that is to take the place of one that runs.
  struct successor {
    std::uint32_t incarnation = 0;
    bool has_process = false;
    bool killed = false; // it was not ready in time
  };

  /// A process that has been replaced, or was to replace another, and is being stopped.
  struct retired {
    child_ref who;
    bool killed = false;
  };

  // Inbox and notes: supervision_machine.cpp
  void at(base::moment now);
  void settle();
  [[nodiscard]] static bool changes_all(const inbox_item& item);
  [[nodiscard]] bool may_run(const inbox_item& item);
  [[nodiscard]] slot_key subject_of(const inbox_item& item);
  void run(inbox_item item);
  void note(transition what, const child_record& child, const end_reason& why = {}, base::duration delay = {});
  void note_incarnation(transition what, const child_record& child, std::uint32_t incarnation,
                        const end_reason& why = {});
  void note(transition what, const end_reason& why = {});
  void fill(transition what, const end_reason& why);
  void answer(std::optional<call_id> call, call_answer given);
  void drop(child_record& child);
  void arm(timer_purpose purpose, slot_key slot, base::duration after);
  void cancel(timer_purpose purpose, slot_key slot);

  // Failures: machine_failures.cpp
  void fail(child_record& child);
  void rest(child_record& child);
  void restart(child_record& child, const end_reason& why, bool again = false);
  void retry(child_record& child, const end_reason& why);
  void over_budget(child_record& child, const end_reason& why, const budget_book::verdict& found, bool again);
  void give_up(child_record& child, const end_reason& why, const budget_book::verdict& found);
  void stop_for_good(child_record& child, const end_reason& why, bool again);
  void go_on_without(child_record& child);
  void reopen(child_record& child, const end_reason& why, bool first);
  void schedule(child_record& child, std::optional<base::duration> delay);
  [[nodiscard]] bool joins_waiting();
  void check_auto_shutdown(bool significant);
  void judge_health(child_record& child);
  [[nodiscard]] base::duration healthy_after(const child_record& child, base::duration otherwise) const;
  [[nodiscard]] std::optional<base::duration> delay_of(child_record& child);
  [[nodiscard]] base::duration asked_wait(const child_record& child) const;
  void wait_for(const job& paced);
  void start_waiting(std::vector<slot_key> start, std::vector<slot_key> stop = {});
  void on_group_due();
  void on_healthy(child_record& child);
  [[nodiscard]] std::vector<slot_key> those_back(const std::vector<slot_key>& started) const;
  void complete_restart(const std::vector<slot_key>& started);
  void tell_restart(const child_record& failed);

  // Jobs: machine_jobs.cpp
  job_id open(job work);
  void advance(job_id id);
  void stop_next(job& work, job_id id);
  void stop_in_group(job& work, job_id id, std::uint32_t group);
  void stop_all(job& work, job_id id);
  [[nodiscard]] std::vector<slot_key> by_start(std::vector<slot_key> slots) const;
  void finish(job_id id);
  void answer_started(const job& work);
  void shut_down(end_reason why);
  void hurry();
  [[nodiscard]] bool awaits_start() const;
  [[nodiscard]] bool goes_beyond_otp();
  void abandon_work();
  void one_less(job_id id, std::uint32_t group = 0);
  void on_stop_deadline();

  // One child: machine_children.cpp
  void begin_start(child_record& child, job_id id);
  void spawned(child_record& child);
  void up(child_record& child, bool ready);
  void now_ready(child_record& child);
  void announced(child_record& child);
  void end_starting(child_record& child, end_reason why);
  void leave_unstarted(const job& work);
  void start_over(child_record& child, end_reason why);
  void pass_on(child_record* first, child_record& child, const end_reason& why);
  [[nodiscard]] bool begin_stop(child_record& child, job_id id);
  void cancel_delay(child_record& child);
  void cancel_watch(const child_record& child);
  void stop_waiting(child_record& child, job_id id);
  void forget_outage();
  void ask_to_end(child_record& child);
  void kill(child_record& child);
  void kill_late(child_record& child, const char* why);
  void kill_for_deadline(child_record& child);
  void arm_end_timer(child_record& child, end_timer which, base::duration after);
  void cancel_end_timer(child_record& child);
  void stopped(child_record& child, const end_reason& why, job_id id);
  void end_awaited(child_record& child, const end_reason& why);

  // What timers and watchdogs mean: machine_timers.cpp
  void on_child_timer(timer_purpose due, child_record& child);
  void on_start_due(child_record& child);
  void on_stuck(child_record& child);
  void on_shared_timer(timer_purpose due);
  void doom(child_record& child, transition what, end_reason why);
  void on_retired_timer(timer_purpose due, slot_key slot);
  void fence(slot_key slot, child_ref who);

  // Commands: machine_commands.cpp
  void execute(call_id call, start_child& wanted);
  void execute(call_id call, const restart_child& wanted);
  void execute(call_id call, const terminate_child& wanted);
  void execute(call_id call, const delete_child& wanted);
  void execute(call_id call, start_instance& wanted);
  void execute(call_id call, const terminate_instance& wanted);
  void execute(call_id call, const replace_child& wanted);
  void execute(call_id call, change_specs& wanted);
  void add_and_start(call_id call, child_spec spec, bool own_start);
  void stop_on_command(call_id call, const std::string& id);
  [[nodiscard]] bool fits_strategy(call_id call, bool instances);

  // Planned replacement: machine_replace.cpp
  void begin_renewal(child_record& child, job_id id);
  [[nodiscard]] bool is_successor(child_ref who) const;
  void on_successor_started(child_record& child, readiness ready);
  void promote(child_record& child);
  void on_successor_failed(child_record& child, end_reason why);
  void on_successor_due(child_record& child);
  void retire(const child_record& child, child_ref who, bool killed);
  void kill_retired(retired& old);
  void end_retired(slot_key slot, const end_reason& why);
  [[nodiscard]] std::size_t orphan_successors();

  // Hot change: machine_change.cpp
  void begin_change(call_id call, change_specs& wanted);
  void change_template();
  void change_child(child_record& child, child_spec spec);
  void take_specs(const std::vector<child_spec>& wanted);
  [[nodiscard]] std::vector<slot_key> those_to_start();
  [[nodiscard]] std::vector<slot_key> those_that_ran();
  void on_change_stopped();
  void undo_change(child_record& failed, const end_reason& why);
  void end_change();
  void settle_change(const change_work& work);
  [[nodiscard]] std::vector<current_child> current() const;
  [[nodiscard]] std::vector<slot_key> those_left_stopped() const;
  void part_group();
  void use_flags(supervisor_flags flags);
  void forget_paces();
  void wait_anew();

  [[nodiscard]] bool shares_timer() const noexcept { return stopping_ && is_simple(); }

  [[nodiscard]] bool is_simple() const noexcept { return flags_.strategy == strategy::simple_one_for_one; }

  [[nodiscard]] bool is_exclusive() const noexcept { return !up_ || stopping_ || change_; }

  supervisor_flags flags_;
  std::optional<child_spec> template_; // of simple_one_for_one
  child_table table_;
  budget_book budgets_;
  base::rng chance_;
  base::moment now_;
  transition_port* heard_;
  event scratch_; // the event that is being told
  restart_record record_;
  base::fifo<action> actions_;
  base::fifo<inbox_item> inbox_;
  job_pool jobs_;
  std::map<slot_key, successor> successors_;
  std::map<slot_key, retired> retired_;
  std::unique_ptr<change_work> change_; // the hot change under way
  std::size_t commands_ = 0;            // in the inbox
  std::uint64_t last_start_ = 0;
  job_id shutdown_job_ = 0;
  std::optional<base::time_point> group_due_;
  bool begun_ = false;
  std::optional<end_reason> asked_to_stop_;
  bool hurried_ = false; // asked_to_stop_ has its timer
  bool up_ = false;
  bool stopping_ = false;
  bool past_deadline_ = false; // of the whole stop
  bool ended_ = false;
};

} // namespace cafnode::supervision
