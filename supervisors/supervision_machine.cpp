// What a supervisor is told, whose turn it is, and what it answers at any time.
#include "supervisors/supervision_machine.hpp"

#include "runtime/base/invariant.hpp"
#include "supervisors/restart_plan.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace cafnode::supervision {

using process::reason_code;

supervision_machine::supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed,
                                         transition_port* heard)
    : flags_{std::move(flags)},
      budgets_{flags_},
      heard_{{flags_, children_, budgets_.own(), now_}, heard},
      driver_{flags_, children_, now_, out_, heard_},
      away_{flags_, children_, now_, heard_},
      failures_{{flags_, children_, now_, out_, heard_, driver_, budgets_, away_}, seed},
      seconds_{flags_, children_, out_, heard_, driver_},
      commands_{{flags_, instance_, children_, heard_, driver_}},
      change_{{flags_, instance_, children_, budgets_, heard_, driver_, failures_}} {
  if (is_simple()) {
    CAFNODE_INVARIANT(children.size() == 1, "simple_one_for_one without one template");
    instance_ = std::move(children.front());
    return;
  }
  for (auto& child : children)
    children_.add(std::move(child));
}

// -- inputs -----------------------------------------------------------------------------------------------------------

void supervision_machine::at(base::moment now) {
  now_ = now.steady < now_.steady ? base::moment{now_.steady, now.wall} : now;
}

void supervision_machine::begin(base::moment now) {
  CAFNODE_INVARIANT(std::exchange(life_, life::starting) == life::made, "a supervisor begins once");
  at(now);
  open({.kind = job_kind::boot, .start = children_.slots()});
  take_turns();
}

void supervision_machine::on_started(child_ref who, readiness ready, base::moment now) {
  at(now);
  auto* child = children_.find(who.slot);
  if (seconds_.is_successor(who)) {
    if (is_stopping())
      seconds_.retire_successor(*child); // the old one's stop comes in its turn
    else if (ready == readiness::at_once)
      promote(*child);
    else
      await_successor(*child);
  } else if (child && child->ref() == who &&
             (child->phase == child_phase::called || child->phase == child_phase::spawned)) {
    if (ready == readiness::awaited)
      await_start_of(*child);
    else
      come_up(*child, ready == readiness::at_once);
  }
  take_turns();
}

void supervision_machine::on_ready(child_ref who, base::moment now) {
  at(now);
  auto* child = children_.find(who.slot);
  if (seconds_.may_take_over(who))
    promote(*child);
  else if (child && child->ref() == who && child->phase == child_phase::spawned)
    come_up(*child, true);
  else if (child && child->ref() == who && child->phase == child_phase::up)
    driver_.announced(*child);
  take_turns();
}

void supervision_machine::on_ignored(child_ref who, base::moment now) {
  at(now);
  auto* child = children_.find(who.slot);
  if (seconds_.is_successor(who)) {
    successor_failed(*child, {reason_code::start_failed, "it found nothing to run"});
  } else if (child && child->ref() == who && child->state() == child_state::starting) {
    const auto id = std::exchange(child->job, 0);
    const auto group = child->stop_group();
    driver_.ignored(*child);
    if (is_forgotten(flags_.strategy, *child))
      driver_.drop(*child);
    one_less(id, group);
  }
  take_turns();
}

void supervision_machine::on_start_failed(child_ref who, end_reason why, base::moment now) {
  at(now);
  auto* child = children_.find(who.slot);
  if (seconds_.is_successor(who))
    successor_failed(*child, why);
  else if (child && child->ref() == who && child->state() == child_state::starting)
    start_over(*child, why);
  take_turns();
}

void supervision_machine::on_progress(child_ref who, bool got_on, base::moment now) {
  at(now);
  if (auto* child = children_.find(who))
    driver_.looked(*child, got_on);
  take_turns();
}

void supervision_machine::on_ended(child_ref who, end_reason why, base::moment now) {
  at(now);
  auto* child = children_.find(who.slot);
  if (seconds_.is_retired(who)) {
    retired_ended(who.slot, why);
  } else if (seconds_.is_successor(who)) {
    successor_failed(*child, why);
  } else if (child && child->ref() == who && child->has_process() && !child->has_ended()) {
    if (child->state() == child_state::stopping) {
      end_awaited(*child, why);
    } else if (child->state() == child_state::starting) {
      start_over(*child, driver_.give_up_start(*child, why));
    } else {
      driver_.ended(*child, std::move(why));
      inbox_.push(exit_item{who});
    }
  }
  take_turns();
}

void supervision_machine::on_retry(child_ref who, base::moment now) {
  at(now);
  if (is_stopping())
    return;
  inbox_.push(retry_item{who});
  take_turns();
}

void supervision_machine::on_command(call_id call, command wanted, base::moment now) {
  at(now);
  if (is_stopping())
    return out_.answer(call, {answer_code::stopping, {}, {}});
  if (!inbox_.push(call, std::move(wanted)))
    return out_.answer(call, {answer_code::too_many_calls, {}, {}});
  take_turns();
}

void supervision_machine::on_stop(end_reason why, base::moment now) {
  at(now);
  if (is_stopping() || end_.asked_for)
    return;
  if (life_ != life::up || flags_.stop_within || jobs_.goes_beyond_otp())
    return shut_down(std::move(why));
  end_.asked_for = std::move(why);
  inbox_.push(stop_item{});
  take_turns();
  if (!is_stopping() && awaits_start())
    hurry();
}

