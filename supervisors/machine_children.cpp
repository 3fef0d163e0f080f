// How a supervisor starts and stops one child, and what its timers mean.
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
  auto text = fmt::format("{} failed to start: {}", child.spec.id, why.text.empty() ? to_string(why.code) : why.text);
  return make_end_reason(outside ? why.code : reason_code::start_failed, std::move(text));
}

} // namespace

void supervision_machine::begin_start(child_record& child, job_id id) {
  auto& work = jobs_.at(id);
  if (work.kind == job_kind::restart)
    ++child.restarts;
  ++child.incarnation;
  child.job = id;
  table_.set_state(child, child_state::starting);
  ++work.awaited;
  actions_.emplace_back(start_process{child.ref()});
}

void supervision_machine::cancel_start(const child_record& child) {
  if (child.spec.start_within)
    actions_.emplace_back(cancel_timer{{timer_purpose::start, child.slot}});
}

/// Its time to confirm is over.
void supervision_machine::on_start_due(child_record& child) {
  note(transition::child_killed, child, {reason_code::start_failed, "it was not up in time"});
  child.killed = true;
  actions_.emplace_back(kill_process{child.ref()});
  actions_.emplace_back(arm_timer{{timer_purpose::stuck, child.slot}, flags_.stuck_after});
}

/// It ended, or is given up, before it was up.
void supervision_machine::end_starting(child_record& child, end_reason why) {
  actions_.emplace_back(release_process{child.ref()});
  cancel_start(child);
  if (std::exchange(child.killed, false)) {
    actions_.emplace_back(cancel_timer{{timer_purpose::stuck, child.slot}});
    why = {reason_code::start_failed,
           fmt::format("it was not up within {} ms",
                       child.spec.start_within.value_or(std::chrono::milliseconds{}).count())};
  }
  start_over(child, std::move(why));
}

void supervision_machine::up(child_record& child) {
  cancel_start(child);
  table_.set_state(child, child_state::running);
  child.up_since = now_.steady;
  child.started_order = ++last_start_;
  note(transition::child_started, child);
  if (child.job == 0)
    return; // the work it was started for was given up; its stop comes in its turn
  if (stopping_)
    return ask_to_end(child);
  one_less(std::exchange(child.job, 0));
}

/// False when there is nothing to wait for. The child may be gone then.
bool supervision_machine::begin_stop(child_record& child, job_id id) {
  switch (child.state) {
  case child_state::stopped:
  case child_state::gone:
    return false;
  case child_state::waiting:
    stop_waiting(child);
    return false;
  case child_state::running:
    if (child.ended) {
      const auto why = std::move(*child.ended);
      table_.set_ended(child, std::nullopt);
      stopped(child, why);
      return false;
    }
    break;
  case child_state::starting:
  case child_state::stopping:
    break;
  }
  child.job = id;
  if (child.state != child_state::stopping && child.has_process)
    ask_to_end(child);
  return true;
}

void supervision_machine::cancel_delay(child_record& child) {
  if (std::exchange(child.delayed, false) && is_independent(flags_.strategy))
    actions_.emplace_back(cancel_timer{{timer_purpose::delay, child.slot}});
}

void supervision_machine::stop_waiting(child_record& child) {
  cancel_delay(child);
  table_.set_state(child, child_state::stopped);
  note(transition::child_stopped, child, child.last);
  if (is_simple())
    drop(child);
}

void supervision_machine::ask_to_end(child_record& child) {
  if (child.state == child_state::starting)
    cancel_start(child);
  table_.set_state(child, child_state::stopping);
  note(transition::child_stopping, child);
  if (child.killed)
    return; // it was not up in time: the kill is on its way
  const auto mode = mode_of(child.spec);
  if (std::holds_alternative<brutal_kill>(mode))
    return kill(child);
  actions_.emplace_back(ask_process{child.ref()});
  if (const auto* limit = std::get_if<grace>(&mode); limit && !shares_timer())
    actions_.emplace_back(arm_timer{{timer_purpose::grace, child.slot}, limit->span});
}

void supervision_machine::kill(child_record& child) {
  child.killed = true;
  actions_.emplace_back(kill_process{child.ref()});
  if (!shares_timer())
    actions_.emplace_back(arm_timer{{timer_purpose::stuck, child.slot}, flags_.stuck_after});
}

