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

std::string_view to_string(supervision::circuit_state value) noexcept {
  switch (value) {
  case supervision::circuit_state::closed:
    return "closed";
  case supervision::circuit_state::open:
    return "open";
  case supervision::circuit_state::half_open:
    return "half_open";
  }
  return "unknown";
}

} // namespace cafnode::control
