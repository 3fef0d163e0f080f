// Planned replacement: make before break. The new incarnation is started beside the old one, and takes its place when
// it is ready; only then the old one is stopped.
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

void supervision_machine::execute(call_id call, const replace_child& wanted) {
  auto* child = table_.find(wanted.id);
  if (!child)
    return answer(call, {answer_code::not_found, {}, {}});
  if (wanted.how && *wanted.how != replacement::stop_first && *wanted.how != replacement::make_before_break)
    return answer(call, {answer_code::invalid_spec, {}, "neither stop_first nor make_before_break"});
  const auto how = wanted.how.value_or(child->options ? child->options->planned : replacement::stop_first);
  const bool renews = how == replacement::make_before_break;
  if (renews && !is_independent(flags_.strategy))
    return answer(call, {answer_code::wrong_strategy,
                         {},
                         "make before break is for one child alone: the others would go on with the old one"});
  if (renews && is_active(child->phase) && child->state() == child_state::running) {
    const auto id = jobs_.open({.kind = job_kind::renew_command, .caller = call, .subject = child->slot});
    return begin_renewal(*child, id);
  }
  if (child->state() == child_state::stopped) {
    open({.kind = job_kind::restart_command, .start = {child->slot}, .caller = call, .subject = child->slot});
    return;
  }
  auto plan = plan_restart(flags_.strategy, table_, *child);
  cancel_delay(*child); // one that waits is started now
  if (child->state() == child_state::running) {
    plan.stop.push_back(child->slot);
    std::ranges::sort(plan.stop, {}, [this](slot_key slot) { return table_.find(slot)->order; });
  }
  open({.kind = job_kind::replace_command,
        .stop = std::move(plan.stop),
        .start = std::move(plan.start),
        .caller = call,
        .subject = child->slot});
}

bool supervision_machine::is_successor(child_ref who) const {
  const auto found = successors_.find(who.slot);
  return found != successors_.end() && found->second.incarnation == who.incarnation;
}

void supervision_machine::begin_renewal(child_record& child, job_id id) {
  successors_[child.slot] = {++child.attempts, false, false};
  child.job = id;
  ++jobs_.find(id)->awaited;
  actions_.push(start_process{{child.slot, child.attempts}});
}

void supervision_machine::on_successor_started(child_record& child, readiness ready) {
  auto& next = successors_[child.slot];
  next.has_process = true;
  const child_ref who{child.slot, next.incarnation};
  if (stopping_) { // the old one's stop comes in its turn
    successors_.erase(child.slot);
    return retire(child, who, false);
  }
  if (ready == readiness::at_once)
    return promote(child);
  if (asked_to_stop_)
    hurry();
  if (child.options && child.options->start_within)
    arm(timer_purpose::successor, child.slot, *child.options->start_within);
}

/// The new one is ready: from now on it is the child.
void supervision_machine::promote(child_record& child) {
  const auto next = successors_.extract(child.slot).mapped();
  const auto old = child.ref();
  cancel_watch(child);
  if (child.options && child.options->start_within)
    cancel(timer_purpose::successor, child.slot);
  const bool killed = child.is_killed();
  if (killed)
    cancel_end_timer(child);
  const bool ended = child.has_ended();
  const auto pending = child.trouble ? std::exchange(child.trouble->pending, {}) : end_reason{};
  child.incarnation = next.incarnation;
  child.started_order = ++last_start_;
  now_ready(child);
  note(transition::child_started, child);
  if (!ended)
    return retire(child, old, killed);
  note_incarnation(transition::child_ended, child, old.incarnation, pending);
  actions_.push(release_process{old});
  one_less(std::exchange(child.job, 0));
}

/// The old one goes on.
void supervision_machine::on_successor_failed(child_record& child, end_reason why) {
  const auto next = successors_.extract(child.slot).mapped();
  if (next.killed) {
    cancel(timer_purpose::retire_stuck, child.slot);
    why = child.late_start();
  } else if (next.has_process && child.options && child.options->start_within) {
    cancel(timer_purpose::successor, child.slot);
  }
  note_incarnation(transition::child_start_failed, child, next.incarnation, why);
  if (next.has_process)
    actions_.push(release_process{{child.slot, next.incarnation}});
  if (stopping_)
    return one_less(shutdown_job_);
  const auto id = std::exchange(child.job, 0);
  const auto* work = jobs_.find(id);
  const auto kind = work->kind;
  const auto caller = work->caller;
  jobs_.close(id);
  if (kind == job_kind::change_start)
    return undo_change(child, why);
  answer(caller, {answer_code::start_failed, {}, why.text});
}

/// The new one had its time to be ready.
void supervision_machine::on_successor_due(child_record& child) {
  const auto found = successors_.find(child.slot);
  if (found == successors_.end() || !found->second.has_process || found->second.killed)
    return;
  found->second.killed = true;
  const child_ref who{child.slot, found->second.incarnation};
  note_incarnation(transition::child_killed, child, who.incarnation,
                   {process::reason_code::start_failed, "it was not ready in time"});
  actions_.push(kill_process{who});
  arm(timer_purpose::retire_stuck, child.slot, flags_.stuck_after);
}

/// Stops a process that is none of its child's current one.
void supervision_machine::retire(const child_record& child, child_ref who, bool killed) {
  auto& old = retired_[child.slot];
  old = {who, killed};
  note_incarnation(transition::child_stopping, child, who.incarnation);
  const auto mode = child.shutdown();
  if (killed)
    return arm(timer_purpose::retire_stuck, child.slot, flags_.stuck_after);
  if (past_deadline_ || std::holds_alternative<brutal_kill>(mode))
    return kill_retired(old);
  actions_.push(ask_process{who});
  if (const auto* limit = std::get_if<grace>(&mode))
    arm(timer_purpose::retire_grace, child.slot, limit->span);
}

void supervision_machine::kill_retired(retired& old) {
  old.killed = true;
  cancel(timer_purpose::retire_grace, old.who.slot);
  actions_.push(kill_process{old.who});
  arm(timer_purpose::retire_stuck, old.who.slot, flags_.stuck_after);
}

void supervision_machine::end_retired(slot_key slot, const end_reason& why) {
  const auto old = retired_.extract(slot).mapped();
  cancel(old.killed ? timer_purpose::retire_stuck : timer_purpose::retire_grace, slot);
  auto* child = table_.find(slot);
  if (child)
    note_incarnation(transition::child_stopped, *child, old.who.incarnation, why);
  actions_.push(release_process{old.who});
  one_less(stopping_ ? shutdown_job_ : std::exchange(child->job, 0));
}

/// At the end of the supervisor: the new ones that run are stopped like the replaced, those whose start is under way
/// when it is done. How many of those.
std::size_t supervision_machine::orphan_successors() {
  std::vector<slot_key> running;
  for (const auto& [slot, next] : successors_)
    if (next.has_process)
      running.push_back(slot);
  for (const auto slot : running) {
    const auto next = successors_.extract(slot).mapped();
    auto* child = table_.find(slot);
    if (child->options && child->options->start_within)
      cancel(timer_purpose::successor, slot);
    retire(*child, {slot, next.incarnation}, next.killed);
  }
  return successors_.size();
}

} // namespace cafnode::supervision
