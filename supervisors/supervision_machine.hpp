#pragma once

#include "runtime/base/rng.hpp"
#include "supervisors/action.hpp"
#include "supervisors/restart_window.hpp"

#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace cafnode::supervision {

/// Decides all that a supervisor does, by OTP's rules: it is told what happened and when, and says what to do.
///
/// Pure: time comes with every input, chance from a seed, and nothing blocks: starting and stopping are states. What
/// happens meanwhile waits in an inbox, as it would in the mailbox of OTP's supervisor; its bound is one exit and one
/// retry a child and `calls_max` commands. Notices with an old incarnation are ignored.
///
/// The carrier calls one input, then takes actions until there are none. `flags` and `children` have passed check_plan.
class supervision_machine {
public:
  supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed);

  // -- inputs ---------------------------------------------------------------------------------------------------------

  /// Starts the children in order. Once, before any other input.
  void begin(base::moment now);

  /// The outcomes of start_process: it is up; it exists and will confirm; nothing to run; it failed.
  void on_started(child_ref who, base::moment now);
  void on_spawned(child_ref who, base::moment now);
  void on_ignored(child_ref who, base::moment now);
  void on_start_failed(child_ref who, end_reason why, base::moment now);

  /// A child that was spawned says that it is up.
  void on_confirmed(child_ref who, base::moment now);

  void on_ended(child_ref who, end_reason why, base::moment now);
  void on_timer(timer_key due, base::moment now);
  void on_retry(child_ref who, base::moment now);
  void on_command(call_id call, command wanted, base::moment now);

  /// The supervisor is to end: what it does gives way to stopping everything. The first reason counts.
  void on_stop(end_reason why, base::moment now);

  // -- outputs --------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool has_action() const noexcept { return !actions_.empty(); }

  [[nodiscard]] action next_action();

  // -- queries --------------------------------------------------------------------------------------------------------

  [[nodiscard]] const child_table& children() const noexcept { return table_; }

  [[nodiscard]] children_page page(const which_children& wanted) const;
  [[nodiscard]] children_count count() const;
  [[nodiscard]] call_answer answer_to(const find_child& wanted) const;

  [[nodiscard]] bool is_up() const noexcept { return up_; }

  [[nodiscard]] bool is_stopping() const noexcept { return stopping_; }

  [[nodiscard]] bool has_ended() const noexcept { return ended_; }

  [[nodiscard]] std::size_t waiting_commands() const noexcept { return commands_; }

private:
  using job_id = std::uint64_t;

  enum class job_kind { boot, restart, start_command, restart_command, terminate_command, shutdown };

  /// One piece of work over children: first stops some, last first, then starts some, first first.
  struct job {
    job_kind kind = job_kind::restart;
    std::vector<slot_key> stop{}; // taken from the back
    std::vector<slot_key> start{};
    std::size_t next_start = 0;
    std::size_t awaited = 0;               // outcomes and ends that are still to come
    std::optional<base::duration> delay{}; // between the two halves of a paced restart
    std::optional<call_id> caller{};
    slot_key subject = 0;
    end_reason why{}; // of a shutdown
  };

  struct exit_item {
    child_ref who;
  };

  struct retry_item {
    child_ref who;
  };

  struct group_due_item {};

  struct command_item {
    call_id call = 0;
    command wanted;
  };

  using inbox_item = std::variant<exit_item, retry_item, group_due_item, command_item>;

  // Inbox: supervision_machine.cpp
  void settle();
  [[nodiscard]] bool may_run(const inbox_item& item);
  [[nodiscard]] slot_key subject_of(const inbox_item& item);
  void run(inbox_item item);
  void note(transition what, const child_record& child, const end_reason& why = {}, base::duration delay = {});
  void note(transition what, const end_reason& why = {});
  void answer(std::optional<call_id> call, call_answer given);
  void drop(child_record& child);

  // Failures: machine_failures.cpp
  void fail(child_record& child);
  void rest(child_record& child);
  void restart(child_record& child, const end_reason& why);
  void give_up(child_record& child, const end_reason& why);
  void check_auto_shutdown(bool significant);
  [[nodiscard]] bool counts(const end_reason& why) const;
  [[nodiscard]] std::optional<base::duration> delay_of(child_record& child);
  void wait_for(const job& paced);
  void start_waiting(std::vector<slot_key> start);
  void on_group_due();

  // Jobs: machine_jobs.cpp
  void open(job work);
  void advance(job_id id);
  void stop_next(job& work, job_id id);
  void stop_all(job& work, job_id id);
  void finish(job_id id);
  void shut_down(end_reason why);
  void abandon_work();
  void one_less(job_id id);

  // One child: machine_children.cpp
  void begin_start(child_record& child, job_id id);
  void up(child_record& child);
  void on_start_due(child_record& child);
  void end_starting(child_record& child, end_reason why);
  void cancel_start(const child_record& child);
  void start_over(child_record& child, end_reason why);
  void pass_on(child_record* first, child_record& child, const end_reason& why);
  void retry(child_record& child, const end_reason& why);
  [[nodiscard]] bool begin_stop(child_record& child, job_id id);
  void cancel_delay(child_record& child);
  void stop_waiting(child_record& child);
  void ask_to_end(child_record& child);
  void kill(child_record& child);
  void kill_late(child_record& child);
  void stopped(child_record& child, const end_reason& why);
  void end_awaited(child_record& child, const end_reason& why);
  void on_shared_timer(timer_purpose due);
  [[nodiscard]] static shutdown_mode mode_of(const child_spec& child);

  [[nodiscard]] bool shares_timer() const noexcept { return stopping_ && is_simple(); }

  // Commands: machine_commands.cpp
  void execute(call_id call, start_child wanted);
  void execute(call_id call, const restart_child& wanted);
  void execute(call_id call, const terminate_child& wanted);
  void execute(call_id call, const delete_child& wanted);
  void execute(call_id call, start_instance wanted);
  void execute(call_id call, const terminate_instance& wanted);
  void add_and_start(call_id call, child_spec spec);
  void stop_on_command(call_id call, const std::string& id);
  [[nodiscard]] bool fits_strategy(call_id call, bool instances);

  [[nodiscard]] bool is_simple() const noexcept { return flags_.strategy == strategy::simple_one_for_one; }

  [[nodiscard]] bool is_exclusive() const noexcept { return !up_ || stopping_; }

  supervisor_flags flags_;
  std::optional<child_spec> template_; // of simple_one_for_one
  child_table table_;
  restart_window window_;
  base::rng chance_;
  base::moment now_;
  std::deque<action> actions_;
  std::deque<inbox_item> inbox_;
  std::map<job_id, job> jobs_;
  job_id last_job_ = 0;
  std::size_t commands_ = 0; // in the inbox
  std::uint64_t last_start_ = 0;
  std::optional<base::time_point> group_due_;
  bool up_ = false;
  bool stopping_ = false;
  bool ended_ = false;
};

} // namespace cafnode::supervision
