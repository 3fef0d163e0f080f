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

} // namespace cafnode::supervision
