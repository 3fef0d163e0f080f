// How a supervisor carries out its work: each step of a job, what its outcome means for the job, and the last of them.
#include "runtime/base/invariant.hpp"
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
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

} // namespace

// -- jobs -------------------------------------------------------------------------------------------------------------

void supervision_machine::open(job work) {
  advance(jobs_.open(std::move(work)));
}

void supervision_machine::execute(call_id call, job work) {
  if (work.kind != job_kind::change_stop) // a change has its own answer
    work.caller = call;
  auto* subject = children_.find(work.subject);
  if (work.kind == job_kind::renew_command)
    return begin_renewal(*subject, jobs_.open(std::move(work)));
  if (work.kind == job_kind::replace_command)
    failures_.forget_wait(*subject); // one that waits is started now
  open(std::move(work));
}

void supervision_machine::follow(consequence what) {
  if (what.work)
    open(*std::move(what.work));
  if (what.end)
    shut_down(*std::move(what.end));
}

void supervision_machine::advance(job_id id) {
  for (;;) {
    const auto step = jobs_.next(id, children_);
    switch (step.kind) {
    case step_kind::wait:
      return;
    case step_kind::stop:
      stop_next(step.slot, id);
      break;
    case step_kind::stop_all:
      stop_all(id);
      break;
    case step_kind::pause:
      return failures_.wait(jobs_.close(id));
    case step_kind::start:
      start_next(step.slot, id);
      break;
    case step_kind::done:
      return finish(id);
    }
  }
}

void supervision_machine::one_less(job_id id, std::uint32_t group) {
  if (jobs_.came(id, group))
    advance(id);
}

void supervision_machine::finish(job_id id) {
  const auto work = jobs_.close(id);
  switch (work.kind) {
  case job_kind::boot:
    life_ = life::up;
    confirmed_ = true;
    heard_.tell_own(transition::supervisor_started, child_state::running);
    return out_.push(confirm_start{});
  case job_kind::restart:
    return away_.complete(work.start);
  case job_kind::replace_command:
    away_.complete(work.start);
    return answer_started(work);
  case job_kind::start_command:
  case job_kind::restart_command:
  case job_kind::renew_command:
    return answer_started(work);
  case job_kind::terminate_command:
    return out_.answer(work.caller, {answer_code::ok, {}, {}});
  case job_kind::change_stop:
    return open(change_.on_stopped());
  case job_kind::change_start:
    return end_change();
  case job_kind::shutdown:
    return end(work.why);
  }
}

void supervision_machine::answer_started(const job& work) {
  auto* child = children_.find(work.subject);
  if (child)
    child->job = 0;
  if (child && child->has_process())
    out_.answer(work.caller, {answer_code::started, child->ref(), {}});
  else
    out_.answer(work.caller, {answer_code::ignored, {}, {}});
}

void supervision_machine::end_change() {
  auto result = change_.end();
  out_.answer(result.call, std::move(result.answer));
  for (const auto lost : result.lost)
    inbox_.push(retry_item{lost}); // one after the other, as after any failed restart
}

// -- starts -----------------------------------------------------------------------------------------------------------

void supervision_machine::start_next(slot_key slot, job_id id) {
  auto* child = children_.find(slot);
  if (!child)
    return;
  const auto kind = jobs_.find(id)->kind;
  if (kind == job_kind::change_start)
    change_.begun(slot);
  if (child->state() == child_state::stopped || child->state() == child_state::waiting) {
    child->restarts += kind == job_kind::restart ? 1 : 0;
    child->job = id;
    jobs_.awaits(id);
    driver_.start(*child);
  } else if (child->state() == child_state::running && kind == job_kind::change_start) {
    begin_renewal(*child, id);
  }
}

/// It runs, and its job waits until it says that it is ready.
void supervision_machine::await_start_of(child_record& child) {
  driver_.spawned(child);
  if (child.job != 0 && is_stopping())
    driver_.ask_to_end(child);
  else if (end_.asked_for)
    hurry();
}

