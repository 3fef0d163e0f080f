#include "supervisors/event.hpp"

namespace cafnode::supervision {

std::string_view to_string(transition what) noexcept {
  switch (what) {
  case transition::supervisor_started:
    return "supervisor_started";
  case transition::supervisor_stopping:
    return "supervisor_stopping";
  case transition::supervisor_stopped:
    return "supervisor_stopped";
  case transition::child_started:
    return "child_started";
  case transition::child_ready:
    return "child_ready";
  case transition::child_ignored:
    return "child_ignored";
  case transition::child_start_failed:
    return "child_start_failed";
  case transition::child_ended:
    return "child_ended";
  case transition::child_stopping:
    return "child_stopping";
  case transition::child_stopped:
    return "child_stopped";
  case transition::child_killed:
    return "child_killed";
  case transition::child_stalled:
    return "child_stalled";
  case transition::child_fenced:
    return "child_fenced";
  case transition::restart_scheduled:
    return "restart_scheduled";
  case transition::restart_completed:
    return "restart_completed";
  case transition::budget_exhausted:
    return "budget_exhausted";
  case transition::circuit_opened:
    return "circuit_opened";
  case transition::circuit_half_open:
    return "circuit_half_open";
  case transition::circuit_closed:
    return "circuit_closed";
  case transition::intensity_exceeded:
    return "intensity_exceeded";
  case transition::child_added:
    return "child_added";
  case transition::child_changed:
    return "child_changed";
  case transition::child_deleted:
    return "child_deleted";
  case transition::change_applied:
    return "change_applied";
  case transition::change_undone:
    return "change_undone";
  }
  return "unknown";
}

} // namespace cafnode::supervision
