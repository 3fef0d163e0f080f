#include "supervisors/restarts.hpp"

#include "supervisors/restart_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

// -- failures ---------------------------------------------------------------------------------------------------------

consequence restarts::on_end(child_record& child) {
  const auto why = std::exchange(child.trouble->pending, {});
  child.last = why.code;
  child.trouble->last_text = why.text;
  judge_health(child);
  on_.children.set_phase(child, child_phase::stopped);
  on_.heard.tell(transition::child_ended, child, why);
  on_.out.push(release_process{child.ref()});
  const bool rests =
      child.restart == restart_type::temporary || (child.restart == restart_type::transient && is_orderly(why));
  return rests ? rest(child) : restart(child, why, false);
}

consequence restarts::rest(child_record& child) {
  const bool significant = child.significant;
  if (is_forgotten(on_.flags.strategy, child))
    on_.driver.drop(child);
  return {.end = auto_shutdown_of(significant)};
}

std::optional<end_reason> restarts::auto_shutdown_of(bool significant) const {
  if (!significant || on_.flags.auto_shutdown == auto_shutdown::never)
    return std::nullopt;
  const auto matters = [this](slot_key slot) {
    const auto* child = on_.children.find(slot);
    return child->significant && child->phase != child_phase::stopped;
  };
  if (on_.flags.auto_shutdown == auto_shutdown::all_significant && std::ranges::any_of(on_.children.slots(), matters))
    return std::nullopt;
  return make_end_reason(process::reason_code::shutdown, "its significant children have ended");
}

/// A child that was ready for long enough before it failed begins its waits anew.
void restarts::judge_health(child_record& child) const {
  if (!child.is_ready() || !on_.flags.pacing || !child.trouble->pace)
    return;
  if (on_.now.steady - child.ready_since >= child.healthy_after(on_.flags.pacing->healthy_after))
    child.trouble->pace->reset();
}

consequence restarts::on_failed_start(child_record* first, child_record& child, const end_reason& why) {
  if (child.restart == restart_type::temporary)
    return go_on_without(child);
  // A group restart ends at a child that does not start: it is now the one that waits, not the one that failed first.
  if (first && first != &child && first->state() == child_state::waiting)
    on_.children.set_phase(*first, child_phase::stopped);
  if (on_.flags.pacing)
    return restart(child, why, true);
  on_.children.set_phase(child, child_phase::waiting_for_turn);
  on_.heard.tell(transition::restart_scheduled, child, why);
  on_.out.push(retry_later{child.ref()});
  return {};
}

consequence restarts::again(child_record& child) {
  return restart(child, child.last_end(), true);
}

/// `again`: its start failed, so that what was to be started after it is not there either.
consequence restarts::restart(child_record& child, const end_reason& why, bool again) {
  on_.away.attempt(child, why);
  auto& trouble = *child.trouble;
  trouble.not_before.reset();
  if (why.retry_after > why.retry_after.zero())
    trouble.not_before = on_.now.steady + std::min(why.retry_after, retry_after_max);
  if (child.circuit == circuit_state::half_open && on_.budgets.after(why.code) == exhausted::open_circuit)
    return {.work = reopen(child, why, false)};
  if (const auto verdict = on_.budgets.record(why.code, trouble, on_.now.steady); !verdict.allowed)
    return over_budget(child, why, verdict, again);
  return {.work = schedule(child, delay_of(child))};
}

consequence restarts::over_budget(child_record& child, const end_reason& why, const restart_counts::verdict& found,
                                  bool again) {
  switch (found.then) {
  case exhausted::escalate:
    return give_up(child, why, found);
  case exhausted::stop_child:
    return stop_for_good(child, why, again);
  case exhausted::open_circuit:
    return {.work = reopen(child, why, true)};
  }
  return {};
}

