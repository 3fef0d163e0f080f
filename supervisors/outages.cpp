#include "supervisors/outages.hpp"

#include "supervisors/restart_plan.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>

namespace cafnode::supervision {

void outages::attempt(child_record& child, const end_reason& why) {
  auto& down = child.troubles().down;
  if (!down)
    down = downtime{now_.steady, child.incarnation, why, 0};
  ++down->attempts;
}

void outages::call_off(child_record& child) {
  if (child.trouble)
    child.trouble->down.reset();
}

void outages::call_off_group() {
  if (is_independent(flags_.strategy))
    return;
  for (const auto slot : children_.slots())
    if (auto* child = children_.find(slot); child->state() == child_state::running)
      call_off(*child);
}

/// Those that are up again: what was started last and, of a group, what an earlier attempt had started.
std::vector<slot_key> outages::those_back(const std::vector<slot_key>& started) const {
  if (is_independent(flags_.strategy))
    return started;
  const std::unordered_set<slot_key> now{started.begin(), started.end()};
  auto out = children_.slots();
  std::erase_if(out, [&](slot_key slot) {
    const auto* child = children_.find(slot);
    return !now.contains(slot) && !(child->trouble && child->trouble->down);
  });
  return out;
}

void outages::complete(const std::vector<slot_key>& started) {
  record_.restarted.clear();
  record_.restarted_count = 0;
  record_.joined = 0;
  child_record* first = nullptr;
  const auto back = those_back(started);
  for (const auto slot : back) {
    auto* child = children_.find(slot);
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
    tell(*first);
  for (const auto slot : back)
    if (auto* child = children_.find(slot); child && child->state() != child_state::waiting)
      call_off(*child);
}

void outages::tell(const child_record& failed) {
  const auto& down = *failed.trouble->down;
  const auto away = now_.steady - down.since;
  record_.child = failed.id;
  record_.incarnation = down.incarnation;
  record_.why = down.why;
  record_.failed_at = now_ + -away;
  record_.attempts = down.attempts;
  record_.away = std::chrono::ceil<std::chrono::milliseconds>(away);
  heard_.tell_restart(failed, record_);
}

} // namespace cafnode::supervision
