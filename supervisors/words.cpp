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

} // namespace cafnode::supervision
