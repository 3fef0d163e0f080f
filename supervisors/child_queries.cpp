#include "supervisors/child_queries.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

children_page page_of(const child_table& children, const which_children& wanted) {
  children_page out;
  const auto limit = std::clamp<std::size_t>(wanted.limit, 1, which_children::page_max);
  const auto found = children.page(wanted.after, limit + 1);
  for (const auto* child : found) {
    if (out.lines.size() == limit)
      return out;
    out.lines.push_back({child->id, child->state(), child->type, child->incarnation, child->restarts});
    out.next = child->order;
  }
  out.next = 0;
  return out;
}

call_answer answer_to(const child_table& children, const find_child& wanted) {
  const auto* child = children.find(wanted.id);
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

spec_report spec_of(const child_table& children, const get_childspec& wanted) {
  const auto* child = children.find(wanted.id);
  if (!child)
    return {};
  auto spec = child->spec();
  spec.shutdown = child->shutdown();
  return {std::move(spec)};
}

} // namespace cafnode::supervision
