#include "supervisors/words.hpp"

namespace cafnode::supervision {

std::string_view to_string(strategy value) noexcept {
  switch (value) {
  case strategy::one_for_one:
    return "one_for_one";
  case strategy::one_for_all:
    return "one_for_all";
  case strategy::rest_for_one:
    return "rest_for_one";
  case strategy::simple_one_for_one:
    return "simple_one_for_one";
  }
  return "unknown";
}

std::string_view to_string(child_type value) noexcept {
  return value == child_type::supervisor ? "supervisor" : "worker";
}

std::string_view to_string(child_state value) noexcept {
  switch (value) {
  case child_state::starting:
    return "starting";
  case child_state::running:
    return "running";
  case child_state::stopping:
    return "stopping";
  case child_state::waiting:
    return "waiting";
  case child_state::stopped:
    return "stopped";
  case child_state::gone:
    return "gone";
  }
  return "unknown";
}

std::string_view to_string(circuit_state value) noexcept {
  switch (value) {
  case circuit_state::closed:
    return "closed";
  case circuit_state::open:
    return "open";
  case circuit_state::half_open:
    return "half_open";
  }
  return "unknown";
}

std::string_view to_string(transition value) noexcept {
  switch (value) {
  case transition::supervisor_started:
    return "supervisor_started";
  case transition::supervisor_stopping:
    return "supervisor_stopping";
  case transition::supervisor_stopped:
    return "supervisor_stopped";
  case transition::child_starting:
    return "child_starting";
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
