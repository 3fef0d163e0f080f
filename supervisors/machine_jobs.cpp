// The work of a supervisor: stopping some children, then starting some, one after the other and without blocking.
#include "runtime/base/invariant.hpp"
#include "supervisors/change_work.hpp"
#include "supervisors/supervision_machine.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

job_id supervision_machine::open(job work) {
  const auto id = jobs_.open(std::move(work));
  advance(id);
  return id;
}

void supervision_machine::advance(job_id id) {
  for (auto* work = jobs_.find(id); work; work = jobs_.find(id)) {
    if (work->awaited > 0)
      return;
    if (!work->stop.empty()) {
      stop_next(*work, id);
    } else if (work->delay) {
      const auto paced = std::move(*work);
      jobs_.close(id);
      return wait_for(paced);
    } else if (work->next_start < work->start.size()) {
      auto* child = table_.find(work->start[work->next_start++]);
      if (!child)
        continue;
      if (work->kind == job_kind::change_start)
        change_->begun.push_back(child->slot);
      if (child->state() == child_state::stopped || child->state() == child_state::waiting)
        begin_start(*child, id);
      else if (child->state() == child_state::running && work->kind == job_kind::change_start)
        begin_renewal(*child, id);
    } else {
      return finish(id);
    }
  }
}

void supervision_machine::stop_next(job& work, job_id id) {
  if (work.kind == job_kind::shutdown && is_simple())
    return stop_all(work, id);
  auto* child = table_.find(work.stop.back());
  if (!child || child->stop_group() == 0) {
    work.stop.pop_back();
    if (child && begin_stop(*child, id))
      ++work.awaited;
    return;
  }
  // All neighbours with a group: each group last first, all groups at the same time.
  work.groups.clear();
  for (; !work.stop.empty(); work.stop.pop_back()) {
    const auto* next = table_.find(work.stop.back());
    if (next && next->stop_group() == 0)
      break;
    if (next)
      work.groups[next->stop_group()].push_back(next->slot);
  }
  for (auto& [group, slots] : work.groups)
    std::ranges::reverse(slots); // taken from the back
  for (auto& [group, slots] : work.groups)
    stop_in_group(work, id, group);
}

void supervision_machine::stop_in_group(job& work, job_id id, std::uint32_t group) {
  const auto found = work.groups.find(group);
  if (found == work.groups.end())
    return;
  auto& slots = found->second;
  while (!slots.empty()) {
    auto* child = table_.find(slots.back());
    slots.pop_back();
    if (!child || !begin_stop(*child, id))
      continue;
    ++work.awaited;
    return;
  }
}

/// Instances in the order in which their processes were started.
std::vector<slot_key> supervision_machine::by_start(std::vector<slot_key> slots) const {
  std::ranges::sort(slots, {}, [this](slot_key slot) { return table_.find(slot)->started_order; });
  return slots;
}

void supervision_machine::stop_all(job& work, job_id id) {
  const auto before = work.awaited;
  for (const auto slot : by_start(std::exchange(work.stop, {})))
    if (begin_stop(*table_.find(slot), id))
      ++work.awaited;
  if (work.awaited == before)
    return;
  child_record shared;
  shared.adopt(*template_);
  const auto mode = shared.shutdown();
  if (const auto* limit = std::get_if<grace>(&mode))
    arm(timer_purpose::shared_grace, 0, limit->span);
  else if (std::holds_alternative<brutal_kill>(mode))
    arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
}

void supervision_machine::finish(job_id id) {
  const auto work = std::move(*jobs_.find(id));
  jobs_.close(id);
  switch (work.kind) {
  case job_kind::boot:
    up_ = true;
    note(transition::supervisor_started);
    actions_.push(confirm_start{});
    return;
  case job_kind::restart:
    return complete_restart(work.start);
  case job_kind::replace_command:
    complete_restart(work.start);
    return answer_started(work);
  case job_kind::start_command:
  case job_kind::restart_command:
  case job_kind::renew_command:
    return answer_started(work);
  case job_kind::terminate_command:
    answer(work.caller, {answer_code::ok, {}, {}});
    return;
  case job_kind::change_stop:
    return on_change_stopped();
  case job_kind::change_start:
    return end_change();
  case job_kind::shutdown:
    ended_ = true;
    if (flags_.stop_within)
      cancel(timer_purpose::stop_deadline, 0);
    if (is_simple()) {
      cancel(timer_purpose::shared_grace, 0);
      cancel(timer_purpose::shared_stuck, 0);
    }
    note(transition::supervisor_stopped, work.why);
    actions_.push(end_supervisor{work.why});
    return;
  }
}

