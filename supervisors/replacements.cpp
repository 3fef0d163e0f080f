#include "supervisors/replacements.hpp"

#include <utility>
#include <vector>

namespace cafnode::supervision {

// -- successors -------------------------------------------------------------------------------------------------------

void replacements::begin(child_record& child) {
  successors_[child.slot] = {++child.attempts};
  out_.push(start_process{{child.slot, child.attempts}});
}

bool replacements::is_successor(child_ref who) const {
  const auto found = successors_.find(who.slot);
  return found != successors_.end() && found->second.incarnation == who.incarnation;
}

bool replacements::may_take_over(child_ref who) const {
  return is_successor(who) && successors_.at(who.slot).phase == successor_phase::spawned;
}

void replacements::spawned(const child_record& child) {
  successors_.at(child.slot).phase = successor_phase::spawned;
  if (const auto limit = child.start_within())
    out_.arm(timer_purpose::successor, child.slot, *limit);
}

bool replacements::promote(child_record& child) {
  const auto next = successors_.extract(child.slot).mapped();
  const auto old = child.ref();
  driver_.unwatch(child);
  if (child.start_within())
    out_.cancel(timer_purpose::successor, child.slot);
  const bool killed = child.is_killed();
  if (killed)
    driver_.cancel_end_timer(child);
  const bool ended = child.has_ended();
  const auto why = child.trouble ? std::exchange(child.trouble->pending, {}) : end_reason{};
  driver_.take_over(child, next.incarnation);
  if (!ended) {
    retire(child, old, killed);
    return true;
  }
  heard_.tell_other(transition::child_ended, child, old.incarnation, why);
  out_.push(release_process{old});
  return false;
}

end_reason replacements::failed(child_record& child, end_reason why) {
  const auto next = successors_.extract(child.slot).mapped();
  if (next.phase == successor_phase::killed) {
    out_.cancel(timer_purpose::retire_stuck, child.slot);
    why = child.late_start();
  } else if (next.phase == successor_phase::spawned && child.start_within()) {
    out_.cancel(timer_purpose::successor, child.slot);
  }
  heard_.tell_other(transition::child_start_failed, child, next.incarnation, why);
  if (next.phase != successor_phase::called)
    out_.push(release_process{{child.slot, next.incarnation}});
  return why;
}

void replacements::successor_is_due(const child_record& child) {
  const auto found = successors_.find(child.slot);
  if (found == successors_.end() || found->second.phase != successor_phase::spawned)
    return;
  found->second.phase = successor_phase::killed;
  const child_ref who{child.slot, found->second.incarnation};
  heard_.tell_other(transition::child_killed, child, who.incarnation,
                    {process::reason_code::start_failed, "it was not ready in time"});
  out_.push(kill_process{who});
  out_.arm(timer_purpose::retire_stuck, child.slot, flags_.stuck_after);
}

void replacements::retire_successor(const child_record& child) {
  const auto next = successors_.extract(child.slot).mapped();
  retire(child, {child.slot, next.incarnation}, false);
}

std::size_t replacements::retire_all() {
  std::vector<slot_key> running;
  for (const auto& [slot, next] : successors_)
    if (next.phase != successor_phase::called)
      running.push_back(slot);
  for (const auto slot : running) {
    const auto next = successors_.extract(slot).mapped();
    const auto* child = children_.find(slot);
    if (child->start_within())
      out_.cancel(timer_purpose::successor, slot);
    retire(*child, {slot, next.incarnation}, next.phase == successor_phase::killed);
  }
  return successors_.size() + retired_.size();
}

// -- retired processes ------------------------------------------------------------------------------------------------

bool replacements::is_retired(child_ref who) const {
  const auto found = retired_.find(who.slot);
  return found != retired_.end() && found->second.who == who;
}

/// Stops a process that is none of its child's current one. `killed`: it has been, and is only waited for.
void replacements::retire(const child_record& child, child_ref who, bool killed) {
  auto& old = retired_[child.slot];
  old = {who, killed ? retired_phase::killed : retired_phase::asked};
  heard_.tell_other(transition::child_stopping, child, who.incarnation);
  const auto mode = child.shutdown();
  if (killed)
    return out_.arm(timer_purpose::retire_stuck, child.slot, flags_.stuck_after);
  if (driver_.is_past_deadline() || std::holds_alternative<brutal_kill>(mode))
    return kill(old);
  out_.push(ask_process{who});
  if (const auto* limit = std::get_if<grace>(&mode))
    out_.arm(timer_purpose::retire_grace, child.slot, limit->span);
}

void replacements::kill(retired& old) {
  old.phase = retired_phase::killed;
  out_.cancel(timer_purpose::retire_grace, old.who.slot);
  out_.push(kill_process{old.who});
  out_.arm(timer_purpose::retire_stuck, old.who.slot, flags_.stuck_after);
}

void replacements::retired_ended(slot_key slot, const end_reason& why) {
  const auto old = retired_.extract(slot).mapped();
  const bool killed = old.phase == retired_phase::killed;
  out_.cancel(killed ? timer_purpose::retire_stuck : timer_purpose::retire_grace, slot);
  if (const auto* child = children_.find(slot))
    heard_.tell_other(transition::child_stopped, *child, old.who.incarnation, why);
  out_.push(release_process{old.who});
}

void replacements::grace_is_over(slot_key slot) {
  if (const auto old = retired_.find(slot); old != retired_.end() && old->second.phase == retired_phase::asked)
    kill(old->second);
}

void replacements::kill_all() {
  for (auto& [slot, old] : retired_)
    if (old.phase == retired_phase::asked)
      kill(old);
}

replacements::stuck_one replacements::fence(slot_key slot) {
  const auto* child = children_.find(slot);
  if (const auto old = retired_.find(slot); old != retired_.end()) {
    driver_.fence(*child, old->second.who.incarnation);
    return stuck_one::retired;
  }
  if (const auto next = successors_.find(slot);
      next != successors_.end() && next->second.phase == successor_phase::killed) {
    driver_.fence(*child, next->second.incarnation);
    return stuck_one::successor;
  }
  return stuck_one::nobody;
}

} // namespace cafnode::supervision
