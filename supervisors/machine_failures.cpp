// What follows when a child ends by itself: restarts by strategy, budgets, circuits, giving up, auto_shutdown.
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cafnode::supervision {

void supervision_machine::fail(child_record& child) {
  const auto why = std::exchange(child.trouble->pending, {});
  child.last = why.code;
  child.trouble->last_text = why.text;
  judge_health(child);
  table_.set_phase(child, child_phase::stopped);
  note(transition::child_ended, child, why);
  actions_.push(release_process{child.ref()});
  if (child.restart == restart_type::temporary || (child.restart == restart_type::transient && is_orderly(why)))
    rest(child);
  else
    restart(child, why);
}

void supervision_machine::rest(child_record& child) {
  const bool significant = child.significant;
  if (child.restart == restart_type::temporary || is_simple())
    drop(child);
  check_auto_shutdown(significant);
}

void supervision_machine::check_auto_shutdown(bool significant) {
  if (!significant || flags_.auto_shutdown == auto_shutdown::never)
    return;
  const auto matters = [this](slot_key slot) {
    const auto* child = table_.find(slot);
    return child->significant && child->state() != child_state::stopped;
  };
  if (flags_.auto_shutdown == auto_shutdown::all_significant && std::ranges::any_of(table_.slots(), matters))
    return;
  shut_down(make_end_reason(process::reason_code::shutdown, "its significant children have ended"));
}

base::duration supervision_machine::healthy_after(const child_record& child, base::duration otherwise) const {
  return child.options && child.options->healthy_after ? *child.options->healthy_after : otherwise;
}

/// A child that was ready for long enough before it failed begins its waits anew.
void supervision_machine::judge_health(child_record& child) {
  if (!child.is_ready() || !child.trouble)
    return;
  const auto was_ready = now_.steady - child.ready_since;
  if (flags_.pacing && child.trouble->pace && was_ready >= healthy_after(child, flags_.pacing->healthy_after))
    child.trouble->pace->reset();
}

/// What a child asked for comes first, and its back-off after it: those that asked for the same do not come back in
/// step.
std::optional<base::duration> supervision_machine::delay_of(child_record& child) {
  if (!flags_.pacing)
    return std::nullopt;
  auto& pace = child.troubles().pace;
  if (!pace)
    pace.emplace(flags_.pacing->backoff);
  return asked_wait(child) + pace->next(chance_);
}

/// How long the child wants to be left alone still.
base::duration supervision_machine::asked_wait(const child_record& child) const {
  if (!child.trouble || !child.trouble->not_before)
    return base::duration{};
  return std::max(base::duration{}, *child.trouble->not_before - now_.steady);
}

/// `again`: its start failed, so that what was to be started after it is not there either.
void supervision_machine::restart(child_record& child, const end_reason& why, bool again) {
  auto& trouble = child.troubles();
  if (!trouble.down)
    trouble.down = downtime{now_.steady, child.incarnation, why, 0};
  ++trouble.down->attempts;
  trouble.not_before.reset();
  if (why.retry_after > why.retry_after.zero())
    trouble.not_before = now_.steady + std::min(why.retry_after, retry_after_max);
  if (child.circuit == circuit_state::half_open && budgets_.after(why.code) == exhausted::open_circuit)
    return reopen(child, why, false);
  if (const auto verdict = budgets_.record(why.code, trouble, now_.steady); !verdict.allowed)
    return over_budget(child, why, verdict, again);
  schedule(child, delay_of(child));
}

/// Stops and starts what the strategy says, `delay` in between.
void supervision_machine::schedule(child_record& child, std::optional<base::duration> delay) {
  const bool joins = joins_waiting();
  table_.set_phase(child, child_phase::waiting_for_turn);
  if (joins && !delay)
    delay = base::duration{}; // no longer than the others, and no shorter
  auto plan = plan_restart(flags_.strategy, table_, child);
  open({.kind = job_kind::restart,
        .stop = std::move(plan.stop),
        .start = std::move(plan.start),
        .delay = delay,
        .subject = child.slot});
}

/// Whether others of its group wait, which a failure must not bring back earlier. If none does, what they waited for is
/// over.
bool supervision_machine::joins_waiting() {
  if (!group_due_)
    return false;
  const auto waits = [this](slot_key slot) { return table_.find(slot)->phase == child_phase::waiting_for_time; };
  if (std::ranges::any_of(table_.slots(), waits))
    return true;
  group_due_.reset();
  cancel(timer_purpose::group_delay, 0);
  return false;
}

void supervision_machine::over_budget(child_record& child, const end_reason& why, const budget_book::verdict& found,
                                      bool again) {
  switch (found.then) {
  case exhausted::escalate:
    return give_up(child, why, found);
  case exhausted::stop_child:
    return stop_for_good(child, why, again);
  case exhausted::open_circuit:
    return reopen(child, why, true);
  }
}

void supervision_machine::reopen(child_record& child, const end_reason& why, bool first) {
  if (first)
    note(transition::budget_exhausted, child, why);
  child.circuit = circuit_state::open;
  auto& pace = child.troubles().circuit_pace;
  if (!pace)
    pace.emplace(flags_.circuit.open);
  schedule(child, asked_wait(child) + pace->next(chance_));
}

void supervision_machine::stop_for_good(child_record& child, const end_reason& why, bool again) {
  table_.set_phase(child, child_phase::stopped);
  note(transition::budget_exhausted, child, why);
  child.trouble->down.reset();
  if (again)
    return go_on_without(child);
  if (is_simple())
    drop(child);
}

/// Its start failed and is not tried again: those of its group that were to follow are started without it.
void supervision_machine::go_on_without(child_record& child) {
  auto others = plan_restart(flags_.strategy, table_, child).start;
  std::erase(others, child.slot);
  if (child.restart == restart_type::temporary || is_simple())
    drop(child);
  if (!others.empty())
    open({.kind = job_kind::restart, .start = std::move(others)});
}

void supervision_machine::give_up(child_record& child, const end_reason& why, const budget_book::verdict& found) {
  note(transition::intensity_exceeded, child, why);
  auto text = fmt::format("more than {} restarts in {} ms; the last of {}: {}", found.intensity, found.period.count(),
                          child.id, why.text.empty() ? process::to_string(why.code) : why.text);
  table_.set_phase(child, child_phase::stopped);
  if (is_simple())
    drop(child);
  shut_down(make_end_reason(process::reason_code::shutdown, std::move(text), why.retry_after));
}

void supervision_machine::retry(child_record& child, const end_reason& why) {
  if (flags_.pacing)
    return restart(child, why, true);
  table_.set_phase(child, child_phase::waiting_for_turn);
  note(transition::restart_scheduled, child, why);
  actions_.push(retry_later{child.ref()});
}

void supervision_machine::wait_for(const job& paced) {
  const auto& delay = *paced.delay;
  auto shown = delay;
  if (!is_independent(flags_.strategy)) {
    // A failure that joins a waiting group never brings the others back earlier.
    group_due_ = std::max(group_due_.value_or(now_.steady), now_.steady + delay);
    shown = *group_due_ - now_.steady;
    arm(timer_purpose::group_delay, 0, shown);
  }
  for (const auto slot : paced.start) {
    auto* child = table_.find(slot);
    if (!child || (child->state() != child_state::stopped && child->state() != child_state::waiting))
      continue;
    table_.set_phase(*child, child_phase::waiting_for_time);
    if (is_independent(flags_.strategy))
      arm(timer_purpose::delay, slot, shown);
    const bool opens = child->circuit == circuit_state::open;
    note(opens ? transition::circuit_opened : transition::restart_scheduled, *child, child->last_end(), shown);
  }
}

void supervision_machine::start_waiting(std::vector<slot_key> start, std::vector<slot_key> stop) {
  for (const auto slot : start)
    if (auto* child = table_.find(slot); child->phase == child_phase::waiting_for_time)
      table_.set_phase(*child, child_phase::waiting_for_turn);
  open({.kind = job_kind::restart, .stop = std::move(stop), .start = std::move(start)});
}

void supervision_machine::on_group_due() {
  if (!group_due_)
    return;
  if (*group_due_ > now_.steady) // a later failure joined and moved it, or the timer's clock is not ours
    return arm(timer_purpose::group_delay, 0, *group_due_ - now_.steady);
  group_due_.reset();
  cancel(timer_purpose::group_delay, 0); // a wait that joined when this one was over already
  std::vector<slot_key> start;
  std::vector<slot_key> stop;
  for (const auto slot : table_.slots()) {
    const auto* child = table_.find(slot);
    const bool waits = child->phase == child_phase::waiting_for_time;
    // Started by hand while the group waited, so without those that it shares its fate with.
    const bool joins =
        child->state() == child_state::running && (flags_.strategy == strategy::one_for_all || !start.empty());
    if (waits || joins)
      start.push_back(slot);
    if (joins)
      stop.push_back(slot);
  }
  if (start.size() > stop.size())
    start_waiting(std::move(start), std::move(stop));
}

/// The one attempt of a half-open circuit has been healthy for long enough.
void supervision_machine::on_healthy(child_record& child) {
  if (child.circuit != circuit_state::half_open)
    return;
  child.circuit = circuit_state::closed;
  child.trouble->circuit_pace.reset();
  child.trouble->windows.clear();
  note(transition::circuit_closed, child);
}

/// Those that are up again: what was started last and, of a group, what an earlier attempt had started.
std::vector<slot_key> supervision_machine::those_back(const std::vector<slot_key>& started) const {
  if (is_independent(flags_.strategy))
    return started;
  const std::unordered_set<slot_key> now{started.begin(), started.end()};
  auto out = table_.slots();
  std::erase_if(out, [&](slot_key slot) {
    const auto* child = table_.find(slot);
    return !now.contains(slot) && !(child->trouble && child->trouble->down);
  });
  return out;
}

/// Tells of the restart that is done, if those that are back include one that had failed.
void supervision_machine::complete_restart(const std::vector<slot_key>& started) {
  record_.restarted.clear();
  record_.restarted_count = 0;
  record_.joined = 0;
  child_record* first = nullptr;
  const auto back = those_back(started);
  for (const auto slot : back) {
    auto* child = table_.find(slot);
    if (!child || !child->has_process())
      continue;
    if (++record_.restarted_count <= restart_record::restarted_max)
      record_.restarted.push_back(child->id);
    if (!child->trouble || !child->trouble->down)
      continue;
    record_.joined += first ? 1 : 0;
    if (!first || child->trouble->down->since < first->trouble->down->since)
      first = child;
  }
  if (first)
    tell_restart(*first);
  for (const auto slot : back)
    if (auto* child = table_.find(slot); child && child->trouble && child->state() != child_state::waiting)
      child->trouble->down.reset();
}

void supervision_machine::tell_restart(const child_record& failed) {
  const auto& down = *failed.trouble->down;
  const auto away = now_.steady - down.since;
  record_.child = failed.id;
  record_.incarnation = down.incarnation;
  record_.why = down.why;
  record_.failed_at = now_ + -away;
  record_.attempts = down.attempts;
  record_.away = std::chrono::ceil<std::chrono::milliseconds>(away);
  scratch_.record = &record_;
  note(transition::restart_completed, failed, record_.why);
  scratch_.record = nullptr;
}

} // namespace cafnode::supervision