void supervision_machine::come_up(child_record& child, bool ready) {
  driver_.up(child, ready);
  if (child.job == 0)
    return; // the work it was started for was given up; its stop comes in its turn
  if (is_stopping())
    return driver_.ask_to_end(child);
  one_less(std::exchange(child.job, 0));
}

void supervision_machine::start_over(child_record& child, const end_reason& why) {
  const auto id = std::exchange(child.job, 0);
  const auto group = child.stop_group();
  driver_.start_failed(child, why);
  const auto* work = jobs_.find(id);
  if (!work)
    return;
  if (work->kind == job_kind::shutdown || work->kind == job_kind::terminate_command)
    return one_less(id, group);
  if (work->kind == job_kind::boot)
    return shut_down(boot_failure(child, why));
  const auto over = jobs_.close(id);
  // Those that were to follow wait for nothing of their own, as in OTP.
  for (auto at = over.next_start; at < over.start.size(); ++at)
    if (auto* next = children_.find(over.start[at]); next && next->phase == child_phase::waiting_for_turn)
      children_.set_phase(*next, child_phase::stopped);
  if (over.kind == job_kind::change_start)
    return open(change_.on_failed_start(child, why));
  out_.answer(over.caller, {answer_code::start_failed, {}, why.text});
  if (over.kind == job_kind::start_command)
    driver_.drop(child);
  else if (over.kind == job_kind::restart || over.kind == job_kind::replace_command)
    follow(failures_.on_failed_start(children_.find(over.subject), child, why));
}

// -- stops ------------------------------------------------------------------------------------------------------------

void supervision_machine::stop_next(slot_key slot, job_id id) {
  auto* child = children_.find(slot);
  if (!child)
    return;
  const auto group = child->stop_group();
  if (begin_stop(*child, id))
    jobs_.awaits(id, group);
}

/// False when there is nothing to wait for. The child may be gone then.
bool supervision_machine::begin_stop(child_record& child, job_id id) {
  if (child.state() == child_state::stopped || child.state() == child_state::gone)
    return false;
  if (child.state() == child_state::waiting) {
    call_off(child, jobs_.find(id)->kind);
    return false;
  }
  if (child.has_ended()) {
    stopped(child, end_reason{child.trouble->pending}, id);
    return false;
  }
  child.job = id;
  if (child.state() != child_state::stopping && child.has_process())
    driver_.ask_to_end(child);
  return true;
}

/// One that waits for its restart is stopped by work of `kind`.
void supervision_machine::call_off(child_record& child, job_kind kind) {
  failures_.call_off(child, kind == job_kind::restart || kind == job_kind::replace_command);
  if (kind == job_kind::terminate_command)
    away_.call_off_group();
  if (is_simple())
    driver_.drop(child);
}

/// All that the job is to stop, side by side, under one limit.
void supervision_machine::stop_all(job_id id) {
  auto slots = jobs_.take_rest(id);
  sort_by_start(slots);
  bool waits = false;
  for (const auto slot : slots) {
    if (!begin_stop(*children_.find(slot), id))
      continue;
    jobs_.awaits(id);
    waits = true;
  }
  if (!waits)
    return;
  child_record shared;
  shared.adopt(*instance_);
  const auto mode = shared.shutdown();
  if (const auto* limit = std::get_if<grace>(&mode))
    out_.arm(timer_purpose::shared_grace, 0, limit->span);
  else if (std::holds_alternative<brutal_kill>(mode))
    out_.arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
}

/// Instances in the order in which their processes were started.
void supervision_machine::sort_by_start(std::vector<slot_key>& slots) const {
  std::ranges::sort(slots, {}, [this](slot_key slot) { return children_.find(slot)->started_order; });
}

void supervision_machine::stopped(child_record& child, const end_reason& why, job_id id) {
  child.job = 0;
  driver_.stopped(child, why);
  if (is_forgotten(flags_.strategy, child) && !seconds_.has_second(child.slot) && !keeps(jobs_.find(id), child))
    driver_.drop(child);
}

void supervision_machine::end_awaited(child_record& child, const end_reason& why) {
  const auto id = child.job;
  const auto group = child.stop_group();
  stopped(child, why, id);
  one_less(id, group);
}

// -- replacements -----------------------------------------------------------------------------------------------------

