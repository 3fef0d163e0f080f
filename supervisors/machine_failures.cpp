// What follows when a child ends by itself: restarts by strategy, pacing, giving up, auto_shutdown.
#include "supervisors/restart_plan.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

void supervision_machine::fail(child_record& child) {
  const auto why = std::move(*child.ended);
  table_.set_ended(child, std::nullopt);
  child.last = why;
  table_.set_state(child, child_state::stopped);
  note(transition::child_ended, child, why);
  actions_.emplace_back(release_process{child.ref()});
  const auto type = child.spec.restart;
  if (type == restart_type::temporary || (type == restart_type::transient && is_orderly(why)))
    rest(child);
  else
    restart(child, why);
}

void supervision_machine::rest(child_record& child) {
  const bool significant = child.spec.significant;
  if (child.spec.restart == restart_type::temporary || is_simple())
    drop(child);
  check_auto_shutdown(significant);
}

void supervision_machine::check_auto_shutdown(bool significant) {
  if (!significant || flags_.auto_shutdown == auto_shutdown::never)
    return;
  const auto matters = [](const auto& entry) {
    return entry.second.spec.significant && entry.second.state != child_state::stopped;
  };
  if (flags_.auto_shutdown == auto_shutdown::all_significant && std::ranges::any_of(table_.records(), matters))
    return;
  shut_down(make_end_reason(process::reason_code::shutdown, "its significant children have ended"));
}

bool supervision_machine::counts(const end_reason& why) const {
  return std::ranges::find(flags_.uncounted, why.code) == flags_.uncounted.end();
}

std::optional<base::duration> supervision_machine::delay_of(child_record& child) {
  if (!flags_.pacing)
    return std::nullopt;
  if (!child.pace)
    child.pace.emplace(flags_.pacing->backoff);
  const auto up_since = std::exchange(child.up_since, std::nullopt);
  if (up_since && now_.steady - *up_since >= flags_.pacing->healthy_after)
    child.pace->reset();
  return child.pace->next(chance_);
}

void supervision_machine::restart(child_record& child, const end_reason& why) {
  if (counts(why) && window_.record(now_.steady) == restart_verdict::give_up)
    return give_up(child, why);
  const auto delay = delay_of(child);
  table_.set_state(child, child_state::waiting);
  auto plan = plan_restart(flags_.strategy, table_, child.slot);
  open({.kind = job_kind::restart,
        .stop = std::move(plan.stop),
        .start = std::move(plan.start),
        .delay = delay,
        .subject = child.slot});
}

void supervision_machine::give_up(child_record& child, const end_reason& why) {
  note(transition::intensity_exceeded, child, why);
  auto text = fmt::format("more than {} restarts in {} ms; the last of {}: {}", flags_.intensity, flags_.period.count(),
                          child.spec.id, why.text.empty() ? process::to_string(why.code) : why.text);
  table_.set_state(child, child_state::stopped);
  if (is_simple())
    drop(child);
  shut_down(make_end_reason(process::reason_code::shutdown, std::move(text)));
}

void supervision_machine::wait_for(const job& paced) {
  const auto& delay = *paced.delay;
  auto shown = delay;
  if (!is_independent(flags_.strategy)) {
    // A failure that joins a waiting group never brings the others back earlier.
    group_due_ = std::max(group_due_.value_or(now_.steady), now_.steady + delay);
    shown = *group_due_ - now_.steady;
    actions_.emplace_back(arm_timer{{timer_purpose::group_delay, 0}, shown});
  }
  for (const auto slot : paced.start) {
    auto* child = table_.find(slot);
    if (!child || (child->state != child_state::stopped && child->state != child_state::waiting))
      continue;
    table_.set_state(*child, child_state::waiting);
    child->delayed = true;
    if (is_independent(flags_.strategy))
      actions_.emplace_back(arm_timer{{timer_purpose::delay, slot}, shown});
    note(transition::restart_scheduled, *child, child->last, shown);
  }
}

void supervision_machine::start_waiting(std::vector<slot_key> start) {
  for (const auto slot : start)
    table_.find(slot)->delayed = false;
  open({.kind = job_kind::restart, .start = std::move(start)});
}

void supervision_machine::on_group_due() {
  if (!group_due_ || *group_due_ > now_.steady)
    return; // a later failure joined and moved it
  group_due_.reset();
  std::vector<slot_key> start;
  for (const auto& [slot, child] : table_.records())
    if (child.state == child_state::waiting && child.delayed)
      start.push_back(slot);
  start_waiting(std::move(start));
}

} // namespace cafnode::supervision
