#include "supervisors/child_table.hpp"

#include "runtime/base/invariant.hpp"

#include <utility>

namespace cafnode::supervision {

namespace {

std::size_t& tally(children_count& count, const child_record& child) noexcept {
  return child.spec.type == child_type::supervisor ? count.supervisors : count.workers;
}

} // namespace

bool child_table::is_active(const child_record& child) noexcept {
  return child.has_process && !child.ended &&
         (child.state == child_state::running || child.state == child_state::stopping);
}

child_record& child_table::add(child_spec spec) {
  CAFNODE_INVARIANT(!ids_.contains(spec.id), "two children with one id");
  auto& child = records_[++last_slot_];
  child.slot = last_slot_;
  child.spec = std::move(spec);
  ids_.emplace(child.spec.id, child.slot);
  ++count_.specs;
  ++tally(count_, child);
  return child;
}

void child_table::remove(slot_key slot) {
  const auto found = records_.find(slot);
  CAFNODE_INVARIANT(found != records_.end(), "an unknown child was to be removed");
  CAFNODE_INVARIANT(!found->second.has_process, "a child with a process was to be removed");
  ids_.erase(found->second.spec.id);
  --count_.specs;
  --tally(count_, found->second);
  records_.erase(found);
}

child_record* child_table::find(slot_key slot) noexcept {
  const auto found = records_.find(slot);
  return found == records_.end() ? nullptr : &found->second;
}

const child_record* child_table::find(slot_key slot) const noexcept {
  const auto found = records_.find(slot);
  return found == records_.end() ? nullptr : &found->second;
}

child_record* child_table::find(child_ref who) noexcept {
  auto* child = find(who.slot);
  return child && child->incarnation == who.incarnation ? child : nullptr;
}

child_record* child_table::find(const std::string& id) noexcept {
  const auto found = ids_.find(id);
  return found == ids_.end() ? nullptr : find(found->second);
}

const child_record* child_table::find(const std::string& id) const noexcept {
  const auto found = ids_.find(id);
  return found == ids_.end() ? nullptr : find(found->second);
}

void child_table::set_state(child_record& child, child_state state) {
  if (is_active(child))
    --count_.active;
  child.state = state;
  child.has_process = child.has_process && state != child_state::stopped && state != child_state::waiting;
  if (state == child_state::running)
    child.has_process = true;
  if (is_active(child))
    ++count_.active;
}

void child_table::set_ended(child_record& child, std::optional<end_reason> reason) {
  if (is_active(child))
    --count_.active;
  child.ended = std::move(reason);
  if (is_active(child))
    ++count_.active;
}

std::vector<slot_key> child_table::slots(slot_key from) const {
  std::vector<slot_key> out;
  for (auto at = records_.lower_bound(from); at != records_.end(); ++at)
    out.push_back(at->first);
  return out;
}

} // namespace cafnode::supervision
