// The work of a supervisor: stopping some children, then starting some, one after the other and without blocking.
#include "runtime/base/invariant.hpp"
#include "supervisors/supervision_machine.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

void supervision_machine::open(job work) {
  const auto id = ++last_job_;
  jobs_.emplace(id, std::move(work));
  advance(id);
}

void supervision_machine::advance(job_id id) {
  for (auto found = jobs_.find(id); found != jobs_.end(); found = jobs_.find(id)) {
    auto& work = found->second;
    if (work.awaited > 0)
      return;
    if (!work.stop.empty()) {
      stop_next(work, id);
    } else if (work.delay) {
      const auto paced = std::move(work);
      jobs_.erase(found);
      return wait_for(paced);
    } else if (work.next_start < work.start.size()) {
      auto* child = table_.find(work.start[work.next_start++]);
      if (child && (child->state == child_state::stopped || child->state == child_state::waiting))
        begin_start(*child, id);
    } else {
      return finish(id);
    }
  }
}

void supervision_machine::stop_next(job& work, job_id id) {
  if (work.kind == job_kind::shutdown && is_simple())
    return stop_all(work, id);
  auto* child = table_.find(work.stop.back());
  work.stop.pop_back();
  if (child && begin_stop(*child, id))
    ++work.awaited;
}

void supervision_machine::stop_all(job& work, job_id id) {
  const auto order = [this](slot_key slot) { return table_.find(slot)->started_order; };
  auto slots = std::exchange(work.stop, {});
  std::ranges::sort(slots, {}, order);
  for (const auto slot : slots)
    if (begin_stop(*table_.find(slot), id))
      ++work.awaited;
  if (work.awaited == 0)
    return;
  const auto mode = mode_of(*template_);
  if (const auto* limit = std::get_if<grace>(&mode))
    actions_.emplace_back(arm_timer{{timer_purpose::shared_grace, 0}, limit->span});
  else if (std::holds_alternative<brutal_kill>(mode))
    actions_.emplace_back(arm_timer{{timer_purpose::shared_stuck, 0}, flags_.stuck_after});
}

void supervision_machine::finish(job_id id) {
  const auto found = jobs_.find(id);
  const auto work = std::move(found->second);
  jobs_.erase(found);
  switch (work.kind) {
  case job_kind::boot:
    up_ = true;
    note(transition::supervisor_started);
    actions_.emplace_back(confirm_start{});
    return;
  case job_kind::restart:
    return;
  case job_kind::start_command:
  case job_kind::restart_command:
    if (const auto* child = table_.find(work.subject))
      answer(work.caller, {answer_code::started, child->ref(), {}});
    return;
  case job_kind::terminate_command:
    answer(work.caller, {answer_code::ok, {}, {}});
    return;
  case job_kind::shutdown:
    ended_ = true;
    note(transition::supervisor_stopped, work.why);
    actions_.emplace_back(end_supervisor{work.why});
    return;
  }
}

void supervision_machine::shut_down(end_reason why) {
  if (stopping_)
    return;
  stopping_ = true;
  abandon_work();
  note(transition::supervisor_stopping, why);
  open({.kind = job_kind::shutdown, .stop = table_.slots(), .why = std::move(why)});
}

void supervision_machine::abandon_work() {
  for (const auto& [id, work] : jobs_)
    answer(work.caller, {answer_code::stopping, {}, {}});
  for (const auto& item : inbox_)
    if (const auto* waiting = std::get_if<command_item>(&item))
      answer(waiting->call, {answer_code::stopping, {}, {}});
  jobs_.clear();
  inbox_.clear();
  commands_ = 0;
  for (auto& [slot, child] : table_.records()) {
    child.job = 0;
    cancel_delay(child);
  }
  if (std::exchange(group_due_, std::nullopt))
    actions_.emplace_back(cancel_timer{{timer_purpose::group_delay, 0}});
}

void supervision_machine::one_less(job_id id) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return;
  CAFNODE_INVARIANT(found->second.awaited > 0, "more came back than was sent out");
  --found->second.awaited;
  advance(id);
}

} // namespace cafnode::supervision