consequence restarts::give_up(child_record& child, const end_reason& why, const restart_counts::verdict& found) {
  on_.heard.tell(transition::intensity_exceeded, child, why);
  auto text = fmt::format("more than {} restarts in {} ms; the last of {}: {}", found.intensity, found.period.count(),
                          child.id, why.text.empty() ? process::to_string(why.code) : why.text);
  on_.children.set_phase(child, child_phase::stopped);
  if (on_.flags.strategy == strategy::simple_one_for_one)
    on_.driver.drop(child);
  return {.end = make_end_reason(process::reason_code::shutdown, std::move(text), why.retry_after)};
}

consequence restarts::stop_for_good(child_record& child, const end_reason& why, bool again) {
  on_.children.set_phase(child, child_phase::stopped);
  on_.heard.tell(transition::budget_exhausted, child, why);
  outages::call_off(child);
  if (again)
    return go_on_without(child);
  if (on_.flags.strategy == strategy::simple_one_for_one)
    on_.driver.drop(child);
  return {};
}

/// Its start failed and is not tried again: those of its group that were to follow are started without it.
consequence restarts::go_on_without(child_record& child) {
  auto others = plan_restart(on_.flags.strategy, on_.children, child).start;
  std::erase(others, child.slot);
  if (is_forgotten(on_.flags.strategy, child))
    on_.driver.drop(child);
  if (others.empty())
    return {};
  return {.work = job{.kind = job_kind::restart, .start = std::move(others)}};
}

job restarts::reopen(child_record& child, const end_reason& why, bool first) {
  if (first)
    on_.heard.tell(transition::budget_exhausted, child, why);
  child.circuit = circuit_state::open;
  auto& pace = child.trouble->circuit_pace;
  if (!pace)
    pace.emplace(on_.flags.circuit.open);
  const auto asked = asked_wait(child);
  return schedule(child, asked + pace->next(chance_));
}

/// Stops and starts what the strategy says, `delay` in between.
job restarts::schedule(child_record& child, std::optional<base::duration> delay) {
  const bool joins = joins_waiting();
  on_.children.set_phase(child, child_phase::waiting_for_turn);
  if (joins && !delay)
    delay = base::duration{}; // no longer than the others, and no shorter
  auto plan = plan_restart(on_.flags.strategy, on_.children, child);
  return {.kind = job_kind::restart,
          .stop = std::move(plan.stop),
          .start = std::move(plan.start),
          .delay = delay,
          .subject = child.slot};
}

/// Whether others of its group wait, which a failure must not bring back earlier. If none does, what they waited for is
/// over.
bool restarts::joins_waiting() {
  if (!group_.is_on())
    return false;
  const auto waits = [this](slot_key slot) { return on_.children.find(slot)->phase == child_phase::waiting_for_time; };
  if (std::ranges::any_of(on_.children.slots(), waits))
    return true;
  forget_group_wait();
  return false;
}

/// What a child asked for comes first, and its back-off after it: those that asked for the same do not come back in
/// step.
std::optional<base::duration> restarts::delay_of(child_record& child) {
  if (!on_.flags.pacing)
    return std::nullopt;
  auto& pace = child.trouble->pace;
  if (!pace)
    pace.emplace(on_.flags.pacing->backoff);
  return asked_wait(child) + pace->next(chance_);
}

/// How long the child wants to be left alone still.
base::duration restarts::asked_wait(const child_record& child) const {
  if (!child.trouble || !child.trouble->not_before)
    return base::duration{};
  return std::max(base::duration{}, *child.trouble->not_before - on_.now.steady);
}

// -- waits ------------------------------------------------------------------------------------------------------------

void restarts::wait(const job& paced) {
  const bool alone = is_independent(on_.flags.strategy);
  auto shown = *paced.delay;
  if (!alone) {
    shown = group_.join(on_.now.steady, shown);
    on_.out.arm(timer_purpose::group_delay, 0, shown);
  }
  for (const auto slot : paced.start) {
    auto* child = on_.children.find(slot);
    if (!child || (child->state() != child_state::stopped && child->state() != child_state::waiting))
      continue;
    on_.children.set_phase(*child, child_phase::waiting_for_time);
    if (alone)
      on_.out.arm(timer_purpose::delay, slot, shown);
    const bool opens = child->circuit == circuit_state::open;
    on_.heard.tell(opens ? transition::circuit_opened : transition::restart_scheduled, *child, child->last_end(),
                   shown);
  }
}

