#include "supervisors/restart_plan.hpp"

namespace cafnode::supervision {

restart_plan plan_restart(strategy chosen, const child_table& children, const child_record& failed) {
  if (is_independent(chosen))
    return {{}, {failed.slot}};
  restart_plan plan;
  plan.start = children.slots(chosen == strategy::rest_for_one ? failed.order : 0);
  plan.stop = plan.start;
  std::erase(plan.stop, failed.slot);
  return plan;
}

restart_plan plan_group_return(strategy chosen, const child_table& children) {
  restart_plan plan;
  for (const auto slot : children.slots()) {
    const auto* child = children.find(slot);
    const bool waits = child->phase == child_phase::waiting_for_time;
    const bool joins =
        child->state() == child_state::running && (chosen == strategy::one_for_all || !plan.start.empty());
    if (waits || joins)
      plan.start.push_back(slot);
    if (joins)
      plan.stop.push_back(slot);
  }
  return plan.start.size() > plan.stop.size() ? plan : restart_plan{};
}

} // namespace cafnode::supervision
