#include "supervisors/supervision_machine.hpp"

#include "runtime/base/invariant.hpp"
#include "supervisors/change_work.hpp"
#include "supervisors/restart_plan.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

supervision_machine::supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed,
                                         transition_port* heard)
    : flags_{std::move(flags)}, budgets_{flags_}, chance_{seed}, heard_{heard} {
  if (is_simple()) {
    CAFNODE_INVARIANT(children.size() == 1, "simple_one_for_one without one template");
    template_ = std::move(children.front());
    return;
  }
  for (auto& child : children)
    table_.add(std::move(child));
}

supervision_machine::~supervision_machine() = default;

void supervision_machine::at(base::moment now) {
  now_ = now.steady < now_.steady ? base::moment{now_.steady, now.wall} : now;
}

void supervision_machine::begin(base::moment now) {
  CAFNODE_INVARIANT(!std::exchange(begun_, true), "a supervisor begins once");
  at(now);
  open({.kind = job_kind::boot, .start = table_.slots()});
  settle();
}

void supervision_machine::on_started(child_ref who, readiness ready, base::moment now) {
  at(now);
  if (is_successor(who))
    on_successor_started(*table_.find(who.slot), ready);
  else if (auto* child = table_.find(who); child && child->state() == child_state::starting && !child->is_killed())
    ready == readiness::awaited ? spawned(*child) : up(*child, ready == readiness::at_once);
  settle();
}

void supervision_machine::on_ready(child_ref who, base::moment now) {
  at(now);
  if (is_successor(who)) {
    if (const auto& next = successors_[who.slot]; next.has_process && !next.killed)
      promote(*table_.find(who.slot));
  } else if (auto* child = table_.find(who); child && child->phase == child_phase::spawned) {
    up(*child, true);
  } else if (child && child->phase == child_phase::up) {
    announced(*child);
  }
  settle();
}

void supervision_machine::on_ignored(child_ref who, base::moment now) {
  at(now);
  if (is_successor(who)) {
    on_successor_failed(*table_.find(who.slot), {process::reason_code::start_failed, "it found nothing to run"});
    return settle();
  }
  auto* child = table_.find(who);
  if (!child || child->state() != child_state::starting)
    return;
  const auto id = std::exchange(child->job, 0);
  const auto group = child->stop_group();
  table_.set_phase(*child, child_phase::stopped);
  note(transition::child_ignored, *child);
  if (child->restart == restart_type::temporary || is_simple())
    drop(*child);
  one_less(id, group);
  settle();
}

void supervision_machine::on_start_failed(child_ref who, end_reason why, base::moment now) {
  at(now);
  if (is_successor(who))
    on_successor_failed(*table_.find(who.slot), std::move(why));
  else if (auto* child = table_.find(who); child && child->state() == child_state::starting)
    start_over(*child, std::move(why));
  settle();
}

void supervision_machine::on_ended(child_ref who, end_reason why, base::moment now) {
  at(now);
  const auto old = retired_.find(who.slot);
  if (old != retired_.end() && old->second.who == who) {
    end_retired(who.slot, why);
    return settle();
  }
  if (is_successor(who)) {
    on_successor_failed(*table_.find(who.slot), std::move(why));
    return settle();
  }
  auto* child = table_.find(who);
  if (!child || !child->has_process() || child->has_ended())
    return;
  if (child->state() == child_state::stopping) {
    end_awaited(*child, why);
  } else if (child->state() == child_state::starting) {
    end_starting(*child, std::move(why));
  } else {
    cancel_watch(*child);
    if (child->is_killed()) // it fails for what it was killed for
      cancel_end_timer(*child);
    else
      child->troubles().pending = std::move(why);
    table_.set_phase(*child, after_end(child->phase));
    inbox_.push(exit_item{who});
  }
  settle();
}

void supervision_machine::on_retry(child_ref who, base::moment now) {
  at(now);
  if (stopping_)
    return;
  inbox_.push(retry_item{who});
  settle();
}

void supervision_machine::on_command(call_id call, command wanted, base::moment now) {
  at(now);
  if (stopping_)
    return answer(call, {answer_code::stopping, {}, {}});
  if (commands_ == calls_max)
    return answer(call, {answer_code::too_many_calls, {}, {}});
  inbox_.push(command_item{call, std::make_unique<command>(std::move(wanted))});
  ++commands_;
  settle();
}

void supervision_machine::on_stop(end_reason why, base::moment now) {
  at(now);
  if (stopping_ || asked_to_stop_)
    return;
  if (!up_ || flags_.stop_within || goes_beyond_otp())
    return shut_down(std::move(why));
  asked_to_stop_ = std::move(why);
  inbox_.push(stop_item{});
  settle();
  if (!stopping_ && awaits_start())
    hurry();
}

slot_key supervision_machine::subject_of(const inbox_item& item) {
  if (const auto* exit = std::get_if<exit_item>(&item))
    return exit->who.slot;
  if (const auto* retry = std::get_if<retry_item>(&item))
    return retry->who.slot;
  if (const auto* due = std::get_if<due_item>(&item))
    return due->who.slot;
  const auto* waiting = std::get_if<command_item>(&item);
  if (!waiting)
    return 0;
  const auto child_of = [this](const auto& wanted) -> const child_record* {
    if constexpr (requires { wanted.spec; })
      return table_.find(wanted.spec.id);
    else if constexpr (requires { wanted.id; })
      return table_.find(wanted.id);
    else
      return nullptr;
  };
  const auto* child = std::visit(child_of, *waiting->wanted);
  return child ? child->slot : 0;
}