void supervision_machine::begin_renewal(child_record& child, job_id id) {
  child.job = id;
  jobs_.awaits(id);
  seconds_.begin(child);
}

void supervision_machine::await_successor(child_record& child) {
  if (end_.asked_for)
    hurry();
  seconds_.spawned(child);
}

void supervision_machine::promote(child_record& child) {
  if (!seconds_.promote(child))
    one_less(std::exchange(child.job, 0));
}

void supervision_machine::successor_failed(child_record& child, const end_reason& given) {
  const auto why = seconds_.failed(child, given);
  if (is_stopping())
    return one_less(end_.work);
  const auto over = jobs_.close(std::exchange(child.job, 0));
  if (over.kind == job_kind::change_start)
    return open(change_.on_failed_start(child, why));
  out_.answer(over.caller, {answer_code::start_failed, {}, why.text});
}

void supervision_machine::retired_ended(slot_key slot, const end_reason& why) {
  seconds_.retired_ended(slot, why);
  one_less(is_stopping() ? end_.work : std::exchange(children_.find(slot)->job, 0));
}

// -- its own end ------------------------------------------------------------------------------------------------------

void supervision_machine::shut_down(end_reason why) {
  if (is_stopping())
    return;
  life_ = life::stopping;
  if (is_simple())
    driver_.stop_together();
  abandon_work();
  heard_.tell_own(transition::supervisor_stopping, child_state::stopping, why);
  if (flags_.stop_within)
    out_.arm(timer_purpose::stop_deadline, 0, *flags_.stop_within);
  const auto seconds = seconds_.retire_all();
  end_.work = jobs_.open({.kind = job_kind::shutdown,
                          .stop = children_.slots(),
                          .side_by_side = is_simple(),
                          .awaited = seconds,
                          .why = std::move(why)});
  advance(end_.work);
}

void supervision_machine::hurry() {
  if (!std::exchange(end_.hurries, true))
    out_.arm(timer_purpose::hurry, 0, start_patience);
}

/// Whether the work in hand waits for a child that has yet to say that it is ready.
bool supervision_machine::awaits_start() const {
  const auto is_starting = [this](slot_key slot) { return children_.find(slot)->state() == child_state::starting; };
  return seconds_.has_successors() || std::ranges::any_of(children_.slots(), is_starting);
}

void supervision_machine::abandon_work() {
  const auto give_up = [this](std::optional<call_id> call) { out_.answer(call, {answer_code::stopping, {}, {}}); };
  for (const auto id : jobs_.ids())
    give_up(jobs_.find(id)->caller);
  for (const auto call : inbox_.clear())
    give_up(call);
  give_up(change_.abandon());
  jobs_.close_all();
  for (const auto slot : children_.slots()) {
    auto* child = children_.find(slot);
    child->job = 0;
    failures_.forget_wait(*child);
  }
  failures_.forget_group_wait();
  if (std::exchange(end_.hurries, false))
    out_.cancel(timer_purpose::hurry, 0);
}

/// The time for the whole stop is over: what is left is killed, all at once.
void supervision_machine::on_stop_deadline() {
  if (!jobs_.find(end_.work))
    return;
  driver_.pass_deadline();
  for (const auto slot : jobs_.take_rest(end_.work))
    stop_next(slot, end_.work);
  seconds_.kill_all();
  for (const auto slot : children_.slots())
    if (auto* child = children_.find(slot); child->phase == child_phase::asked)
      driver_.kill_for_deadline(*child);
  if (is_simple()) {
    out_.cancel(timer_purpose::shared_grace, 0);
    out_.arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
  }
  advance(end_.work);
}

void supervision_machine::end(const end_reason& why) {
  life_ = life::ended;
  if (flags_.stop_within)
    out_.cancel(timer_purpose::stop_deadline, 0);
  if (is_simple()) {
    out_.cancel(timer_purpose::shared_grace, 0);
    out_.cancel(timer_purpose::shared_stuck, 0);
  }
  heard_.tell_own(transition::supervisor_stopped, child_state::stopped, why);
  out_.push(end_supervisor{why});
}

} // namespace cafnode::supervision