job restarts::end_wait(child_record& child) {
  on_.out.cancel(timer_purpose::delay, child.slot); // a hot change may have armed it again
  on_.children.set_phase(child, child_phase::waiting_for_turn);
  return {.kind = job_kind::restart, .start = {child.slot}};
}

std::optional<job> restarts::end_group_wait() {
  if (!group_.is_on())
    return std::nullopt;
  if (const auto left = group_.left(on_.now.steady); left > left.zero()) {
    on_.out.arm(timer_purpose::group_delay, 0, left); // a later failure moved it, or the timer's clock is not ours
    return std::nullopt;
  }
  forget_group_wait(); // and its timer: that of a wait that joined when this one was over already
  auto plan = plan_group_return(on_.flags.strategy, on_.children);
  if (plan.start.empty())
    return std::nullopt;
  for (const auto slot : plan.start)
    if (auto* child = on_.children.find(slot); child->phase == child_phase::waiting_for_time)
      on_.children.set_phase(*child, child_phase::waiting_for_turn);
  return job{.kind = job_kind::restart, .stop = std::move(plan.stop), .start = std::move(plan.start)};
}

void restarts::forget_wait(child_record& child) {
  if (child.phase != child_phase::waiting_for_time)
    return;
  on_.children.set_phase(child, child_phase::waiting_for_turn);
  if (is_independent(on_.flags.strategy))
    on_.out.cancel(timer_purpose::delay, child.slot);
}

void restarts::call_off(child_record& child, bool comes_back) {
  forget_wait(child);
  on_.children.set_phase(child, child_phase::stopped);
  if (!comes_back)
    outages::call_off(child);
  on_.heard.tell(transition::child_stopped, child, child.last_end());
}

void restarts::forget_group_wait() {
  if (group_.end())
    on_.out.cancel(timer_purpose::group_delay, 0);
}

// -- health and change ------------------------------------------------------------------------------------------------

void restarts::healthy(child_record& child) {
  const bool is_up = child.phase == child_phase::ready || child.phase == child_phase::ready_doomed;
  if (!is_up || child.circuit != circuit_state::half_open)
    return;
  child.circuit = circuit_state::closed;
  child.trouble->circuit_pace.reset();
  child.trouble->windows.clear();
  on_.heard.tell(transition::circuit_closed, child);
}

void restarts::forget_paces(bool pacing, bool circuit) {
  if (!pacing && !circuit)
    return;
  for (const auto slot : on_.children.slots()) {
    auto& trouble = on_.children.find(slot)->trouble;
    if (trouble && pacing)
      trouble->pace.reset();
    if (trouble && circuit)
      trouble->circuit_pace.reset();
  }
}

void restarts::wait_anew() {
  const auto& flags = on_.flags;
  const base::duration first = flags.pacing ? base::duration{flags.pacing->backoff.first} : base::duration{};
  forget_group_wait();
  for (const auto slot : on_.children.slots()) {
    const auto* child = on_.children.find(slot);
    if (child->phase != child_phase::waiting_for_time)
      continue;
    const auto open = child->circuit == circuit_state::open ? base::duration{flags.circuit.open.first} : first;
    const auto wait = asked_wait(*child) + std::max(first, open);
    if (is_independent(flags.strategy)) {
      on_.out.arm(timer_purpose::delay, slot, wait);
      continue;
    }
    on_.out.cancel(timer_purpose::delay, slot);
    const auto all = group_.join(on_.now.steady, wait);
    on_.out.arm(timer_purpose::group_delay, 0, all);
  }
}

} // namespace cafnode::supervision