void supervision_machine::on_lost(const end_reason& why, base::moment now) {
  at(now);
  life_ = life::ended;
  auto slots = children_.slots();
  std::ranges::reverse(slots);
  for (const auto slot : slots) {
    auto* child = children_.find(slot);
    const bool had_process = child->has_process();
    if (child->phase == child_phase::stopped)
      continue;
    children_.set_phase(*child, child_phase::stopped);
    heard_.tell(had_process ? transition::child_ended : transition::child_stopped, *child,
                {reason_code::killed, "its supervisor ended"});
  }
  heard_.tell_own(transition::supervisor_stopped, child_state::stopped, why);
}

void supervision_machine::on_timer(timer_key due, base::moment now) {
  at(now);
  switch (due.purpose) {
  case timer_purpose::group_delay:
    if (failures_.group_waits())
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
    if (end_.asked_for)
      shut_down(std::move(*end_.asked_for));
    break;
  case timer_purpose::retire_grace:
    seconds_.grace_is_over(due.slot);
    break;
  case timer_purpose::retire_stuck:
    on_stuck_second(due.slot);
    break;
  default:
    if (auto* child = children_.find(due.slot))
      on_child_timer(due.purpose, *child);
  }
  take_turns();
}

void supervision_machine::on_child_timer(timer_purpose due, child_record& child) {
  switch (due) {
  case timer_purpose::grace:
    if (child.phase == child_phase::asked)
      driver_.kill_late(child, "it did not end within its grace");
    break;
  case timer_purpose::stuck:
    if (child.is_killed())
      on_stuck(child);
    break;
  case timer_purpose::start:
    driver_.start_is_due(child);
    break;
  case timer_purpose::successor:
    seconds_.successor_is_due(child);
    break;
  case timer_purpose::progress:
    driver_.look(child);
    break;
  case timer_purpose::health:
    failures_.healthy(child);
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
  driver_.fence(child, child.incarnation);
  if (child.state() == child_state::stopping)
    end_awaited(child, never_ended());
  else if (child.state() == child_state::starting)
    start_over(child, driver_.give_up_start(child, {}));
  else
    on_ended(child.ref(), never_ended(), now_);
}

/// Nor one that is beside its child.
void supervision_machine::on_stuck_second(slot_key slot) {
  switch (seconds_.fence(slot)) {
  case replacements::stuck_one::nobody:
    return;
  case replacements::stuck_one::retired:
    return retired_ended(slot, never_ended());
  case replacements::stuck_one::successor:
    return successor_failed(*children_.find(slot), never_ended());
  }
}

void supervision_machine::on_shared_timer(timer_purpose due) {
  auto slots = children_.slots();
  sort_by_start(slots);
  for (const auto slot : slots) {
    auto* child = children_.find(slot);
    if (!child || child->state() != child_state::stopping)
      continue;
    if (due == timer_purpose::shared_stuck) {
      driver_.fence(*child, child->incarnation);
      end_awaited(*child, never_ended());
    } else if (!child->is_killed()) {
      driver_.kill_late(*child, "it did not end within its grace");
    }
  }
  if (due == timer_purpose::shared_grace && !has_ended())
    out_.arm(timer_purpose::shared_stuck, 0, flags_.stuck_after);
}

// -- turns ------------------------------------------------------------------------------------------------------------

void supervision_machine::take_turns() {
  const auto in_hand = [this]() -> occupation {
    return {.exclusive = life_ != life::up || change_.under_way(),
            .together = !is_independent(flags_.strategy),
            .idle = jobs_.empty()};
  };
  while (auto item = inbox_.next(in_hand(), children_))
    std::visit([this](auto& each) { take(each); }, *item);
}

void supervision_machine::take(const exit_item& item) {
  auto* child = children_.find(item.who);
  if (child && child->has_ended())
    follow(failures_.on_end(*child));
}

void supervision_machine::take(const retry_item& item) {
  // OTP knows a child by its id here, an instance by the process that ended: an old retry that finds the child
  // restarting once more is one retry more.
  auto* child = is_simple() ? children_.find(item.who) : children_.find(item.who.slot);
  if (child && child->phase == child_phase::waiting_for_turn)
    follow(failures_.again(*child));
}

void supervision_machine::take(const due_item& item) {
  auto* child = children_.find(item.who);
  if (child && child->phase == child_phase::waiting_for_time)
    open(failures_.end_wait(*child));
}

void supervision_machine::take(const group_due_item&) {
  if (auto work = failures_.end_group_wait())
    open(*std::move(work));
}

void supervision_machine::take(const stop_item&) {
  shut_down(std::move(*end_.asked_for));
}

void supervision_machine::take(command_item& item) {
  const auto judge = [&](auto& wanted) {
    if constexpr (std::is_same_v<std::decay_t<decltype(wanted)>, change_specs>)
      return change_.begin(item.call, wanted);
    else
      return commands_.judge(wanted);
  };
  auto verdict = std::visit(judge, *item.wanted);
  if (auto* given = std::get_if<call_answer>(&verdict))
    out_.answer(item.call, std::move(*given));
  else
    execute(item.call, std::get<job>(std::move(verdict)));
}

// -- queries ----------------------------------------------------------------------------------------------------------

const child_factory* supervision_machine::factory_of(child_ref who) const {
  const auto* child = children_.find(who.slot);
  if (!child)
    return nullptr;
  const bool starts = child->incarnation == who.incarnation && child->state() == child_state::starting;
  return starts || seconds_.is_successor(who) ? &child->start : nullptr;
}

bool supervision_machine::watches_progress(child_ref who) const {
  const auto* child = children_.find(who.slot);
  return child && child->progress_within();
}

children_count supervision_machine::count() const {
  auto out = children_.count();
  if (is_simple())
    out.specs = 1;
  return out;
}

} // namespace cafnode::supervision
