#include "supervisors/child_phase.hpp"

#include "runtime/base/invariant.hpp"

namespace cafnode::supervision {

child_phase after_kill(child_phase phase) {
  switch (phase) {
  case child_phase::spawned:
    return child_phase::spawned_killed;
  case child_phase::up:
    return child_phase::up_doomed;
  case child_phase::ready:
    return child_phase::ready_doomed;
  case child_phase::asked:
    return child_phase::killed;
  default:
    CAFNODE_INVARIANT(is_killed(phase), "a child without a process was to be killed");
    return phase;
  }
}

child_phase after_end(child_phase phase) {
  CAFNODE_INVARIANT(state_of(phase) == child_state::running && !has_ended(phase), "a child that does not run ended");
  return is_ready(phase) ? child_phase::ready_ended : child_phase::up_ended;
}

child_phase after_ask(child_phase phase) {
  CAFNODE_INVARIANT(has_process(phase) && !has_ended(phase), "a child without a process was asked to end");
  return is_killed(phase) ? child_phase::killed : child_phase::asked;
}

} // namespace cafnode::supervision
