// How a supervisor starts and stops one child.
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::supervision {

namespace {

using process::reason_code;

/// A supervisor whose child cannot start says why in its own reason; what the outside world did keeps its name.
end_reason boot_failure(const child_record& child, const end_reason& why) {
  const bool outside = why.code == reason_code::peer_unavailable || why.code == reason_code::refused;
  auto text = fmt::format("{} failed to start: {}", child.id, why.text.empty() ? to_string(why.code) : why.text);
  return make_end_reason(outside ? why.code : reason_code::start_failed, std::move(text), why.retry_after);
}

/// Whether those that the job stops are kept although their type would have them forgotten.
bool keeps(const job* work, const child_record& child) {
  if (!work)
    return false;
  return work->kind == job_kind::change_stop ||
         (work->kind == job_kind::replace_command && work->subject == child.slot);
}

constexpr auto* stop_is_over = "the time for the whole stop was over";

} // namespace

void supervision_machine::begin_start(child_record& child, job_id id) {
  auto& work = *jobs_.find(id);
  if (work.kind == job_kind::restart)
    ++child.restarts;
  child.incarnation = ++child.attempts;
  if (child.circuit == circuit_state::open) { // whoever starts it: it is an attempt
    child.circuit = circuit_state::half_open;
    note(transition::circuit_half_open, child);
  }
  child.job = id;
  table_.set_phase(child, child_phase::called);
  ++work.awaited;
  actions_.push(start_process{child.ref()});
}

/// It runs, and has not said that it is ready, which is waited for.
void supervision_machine::spawned(child_record& child) {
  table_.set_phase(child, child_phase::spawned);
  note(transition::child_starting, child);
  if (child.options && child.options->start_within)
    arm(timer_purpose::start, child.slot, *child.options->start_within);
  if (child.job != 0 && stopping_)
    ask_to_end(child);
  else if (asked_to_stop_)
    hurry();
}

void supervision_machine::up(child_record& child, bool ready) {
  const bool waited = child.has_process();
  table_.set_phase(child, child_phase::up);
  child.started_order = ++last_start_;
  if (ready) {
    if (waited && child.options && child.options->start_within)
      cancel(timer_purpose::start, child.slot);
    now_ready(child);
  } else if (child.options && child.options->start_within) {
    arm(timer_purpose::start, child.slot, *child.options->start_within);
  }
  note(transition::child_started, child);
  if (child.job == 0)
    return; // the work it was started for was given up; its stop comes in its turn
  if (stopping_)
    return ask_to_end(child);
  one_less(std::exchange(child.job, 0));
}

void supervision_machine::now_ready(child_record& child) {
  table_.set_phase(child, child_phase::ready);
  child.ready_since = now_.steady;
  if (child.options && child.options->progress_within)
    arm(timer_purpose::progress, child.slot, *child.options->progress_within);
  if (child.circuit == circuit_state::half_open)
    arm(timer_purpose::health, child.slot, healthy_after(child, flags_.circuit.healthy_after));
}

/// It runs for a while already, and says that it is ready.
void supervision_machine::announced(child_record& child) {
  if (child.options && child.options->start_within)
    cancel(timer_purpose::start, child.slot);
  now_ready(child);
  note(transition::child_ready, child);
}

/// It ended, or is given up, before it was up.
void supervision_machine::end_starting(child_record& child, end_reason why) {
  actions_.push(release_process{child.ref()});
  if (child.options && child.options->start_within)
    cancel(timer_purpose::start, child.slot);
  if (child.is_killed()) {
    cancel_end_timer(child);
    why = child.late_start();
  }
  start_over(child, std::move(why));
}

/// False when there is nothing to wait for. The child may be gone then.
bool supervision_machine::begin_stop(child_record& child, job_id id) {
  switch (child.state()) {
  case child_state::stopped:
  case child_state::gone:
    return false;
  case child_state::waiting:
    stop_waiting(child, id);
    return false;
  case child_state::running:
    if (child.has_ended()) {
      const auto why = child.trouble->pending;
      stopped(child, why, id);
      return false;
    }
    break;
  case child_state::starting:
  case child_state::stopping:
    break;
  }
  child.job = id;
  if (child.state() != child_state::stopping && child.has_process())
    ask_to_end(child);
  return true;
}

void supervision_machine::cancel_delay(child_record& child) {
  if (child.phase != child_phase::waiting_for_time)
    return;
  table_.set_phase(child, child_phase::waiting_for_turn);
  if (is_independent(flags_.strategy))
    cancel(timer_purpose::delay, child.slot);
}

/// What watches a child that runs.
void supervision_machine::cancel_watch(const child_record& child) {
  if (child.options && child.options->progress_within)
    cancel(timer_purpose::progress, child.slot);
  if (child.options && child.options->start_within && !child.is_ready())
    cancel(timer_purpose::start, child.slot);
  if (child.circuit == circuit_state::half_open)
    cancel(timer_purpose::health, child.slot);
}

void supervision_machine::stop_waiting(child_record& child, job_id id) {
  cancel_delay(child);
  table_.set_phase(child, child_phase::stopped);
  const auto* work = jobs_.find(id);
  const bool comes_back = work && (work->kind == job_kind::restart || work->kind == job_kind::replace_command);
  if (child.trouble && !comes_back)
    child.trouble->down.reset();
  if (work && work->kind == job_kind::terminate_command)
    forget_outage();
  note(transition::child_stopped, child, child.last_end());
  if (is_simple())
    drop(child);
}

/// What a group's restart has brought up so far stays; the rest of it was called off.
void supervision_machine::forget_outage() {
  if (is_independent(flags_.strategy))
    return;
  for (const auto slot : table_.slots())
    if (auto* child = table_.find(slot); child->state() == child_state::running && child->trouble)
      child->trouble->down.reset();
}

void supervision_machine::ask_to_end(child_record& child) {
  cancel_watch(child);
  table_.set_phase(child, after_ask(child.phase));
  note(transition::child_stopping, child);
  if (child.is_killed())
    return; // the kill is on its way
  const auto mode = child.shutdown();
  if (std::holds_alternative<brutal_kill>(mode))
    return kill(child);
  if (past_deadline_)
    return kill_late(child, stop_is_over);
  actions_.push(ask_process{child.ref()});
  if (const auto* limit = std::get_if<grace>(&mode); limit && !shares_timer())
    arm_end_timer(child, end_timer::grace, limit->span);
}

void supervision_machine::arm_end_timer(child_record& child, end_timer which, base::duration after) {
  child.bounded_by = which;
  arm(which == end_timer::grace ? timer_purpose::grace : timer_purpose::stuck, child.slot, after);
}

void supervision_machine::cancel_end_timer(child_record& child) {
  const auto was = std::exchange(child.bounded_by, end_timer::none);
  if (was != end_timer::none)
    cancel(was == end_timer::grace ? timer_purpose::grace : timer_purpose::stuck, child.slot);
}

void supervision_machine::kill(child_record& child) {
  table_.set_phase(child, after_kill(child.phase));
  actions_.push(kill_process{child.ref()});
  if (!shares_timer())
    arm_end_timer(child, end_timer::stuck, flags_.stuck_after);
}

void supervision_machine::kill_late(child_record& child, const char* why) {
  note(transition::child_killed, child, {reason_code::killed, why});
  cancel_end_timer(child);
  kill(child);
}

void supervision_machine::kill_for_deadline(child_record& child) {
  kill_late(child, stop_is_over);
}

void supervision_machine::stopped(child_record& child, const end_reason& why, job_id id) {
  cancel_end_timer(child);
  child.job = 0;
  child.last = why.code;
  if (child.trouble) {
    child.trouble->last_text = why.text;
    child.trouble->pending = {};
  } else if (!why.text.empty()) {
    child.troubles().last_text = why.text;
  }
  table_.set_phase(child, child_phase::stopped);
  note(transition::child_stopped, child, why);
  actions_.push(release_process{child.ref()});
  const bool has_others = successors_.contains(child.slot) || retired_.contains(child.slot);
  if ((child.restart == restart_type::temporary || is_simple()) && !has_others && !keeps(jobs_.find(id), child))
    drop(child);
}

void supervision_machine::end_awaited(child_record& child, const end_reason& why) {
  const auto id = child.job;
  const auto group = child.stop_group();
  stopped(child, why, id);
  one_less(id, group);
}

/// Those that were to follow one that did not start: they wait for nothing of their own, as in OTP.
void supervision_machine::leave_unstarted(const job& work) {
  for (auto at = work.next_start; at < work.start.size(); ++at)
    if (auto* next = table_.find(work.start[at]); next && next->phase == child_phase::waiting_for_turn)
      table_.set_phase(*next, child_phase::stopped);
}

void supervision_machine::start_over(child_record& child, end_reason why) {
  const auto id = std::exchange(child.job, 0);
  const auto group = child.stop_group();
  child.last = why.code;
  child.troubles().last_text = why.text;
  table_.set_phase(child, child_phase::stopped);
  note(transition::child_start_failed, child, why);
  const auto* work = jobs_.find(id);
  if (!work)
    return;
  const auto kind = work->kind;
  const auto caller = work->caller;
  auto* first = table_.find(work->subject);
  if (kind == job_kind::shutdown || kind == job_kind::terminate_command)
    return one_less(id, group);
  if (kind == job_kind::boot)
    return shut_down(boot_failure(child, why));
  leave_unstarted(*work);
  jobs_.close(id);
  if (kind == job_kind::change_start)
    return undo_change(child, why);
  answer(caller, {answer_code::start_failed, {}, why.text});
  if (kind == job_kind::start_command)
    drop(child);
  else if (kind == job_kind::restart || kind == job_kind::replace_command)
    child.restart == restart_type::temporary ? go_on_without(child) : pass_on(first, child, why);
}

/// A group restart ends at a child that does not start: it is now the one that waits, not the one that failed first.
void supervision_machine::pass_on(child_record* first, child_record& child, const end_reason& why) {
  if (first && first != &child && first->state() == child_state::waiting)
    table_.set_phase(*first, child_phase::stopped);
  retry(child, why);
}

} // namespace cafnode::supervision
