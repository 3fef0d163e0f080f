// Hot change: from what is to what is wanted, by a plan, and back again when a child of it does not start.
#include "supervisors/change_work.hpp"
#include "supervisors/plan_check.hpp"
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cafnode::supervision {

namespace {

bool is_start(change_kind kind) {
  return kind == change_kind::restart || kind == change_kind::renew || kind == change_kind::start;
}

} // namespace

void supervision_machine::execute(call_id call, change_specs& wanted) {
  if (const auto faults = check_plan(wanted.flags, wanted.children); !faults.empty())
    return answer(call, {answer_code::invalid_spec, {}, describe(faults)});
  if ((wanted.flags.strategy == strategy::simple_one_for_one) != is_simple())
    return answer(call, {answer_code::invalid_spec,
                         {},
                         "a supervisor is simple_one_for_one from its start to its end; replace it in its own parent"});
  begin_change(call, wanted);
}

std::vector<current_child> supervision_machine::current() const {
  if (is_simple())
    return {{*template_, false}};
  std::vector<current_child> out;
  for (const auto slot : table_.slots()) {
    const auto* child = table_.find(slot);
    out.push_back({child->spec(), child->state() == child_state::running});
  }
  return out;
}

void supervision_machine::begin_change(call_id call, change_specs& wanted) {
  if (is_simple())
    wanted.children.front().id = template_->id; // it is the one template, whatever it is called
  auto old = current();
  auto plan = std::make_shared<const change_plan>(plan_change(flags_, old, wanted.flags, wanted.children));
  if (wanted.only_show)
    return answer(call, {answer_code::ok, {}, {}, std::move(plan)});
  change_ = std::make_unique<change_work>();
  change_->call = call;
  change_->plan = std::move(plan);
  change_->flags = std::move(wanted.flags);
  change_->children = std::move(wanted.children);
  change_->old_flags = flags_;
  change_->old_children = std::move(old);
  change_->left_stopped = those_left_stopped();
  if (is_simple())
    return change_template();
  std::vector<slot_key> stop;
  for (const auto& step : change_->plan->steps) {
    const auto* child = table_.find(step.child);
    // One that waits goes on waiting until the change is known to hold.
    const bool stops = step.kind == change_kind::stop && child->state() != child_state::waiting;
    if (stops || step.kind == change_kind::restart)
      stop.push_back(child->slot);
  }
  std::ranges::sort(stop, {}, [this](slot_key slot) { return table_.find(slot)->order; });
  open({.kind = job_kind::change_stop, .stop = std::move(stop)});
}

/// The instances go on with what they run; the new template counts from their next end or start on.
void supervision_machine::change_template() {
  template_ = change_->children.front();
  use_flags(change_->flags);
  for (const auto slot : table_.slots()) {
    auto* child = table_.find(slot);
    auto spec = *template_;
    spec.id = child->id;
    if (child->own_start)
      spec.start = child->start;
    change_child(*child, std::move(spec));
  }
  end_change();
}

/// What runs is watched by the new limits from now on.
void supervision_machine::change_child(child_record& child, child_spec spec) {
  const auto old = child.options ? *child.options : child_options{};
  table_.change(child, std::move(spec));
  if (!runs_on(child.phase))
    return;
  const auto now = child.options ? *child.options : child_options{};
  const auto watch = [&](timer_purpose purpose, const auto& before, const auto& after) {
    if (before != after)
      after ? arm(purpose, child.slot, *after) : cancel(purpose, child.slot);
  };
  if (!child.is_ready())
    return watch(timer_purpose::start, old.start_within, now.start_within);
  watch(timer_purpose::progress, old.progress_within, now.progress_within);
  if (child.circuit == circuit_state::half_open) {
    const auto left = healthy_after(child, flags_.circuit.healthy_after) - (now_.steady - child.ready_since);
    arm(timer_purpose::health, child.slot, std::max(left, base::duration{}));
  }
}

void supervision_machine::on_change_stopped() {
  auto& work = *change_;
  std::vector<child_spec> wanted;
  if (work.undoing)
    for (const auto& old : work.old_children)
      wanted.push_back(old.spec);
  use_flags(work.undoing ? work.old_flags : work.flags);
  take_specs(work.undoing ? wanted : work.children);
  auto start = work.undoing ? those_that_ran() : those_to_start();
  open({.kind = job_kind::change_start, .start = std::move(start)});
}

/// Makes the table what `wanted` says. What is not in it runs no more; it stays behind the others until it is known
/// that nothing has to be undone.
void supervision_machine::take_specs(const std::vector<child_spec>& wanted) {
  std::vector<slot_key> order;
  for (const auto& spec : wanted) {
    auto* child = table_.find(spec.id);
    if (child)
      change_child(*child, spec);
    else
      note(transition::child_added, *(child = &table_.add(spec)));
    order.push_back(child->slot);
  }
  const std::unordered_set<slot_key> stays{order.begin(), order.end()};
  for (const auto slot : table_.slots()) {
    if (stays.contains(slot))
      continue;
    if (change_->undoing) {
      drop(*table_.find(slot));
    } else {
      change_->removed.push_back(slot);
      order.push_back(slot);
    }
  }
  table_.reorder(order);
}

std::vector<slot_key> supervision_machine::those_to_start() {
  std::vector<slot_key> out;
  for (const auto& step : change_->plan->steps) {
    const auto* child = table_.find(step.child);
    if (is_start(step.kind))
      out.push_back(child->slot);
    else if (step.kind == change_kind::change_in_place)
      note(transition::child_changed, *child, {process::reason_code::normal, step.why});
  }
  return out;
}

std::vector<slot_key> supervision_machine::those_that_ran() {
  std::vector<slot_key> out;
  for (const auto& old : change_->old_children)
    if (const auto* child = table_.find(old.spec.id); child && old.runs && child->state() != child_state::running)
      out.push_back(child->slot);
  return out;
}

void supervision_machine::undo_change(child_record& failed, const end_reason& why) {
  auto& work = *change_;
  if (work.undoing) { // the old one does not come up again either: that is a failed restart like any other
    work.lost.push_back(failed.slot);
    auto rest = those_that_ran();
    std::erase_if(rest, [&](slot_key slot) { return std::ranges::find(work.begun, slot) != work.begun.end(); });
    open({.kind = job_kind::change_start, .start = std::move(rest)});
    return;
  }
  work.undoing = true;
  work.failed = failed.id;
  work.why = why;
  auto stop = std::exchange(work.begun, {});
  std::erase(stop, failed.slot);
  open({.kind = job_kind::change_stop, .stop = std::move(stop)});
}

void supervision_machine::end_change() {
  const auto work = std::move(change_);
  if (!work->undoing) {
    settle_change(*work);
    if (work->plan->changes())
      note(transition::change_applied);
    return answer(work->call, {answer_code::ok, {}, {}, work->plan});
  }
  auto text = fmt::format("{} did not start: {}", work->failed,
                          work->why.text.empty() ? process::to_string(work->why.code) : work->why.text);
  note(transition::change_undone, make_end_reason(work->why.code, text));
  answer(work->call, {answer_code::undone, {}, std::move(text), work->plan});
  for (const auto slot : work->lost) {
    auto* child = table_.find(slot);
    if (!child)
      continue;
    if (child->restart == restart_type::temporary || is_simple()) {
      drop(*child);
      continue;
    }
    table_.set_phase(*child, child_phase::waiting_for_turn);
    inbox_.push(retry_item{child->ref()}); // one after the other, as after any failed restart
  }
}

/// Nothing has to be undone any more.
void supervision_machine::settle_change(const change_work& work) {
  for (const auto slot : work.removed) {
    auto* child = table_.find(slot);
    if (child->state() == child_state::waiting)
      stop_waiting(*child, 0);
    drop(*child);
  }
  const auto changed = [&](const char* what) {
    return std::ranges::find(work.plan->flags, what) != work.plan->flags.end();
  };
  const bool pacing = changed("pacing");
  const bool circuit = changed("circuit");
  if (!pacing && !circuit)
    return;
  for (const auto slot : table_.slots()) { // another back-off starts over
    auto* child = table_.find(slot);
    if (pacing && child->trouble)
      child->trouble->pace.reset();
    if (circuit && child->trouble)
      child->trouble->circuit_pace.reset();
  }
}

/// Those that are stopped until one of their group, which did not start, is tried again.
std::vector<slot_key> supervision_machine::those_left_stopped() const {
  std::vector<slot_key> out;
  if (is_independent(flags_.strategy))
    return out;
  for (const auto slot : table_.slots()) {
    const auto* tried = table_.find(slot);
    if (tried->phase != child_phase::waiting_for_turn)
      continue;
    for (const auto next : plan_restart(flags_.strategy, table_, *tried).start)
      if (table_.find(next)->state() == child_state::stopped)
        out.push_back(next);
  }
  return out;
}

/// Where there is no group any more they come up by themselves, by a timer that use_flags arms.
void supervision_machine::part_group() {
  for (const auto slot : change_->left_stopped)
    if (auto* child = table_.find(slot); child && child->state() == child_state::stopped) {
      table_.set_phase(*child, child_phase::waiting_for_time);
    }
}

void supervision_machine::use_flags(supervisor_flags flags) {
  const bool was_independent = is_independent(flags_.strategy);
  if (!was_independent && is_independent(flags.strategy))
    part_group();
  flags_ = std::move(flags);
  budgets_.change(flags_);
  forget_paces();
  if (was_independent != is_independent(flags_.strategy))
    wait_anew();
}

/// How long children have waited by flags that are no more.
void supervision_machine::forget_paces() {
  const auto& changed = change_->plan->flags;
  const auto has = [&](const char* what) { return std::ranges::find(changed, what) != changed.end(); };
  const bool pacing = has("pacing");
  const bool circuit = has("circuit");
  if (!pacing && !circuit)
    return;
  for (const auto slot : table_.slots()) {
    auto& trouble = table_.find(slot)->trouble;
    if (trouble && pacing)
      trouble->pace.reset();
    if (trouble && circuit)
      trouble->circuit_pace.reset();
  }
}

/// The strategy is of the other kind now: those that wait go on waiting, together or each alone, for a first wait.
void supervision_machine::wait_anew() {
  const base::duration first = flags_.pacing ? base::duration{flags_.pacing->backoff.first} : base::duration{};
  if (std::exchange(group_due_, std::nullopt))
    cancel(timer_purpose::group_delay, 0);
  for (const auto slot : table_.slots()) {
    const auto* child = table_.find(slot);
    if (child->phase != child_phase::waiting_for_time)
      continue;
    const auto open = child->circuit == circuit_state::open ? base::duration{flags_.circuit.open.first} : first;
    const auto wait = asked_wait(*child) + std::max(first, open);
    if (is_independent(flags_.strategy)) {
      arm(timer_purpose::delay, slot, wait);
      continue;
    }
    cancel(timer_purpose::delay, slot);
    group_due_ = std::max(group_due_.value_or(now_.steady), now_.steady + wait);
    arm(timer_purpose::group_delay, 0, *group_due_ - now_.steady);
  }
}

} // namespace cafnode::supervision
