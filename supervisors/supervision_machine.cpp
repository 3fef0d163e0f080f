#include "supervisors/supervision_machine.hpp"

#include "runtime/base/invariant.hpp"
#include "supervisors/restart_plan.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

supervision_machine::supervision_machine(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed)
    : flags_{std::move(flags)}, window_{flags_.intensity, flags_.period}, chance_{seed} {
  if (is_simple()) {
    CAFNODE_INVARIANT(children.size() == 1, "simple_one_for_one without one template");
    template_ = std::move(children.front());
    return;
  }
  for (auto& child : children)
    table_.add(std::move(child));
}

void supervision_machine::begin(base::moment now) {
  CAFNODE_INVARIANT(last_job_ == 0, "a supervisor begins once");
  now_ = now;
  open({.kind = job_kind::boot, .start = table_.slots()});
  settle();
}

void supervision_machine::on_started(child_ref who, base::moment now) {
  now_ = now;
  auto* child = table_.find(who);
  if (child && child->state == child_state::starting && !child->killed)
    up(*child);
  settle();
}

void supervision_machine::on_spawned(child_ref who, base::moment now) {
  now_ = now;
  auto* child = table_.find(who);
  if (!child || child->state != child_state::starting)
    return;
  child->has_process = true;
  if (const auto limit = child->spec.start_within)
    actions_.emplace_back(arm_timer{{timer_purpose::start, who.slot}, *limit});
  if (child->job != 0 && stopping_)
    ask_to_end(*child);
}

void supervision_machine::on_confirmed(child_ref who, base::moment now) {
  const auto* child = table_.find(who);
  if (child && child->has_process)
    on_started(who, now);
}

void supervision_machine::on_ignored(child_ref who, base::moment now) {
  now_ = now;
  auto* child = table_.find(who);
  if (!child || child->state != child_state::starting)
    return;
  const auto id = std::exchange(child->job, 0);
  table_.set_state(*child, child_state::stopped);
  note(transition::child_ignored, *child);
  if (child->spec.restart == restart_type::temporary || is_simple())
    drop(*child);
  if (const auto work = jobs_.find(id); work != jobs_.end()) {
    if (work->second.caller)
      answer(std::exchange(work->second.caller, std::nullopt), {answer_code::ignored, {}, {}});
    one_less(id);
  }
  settle();
}

void supervision_machine::on_start_failed(child_ref who, end_reason why, base::moment now) {
  now_ = now;
  auto* child = table_.find(who);
  if (child && child->state == child_state::starting)
    start_over(*child, std::move(why));
  settle();
}

void supervision_machine::on_ended(child_ref who, end_reason why, base::moment now) {
  now_ = now;
  auto* child = table_.find(who);
  if (!child || !child->has_process || child->ended)
    return;
  if (child->state == child_state::stopping) {
    end_awaited(*child, why);
  } else if (child->state == child_state::starting) {
    end_starting(*child, std::move(why));
  } else {
    table_.set_ended(*child, std::move(why));
    inbox_.emplace_back(exit_item{who});
  }
  settle();
}

void supervision_machine::on_retry(child_ref who, base::moment now) {
  now_ = now;
  if (stopping_)
    return;
  inbox_.emplace_back(retry_item{who});
  settle();
}

void supervision_machine::on_command(call_id call, command wanted, base::moment now) {
  now_ = now;
  if (stopping_)
    return answer(call, {answer_code::stopping, {}, {}});
  if (commands_ == calls_max)
    return answer(call, {answer_code::too_many_calls, {}, {}});
  inbox_.emplace_back(command_item{call, std::move(wanted)});
  ++commands_;
  settle();
}

void supervision_machine::on_stop(end_reason why, base::moment now) {
  now_ = now;
  shut_down(std::move(why));
}

action supervision_machine::next_action() {
  CAFNODE_INVARIANT(!actions_.empty(), "no action is left");
  auto next = std::move(actions_.front());
  actions_.pop_front();
  return next;
}

