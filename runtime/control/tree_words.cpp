#include "runtime/control/tree_words.hpp"

namespace cafnode::control {

std::string_view to_string(supervision::strategy value) noexcept {
  switch (value) {
  case supervision::strategy::one_for_one:
    return "one_for_one";
  case supervision::strategy::one_for_all:
    return "one_for_all";
  case supervision::strategy::rest_for_one:
    return "rest_for_one";
  case supervision::strategy::simple_one_for_one:
    return "simple_one_for_one";
  }
  return "unknown";
}

std::string_view to_string(supervision::child_type value) noexcept {
  return value == supervision::child_type::supervisor ? "supervisor" : "worker";
}

std::string_view to_string(supervision::child_state value) noexcept {
  switch (value) {
  case supervision::child_state::starting:
    return "starting";
  case supervision::child_state::running:
    return "running";
  case supervision::child_state::stopping:
    return "stopping";
  case supervision::child_state::waiting:
    return "waiting";
  case supervision::child_state::stopped:
    return "stopped";
  case supervision::child_state::gone:
    return "gone";
  }
  return "unknown";
}

std::string_view to_string(supervision::transition value) noexcept {
  switch (value) {
  case supervision::transition::supervisor_started:
    return "supervisor_started";
  case supervision::transition::supervisor_stopping:
    return "supervisor_stopping";
  case supervision::transition::supervisor_stopped:
    return "supervisor_stopped";
  case supervision::transition::child_started:
    return "child_started";
  case supervision::transition::child_ignored:
    return "child_ignored";
  case supervision::transition::child_start_failed:
    return "child_start_failed";
  case supervision::transition::child_ended:
    return "child_ended";
  case supervision::transition::child_stopping:
    return "child_stopping";
  case supervision::transition::child_stopped:
    return "child_stopped";
  case supervision::transition::child_killed:
    return "child_killed";
  case supervision::transition::restart_scheduled:
    return "restart_scheduled";
  case supervision::transition::intensity_exceeded:
    return "intensity_exceeded";
  case supervision::transition::child_added:
    return "child_added";
  case supervision::transition::child_deleted:
    return "child_deleted";
  }
  return "unknown";
}

} // namespace cafnode::control
