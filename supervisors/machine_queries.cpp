// What a supervisor answers at once and at any time.
#include "supervisors/supervision_machine.hpp"

#include <algorithm>

namespace cafnode::supervision {

const child_factory* supervision_machine::factory_of(child_ref who) const {
  const auto* child = table_.find(who.slot);
  if (!child)
    return nullptr;
  const bool starts = child->incarnation == who.incarnation && child->state() == child_state::starting;
  return starts || is_successor(who) ? &child->start : nullptr;
}

bool supervision_machine::watches_progress(child_ref who) const {
  const auto* child = table_.find(who.slot);
  return child && child->options && child->options->progress_within;
}

children_page supervision_machine::page(const which_children& wanted) const {
  children_page out;
  const auto limit = std::clamp<std::size_t>(wanted.limit, 1, which_children::page_max);
  const auto found = table_.page(wanted.after, limit + 1);
  for (const auto* child : found) {
    if (out.lines.size() == limit)
      return out;
    out.lines.push_back({child->id, child->state(), child->type, child->incarnation, child->restarts});
    out.next = child->order;
  }
  out.next = 0;
  return out;
}

children_count supervision_machine::count() const {
  auto out = table_.count();
  if (is_simple())
    out.specs = 1;
  return out;
}

call_answer supervision_machine::answer_to(const find_child& wanted) const {
  const auto* child = table_.find(wanted.id);
  if (!child)
    return {answer_code::not_found, {}, {}};
  switch (child->state()) {
  case child_state::running:
  case child_state::stopping:
    return {answer_code::running, child->ref(), {}};
  case child_state::starting:
  case child_state::waiting:
    return {answer_code::restarting, child->ref(), {}};
  case child_state::stopped:
  case child_state::gone:
    break;
  }
  return {answer_code::ok, child->ref(), {}};
}

spec_report supervision_machine::spec_of(const get_childspec& wanted) const {
  const auto* child = table_.find(wanted.id);
  if (!child)
    return {};
  auto spec = child->spec();
  spec.shutdown = child->shutdown();
  return {std::move(spec)};
}

} // namespace cafnode::supervision