bool supervision_machine::changes_all(const inbox_item& item) {
  const auto* waiting = std::get_if<command_item>(&item);
  return waiting && std::holds_alternative<change_specs>(*waiting->wanted);
}

bool supervision_machine::may_run(const inbox_item& item) {
  if (is_exclusive())
    return false;
  if (changes_all(item) || !is_independent(flags_.strategy) || std::holds_alternative<stop_item>(item))
    return jobs_.empty();
  const auto* child = table_.find(subject_of(item));
  return !child || child->job == 0;
}

void supervision_machine::settle() {
  std::size_t at = 0;
  bool change_waits = false; // no other command overtakes it
  while (at < inbox_.size()) {
    const auto& item = inbox_[at];
    const bool behind = change_waits && std::holds_alternative<command_item>(item);
    if (!behind && may_run(item)) {
      run(inbox_.take(at));
      at = 0;
      change_waits = false;
    } else if (is_exclusive() || !is_independent(flags_.strategy) || std::holds_alternative<stop_item>(item)) {
      return; // all of them wait for the same, and none goes past a stop
    } else {
      change_waits = change_waits || changes_all(item);
      ++at; // few stay behind: commands, whose number is bounded, and ends of what is being replaced
    }
  }
}

void supervision_machine::run(inbox_item item) {
  if (const auto* exit = std::get_if<exit_item>(&item)) {
    auto* child = table_.find(exit->who);
    if (child && child->has_ended())
      fail(*child);
  } else if (const auto* retry = std::get_if<retry_item>(&item)) {
    // OTP knows a child by its id here, an instance by the process that ended: an old retry that finds the child
    // restarting once more is one retry more.
    auto* child = is_simple() ? table_.find(retry->who) : table_.find(retry->who.slot);
    if (child && child->phase == child_phase::waiting_for_turn)
      restart(*child, child->last_end(), true);
  } else if (const auto* due = std::get_if<due_item>(&item)) {
    auto* child = table_.find(due->who);
    if (child && child->phase == child_phase::waiting_for_time) {
      cancel(timer_purpose::delay, child->slot); // a hot change may have armed it again
      start_waiting({child->slot});
    }
  } else if (std::holds_alternative<group_due_item>(item)) {
    on_group_due();
  } else if (std::holds_alternative<stop_item>(item)) {
    shut_down(std::move(*asked_to_stop_));
  } else {
    --commands_;
    auto& waiting = std::get<command_item>(item);
    std::visit([&](auto& wanted) { execute(waiting.call, wanted); }, *waiting.wanted);
  }
}

void supervision_machine::fill(transition what, const end_reason& why) {
  scratch_.what = what;
  scratch_.at = now_;
  scratch_.reason = why.code;
  scratch_.reason_text = why.text;
  scratch_.restarts_in_window = budgets_.own().count(now_.steady);
  scratch_.intensity = flags_.intensity;
  scratch_.period = flags_.period;
  scratch_.strategy = flags_.strategy;
  scratch_.children = table_.size();
}

void supervision_machine::note(transition what, const child_record& child, const end_reason& why,
                               base::duration delay) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child = child.id;
  scratch_.incarnation = child.incarnation;
  scratch_.who = child.ref();
  scratch_.type = child.type;
  scratch_.state = child.state();
  scratch_.circuit = child.circuit;
  scratch_.ready = child.is_ready();
  scratch_.delay = std::chrono::ceil<std::chrono::milliseconds>(delay);
  scratch_.restarts_total = child.restarts;
  heard_->tell(scratch_);
}

void supervision_machine::note_incarnation(transition what, const child_record& child, std::uint32_t incarnation,
                                           const end_reason& why) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child = child.id;
  scratch_.incarnation = incarnation;
  scratch_.who = {child.slot, incarnation};
  scratch_.type = child.type;
  scratch_.state = child.state(); // of the child, which goes on in another incarnation
  scratch_.circuit = child.circuit;
  scratch_.ready = child.is_ready();
  scratch_.delay = {};
  scratch_.restarts_total = child.restarts;
  heard_->tell(scratch_);
}

void supervision_machine::note(transition what, const end_reason& why) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child.clear();
  scratch_.incarnation = 0;
  scratch_.who = {};
  scratch_.type = child_type::supervisor;
  scratch_.state = ended_ ? child_state::stopped : stopping_ ? child_state::stopping : child_state::running;
  scratch_.circuit = circuit_state::closed;
  scratch_.ready = false;
  scratch_.delay = {};
  scratch_.restarts_total = 0;
  heard_->tell(scratch_);
}

void supervision_machine::answer(std::optional<call_id> call, call_answer given) {
  if (call)
    actions_.push(answer_call{*call, std::move(given)});
}

void supervision_machine::drop(child_record& child) {
  table_.set_phase(child, child_phase::gone);
  note(transition::child_deleted, child);
  table_.remove(child.slot);
}

void supervision_machine::arm(timer_purpose purpose, slot_key slot, base::duration after) {
  actions_.push(arm_timer{{purpose, slot}, after});
}

void supervision_machine::cancel(timer_purpose purpose, slot_key slot) {
  actions_.push(cancel_timer{{purpose, slot}});
}

} // namespace cafnode::supervision
