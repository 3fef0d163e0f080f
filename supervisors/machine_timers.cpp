// What a supervisor's timers mean, and what it does about children that hang.
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::supervision {

namespace {

using process::reason_code;

const end_reason never_ended{reason_code::stuck, "it was killed and did not end"};

} // namespace

void supervision_machine::on_timer(timer_key due, base::moment now) {
  at(now);
  switch (due.purpose) {
  case timer_purpose::group_delay:
    if (group_due_)
      inbox_.push(group_due_item{});
    break;
  case timer_purpose::shared_grace:
  case timer_purpose::shared_stuck:
    on_shared_timer(due.purpose);
    break;
  case timer_purpose::stop_deadline:
    on_stop_deadline();
    break;
  case timer_purpose::hurry:
    if (asked_to_stop_)
      shut_down(std::move(*asked_to_stop_));
    break;
  case timer_purpose::retire_grace:
  case timer_purpose::retire_stuck:
    on_retired_timer(due.purpose, due.slot);
    break;
  default:
    if (auto* child = table_.find(due.slot))
      on_child_timer(due.purpose, *child);
  }
  settle();
}

void supervision_machine::on_retired_timer(timer_purpose due, slot_key slot) {
  const auto old = retired_.find(slot);
  if (due == timer_purpose::retire_grace) {
    if (old != retired_.end() && !old->second.killed)
      kill_retired(old->second);
  } else if (old != retired_.end()) {
    fence(slot, old->second.who);
    end_retired(slot, never_ended);
  } else if (const auto next = successors_.find(slot); next != successors_.end() && next->second.killed) {
    fence(slot, {slot, next->second.incarnation});
    on_successor_failed(*table_.find(slot), never_ended);
  }
}

void supervision_machine::on_child_timer(timer_purpose due, child_record& child) {
  switch (due) {
  case timer_purpose::grace:
    if (child.phase == child_phase::asked)
      kill_late(child, "it did not end within its grace");
    break;
  case timer_purpose::stuck:
    if (child.is_killed())
      on_stuck(child);
    break;
  case timer_purpose::start:
    on_start_due(child);
    break;
  case timer_purpose::successor:
    on_successor_due(child);
    break;
  case timer_purpose::progress:
    if (runs_on(child.phase))
      actions_.push(check_progress{child.ref()});
    break;
  case timer_purpose::health:
    if (child.phase == child_phase::ready || child.phase == child_phase::ready_doomed)
      on_healthy(child);
    break;
  case timer_purpose::delay:
    if (child.phase == child_phase::waiting_for_time)
      inbox_.push(due_item{child.ref()});
    break;
  default:
    break;
  }
}

/// A kill did not end it.
void supervision_machine::on_stuck(child_record& child) {
  const auto who = child.ref();
  if (child.state() == child_state::stopping) {
    fence(child.slot, who);
    end_awaited(child, never_ended);
  } else if (child.state() == child_state::starting && child.has_process()) {
    fence(child.slot, who);
    end_starting(child, {});
  } else if (child.state() == child_state::running && !child.has_ended()) {
    fence(child.slot, who);
    on_ended(who, never_ended, now_);
  }
}

void supervision_machine::fence(slot_key slot, child_ref who) {
  if (const auto* child = table_.find(slot))
    note_incarnation(transition::child_fenced, *child, who.incarnation, never_ended);
  actions_.push(fence_process{who});
}

/// Its time to be ready is over.
void supervision_machine::on_start_due(child_record& child) {
  if (child.phase == child_phase::up)
    return doom(child, transition::child_killed, child.late_start());
  if (child.phase != child_phase::spawned)
    return;
  note(transition::child_killed, child, {reason_code::start_failed, "it was not up in time"});
  kill(child);
}

void supervision_machine::on_progress(child_ref who, bool got_on, base::moment now) {
  at(now);
  auto* child = table_.find(who);
  if (!child || !runs_on(child->phase) || !child->options || !child->options->progress_within)
    return;
  const auto limit = *child->options->progress_within;
  if (got_on)
    arm(timer_purpose::progress, child->slot, limit);
  else
    doom(*child, transition::child_stalled,
         {reason_code::stuck, fmt::format("it made no progress for {} ms", limit.count())});
  settle();
}

/// Kills a child that runs, for what its watchdog found; it then fails for `why`.
void supervision_machine::doom(child_record& child, transition what, end_reason why) {
  note(what, child, why);
  cancel_watch(child);
  child.troubles().pending = std::move(why);
  table_.set_phase(child, after_kill(child.phase));
  actions_.push(kill_process{child.ref()});
  arm_end_timer(child, end_timer::stuck, flags_.stuck_after);
}

void supervision_machine::on_shared_timer(timer_purpose due) {
  for (const auto slot : by_start(table_.slots())) {
    auto* child = table_.find(slot);
    if (!child || child->state() != child_state::stopping)
      continue;
    if (due == timer_purpose::shared_stuck) {
      fence(slot, child->ref());
      end_awaited(*child, never_ended);
    } else if (!child->is_killed()) {
      kill_late(*child, "it did not end within its grace");
    }
  }
  if (due == timer_purpose::shared_grace && !ended_)
    arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
}

} // namespace cafnode::supervision