children_page supervision_machine::page(const which_children& wanted) const {
  children_page out;
  const auto limit = std::clamp<std::size_t>(wanted.limit, 1, which_children::page_max);
  const auto& records = table_.records();
  auto at = records.upper_bound(wanted.after);
  for (; at != records.end() && out.lines.size() < limit; ++at) {
    const auto& child = at->second;
    out.lines.push_back({child.spec.id, child.state, child.spec.type, child.incarnation, child.restarts});
    out.next = at->first;
  }
  if (at == records.end())
    out.next = 0;
  return out;
}

children_count supervision_machine::count() const {
  auto out = table_.count();
  if (is_simple())
    out.specs = 1;
  return out;
}

slot_key supervision_machine::subject_of(const inbox_item& item) {
  if (const auto* exit = std::get_if<exit_item>(&item))
    return exit->who.slot;
  if (const auto* retry = std::get_if<retry_item>(&item))
    return retry->who.slot;
  const auto* waiting = std::get_if<command_item>(&item);
  if (!waiting)
    return 0;
  const auto id_of = [](const auto& wanted) -> const std::string& {
    if constexpr (requires { wanted.spec; })
      return wanted.spec.id;
    else
      return wanted.id;
  };
  const auto* child = table_.find(std::visit(id_of, waiting->wanted));
  return child ? child->slot : 0;
}

bool supervision_machine::may_run(const inbox_item& item) {
  if (is_exclusive())
    return false;
  if (!is_independent(flags_.strategy))
    return jobs_.empty();
  const auto* child = table_.find(subject_of(item));
  return !child || child->job == 0;
}

void supervision_machine::settle() {
  std::size_t at = 0;
  while (at < inbox_.size()) {
    if (may_run(inbox_[at])) {
      auto item = std::move(inbox_[at]);
      inbox_.erase(inbox_.begin() + static_cast<std::ptrdiff_t>(at));
      run(std::move(item));
      at = 0;
    } else if (is_exclusive() || !is_independent(flags_.strategy)) {
      return; // all of them wait for the same
    } else {
      ++at; // only commands stay behind: their number is bounded
    }
  }
}

void supervision_machine::run(inbox_item item) {
  if (const auto* exit = std::get_if<exit_item>(&item)) {
    auto* child = table_.find(exit->who);
    if (child && child->ended)
      fail(*child);
  } else if (const auto* retry = std::get_if<retry_item>(&item)) {
    auto* child = table_.find(retry->who);
    if (child && child->state == child_state::waiting && !child->delayed)
      restart(*child, end_reason{child->last});
  } else if (std::holds_alternative<group_due_item>(item)) {
    on_group_due();
  } else {
    --commands_;
    auto& waiting = std::get<command_item>(item);
    std::visit([&](auto& wanted) { execute(waiting.call, std::move(wanted)); }, waiting.wanted);
  }
}

void supervision_machine::note(transition what, const child_record& child, const end_reason& why,
                               base::duration delay) {
  event happened;
  happened.what = what;
  happened.child = child.spec.id;
  happened.incarnation = child.incarnation;
  happened.type = child.spec.type;
  happened.state = child.state;
  happened.at = now_;
  happened.reason = why.code;
  happened.reason_text = why.text;
  happened.delay = std::chrono::ceil<std::chrono::milliseconds>(delay);
  happened.restarts_in_window = window_.count(now_.steady);
  happened.intensity = flags_.intensity;
  happened.restarts_total = child.restarts;
  happened.strategy = flags_.strategy;
  actions_.emplace_back(publish_event{std::move(happened)});
}

void supervision_machine::note(transition what, const end_reason& why) {
  event happened;
  happened.what = what;
  happened.type = child_type::supervisor;
  happened.state = ended_ ? child_state::stopped : stopping_ ? child_state::stopping : child_state::running;
  happened.at = now_;
  happened.reason = why.code;
  happened.reason_text = why.text;
  happened.restarts_in_window = window_.count(now_.steady);
  happened.intensity = flags_.intensity;
  happened.strategy = flags_.strategy;
  actions_.emplace_back(publish_event{std::move(happened)});
}

void supervision_machine::answer(std::optional<call_id> call, call_answer given) {
  if (call)
    actions_.emplace_back(answer_call{*call, std::move(given)});
}

void supervision_machine::drop(child_record& child) {
  table_.set_state(child, child_state::gone);
  note(transition::child_deleted, child);
  table_.remove(child.slot);
}

} // namespace cafnode::supervision