void supervision_machine::answer_started(const job& work) {
  auto* child = table_.find(work.subject);
  if (child)
    child->job = 0;
  if (child && child->has_process())
    answer(work.caller, {answer_code::started, child->ref(), {}});
  else
    answer(work.caller, {answer_code::ignored, {}, {}});
}

void supervision_machine::shut_down(end_reason why) {
  if (stopping_)
    return;
  stopping_ = true;
  abandon_work();
  note(transition::supervisor_stopping, why);
  if (flags_.stop_within)
    arm(timer_purpose::stop_deadline, 0, *flags_.stop_within);
  const auto orphans = orphan_successors();
  shutdown_job_ = jobs_.open({.kind = job_kind::shutdown,
                              .stop = table_.slots(),
                              .awaited = orphans + retired_.size(),
                              .why = std::move(why)});
  advance(shutdown_job_);
}

void supervision_machine::hurry() {
  if (!std::exchange(hurried_, true))
    arm(timer_purpose::hurry, 0, start_patience);
}

/// Whether the work in hand is some that OTP's supervisor does not have.
bool supervision_machine::goes_beyond_otp() {
  return std::ranges::any_of(jobs_.ids(), [this](job_id id) {
    const auto kind = jobs_.find(id)->kind;
    return kind == job_kind::replace_command || kind == job_kind::renew_command || kind == job_kind::change_stop ||
           kind == job_kind::change_start;
  });
}

/// Whether the work in hand waits for a child that has yet to say that it is ready.
bool supervision_machine::awaits_start() const {
  const auto is_starting = [this](slot_key slot) { return table_.find(slot)->state() == child_state::starting; };
  return !successors_.empty() || std::ranges::any_of(table_.slots(), is_starting);
}

void supervision_machine::abandon_work() {
  for (const auto id : jobs_.ids())
    answer(jobs_.find(id)->caller, {answer_code::stopping, {}, {}});
  for (std::size_t i = 0; i < inbox_.size(); ++i)
    if (const auto* waiting = std::get_if<command_item>(&inbox_[i]))
      answer(waiting->call, {answer_code::stopping, {}, {}});
  if (change_)
    answer(change_->call, {answer_code::stopping, {}, {}});
  change_.reset();
  jobs_.close_all();
  inbox_.clear();
  commands_ = 0;
  for (const auto slot : table_.slots()) {
    auto* child = table_.find(slot);
    child->job = 0;
    cancel_delay(*child);
  }
  if (std::exchange(group_due_, std::nullopt))
    cancel(timer_purpose::group_delay, 0);
  if (std::exchange(hurried_, false))
    cancel(timer_purpose::hurry, 0);
}

void supervision_machine::one_less(job_id id, std::uint32_t group) {
  auto* work = jobs_.find(id);
  if (!work)
    return;
  CAFNODE_INVARIANT(work->awaited > 0, "more came back than was sent out");
  --work->awaited;
  if (group != 0)
    stop_in_group(*work, id, group);
  advance(id);
}

void supervision_machine::on_lost(const end_reason& why, base::moment now) {
  at(now);
  stopping_ = true;
  auto slots = table_.slots();
  std::ranges::reverse(slots);
  for (const auto slot : slots) {
    auto* child = table_.find(slot);
    const bool had_process = child->has_process();
    if (child->state() == child_state::stopped)
      continue;
    table_.set_phase(*child, child_phase::stopped);
    note(had_process ? transition::child_ended : transition::child_stopped, *child,
         {process::reason_code::killed, "its supervisor ended"});
  }
  ended_ = true;
  note(transition::supervisor_stopped, why);
}

/// The time for the whole stop is over: what is left is killed, all at once.
void supervision_machine::on_stop_deadline() {
  auto* work = jobs_.find(shutdown_job_);
  if (!work)
    return;
  past_deadline_ = true;
  auto left = std::exchange(work->stop, {});
  for (auto& [group, slots] : std::exchange(work->groups, {}))
    left.insert(left.end(), slots.begin(), slots.end());
  for (const auto slot : left)
    if (auto* child = table_.find(slot); child && begin_stop(*child, shutdown_job_))
      ++work->awaited;
  for (auto& [slot, old] : retired_)
    if (!old.killed)
      kill_retired(old);
  for (const auto slot : table_.slots())
    if (auto* child = table_.find(slot); child && child->phase == child_phase::asked)
      kill_for_deadline(*child);
  if (is_simple()) {
    cancel(timer_purpose::shared_grace, 0);
    arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
  }
  advance(shutdown_job_);
}

} // namespace cafnode::supervision