void supervision_machine::kill_late(child_record& child) {
  note(transition::child_killed, child, {reason_code::killed, "it did not end within its grace"});
  kill(child);
}

void supervision_machine::stopped(child_record& child, const end_reason& why) {
  if (!shares_timer())
    actions_.emplace_back(cancel_timer{{child.killed ? timer_purpose::stuck : timer_purpose::grace, child.slot}});
  child.killed = false;
  child.job = 0;
  child.last = why;
  table_.set_state(child, child_state::stopped);
  note(transition::child_stopped, child, why);
  actions_.emplace_back(release_process{child.ref()});
  if (child.spec.restart == restart_type::temporary || is_simple())
    drop(child);
}

void supervision_machine::end_awaited(child_record& child, const end_reason& why) {
  const auto id = child.job;
  stopped(child, why);
  one_less(id);
}

void supervision_machine::start_over(child_record& child, end_reason why) {
  const auto id = std::exchange(child.job, 0);
  child.last = why;
  table_.set_state(child, child_state::stopped);
  note(transition::child_start_failed, child, why);
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return;
  const auto kind = found->second.kind;
  const auto caller = found->second.caller;
  auto* first = table_.find(found->second.subject);
  if (kind == job_kind::shutdown || kind == job_kind::terminate_command)
    return one_less(id);
  if (kind == job_kind::boot)
    return shut_down(boot_failure(child, why));
  jobs_.erase(found);
  answer(caller, {answer_code::start_failed, {}, why.text});
  if (kind == job_kind::start_command)
    drop(child);
  else if (kind == job_kind::restart)
    pass_on(first, child, why);
}

/// A group restart ends at a child that does not start: it is now the one that waits, not the one that failed first.
void supervision_machine::pass_on(child_record* first, child_record& child, const end_reason& why) {
  if (first && first != &child && first->state == child_state::waiting)
    table_.set_state(*first, child_state::stopped);
  retry(child, why);
}

void supervision_machine::retry(child_record& child, const end_reason& why) {
  if (flags_.pacing)
    return restart(child, why);
  table_.set_state(child, child_state::waiting);
  note(transition::restart_scheduled, child, why);
  actions_.emplace_back(retry_later{child.ref()});
}

void supervision_machine::on_timer(timer_key due, base::moment now) {
  now_ = now;
  auto* child = table_.find(due.slot);
  const bool stops = child && child->state == child_state::stopping;
  const bool starts = child && child->state == child_state::starting && child->has_process;
  switch (due.purpose) {
  case timer_purpose::grace:
    if (stops && !child->killed)
      kill_late(*child);
    break;
  case timer_purpose::stuck:
    if (stops && child->killed)
      end_awaited(*child, {reason_code::stuck, "it was killed and did not end"});
    else if (starts && child->killed)
      end_starting(*child, {});
    break;
  case timer_purpose::start:
    if (starts && !child->killed)
      on_start_due(*child);
    break;
  case timer_purpose::delay:
    if (child && child->state == child_state::waiting && child->delayed)
      start_waiting({due.slot});
    break;
  case timer_purpose::group_delay:
    if (group_due_)
      inbox_.emplace_back(group_due_item{});
    break;
  case timer_purpose::shared_grace:
  case timer_purpose::shared_stuck:
    on_shared_timer(due.purpose);
    break;
  }
  settle();
}

void supervision_machine::on_shared_timer(timer_purpose due) {
  for (const auto slot : table_.slots()) {
    auto* child = table_.find(slot);
    if (!child || child->state != child_state::stopping)
      continue;
    if (due == timer_purpose::shared_stuck)
      end_awaited(*child, {reason_code::stuck, "it was killed and did not end"});
    else if (!child->killed)
      kill_late(*child);
  }
  if (due == timer_purpose::shared_grace && !ended_)
    actions_.emplace_back(arm_timer{{timer_purpose::shared_stuck, 0}, flags_.stuck_after});
}

shutdown_mode supervision_machine::mode_of(const child_spec& child) {
  if (child.shutdown)
    return *child.shutdown;
  return child.type == child_type::supervisor ? shutdown_mode{infinite_grace{}} : shutdown_mode{grace{}};
}

} // namespace cafnode::supervision
