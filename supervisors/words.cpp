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

std::string_view to_string(transition value) noexcept {
  switch (value) {
  case transition::supervisor_started:
    return "supervisor_started";
  case transition::supervisor_stopping:
    return "supervisor_stopping";
  case transition::supervisor_stopped:
    return "supervisor_stopped";
  case transition::child_started:
    return "child_started";
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
  case transition::restart_scheduled:
    return "restart_scheduled";
  case transition::intensity_exceeded:
    return "intensity_exceeded";
  case transition::child_added:
    return "child_added";
  case transition::child_deleted:
    return "child_deleted";
  }
  return "unknown";
}

} // namespace cafnode::supervision
