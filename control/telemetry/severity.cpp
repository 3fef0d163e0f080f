#include "control/telemetry/severity.hpp"

#include <variant>

namespace cafnode::control {

namespace {

/// Somebody must act: no restart mends it.
bool is_for_a_person(const session::notice& happened) {
  if (const auto* closed = std::get_if<session::fact::link_closed>(&happened.what))
    return closed->at_home;
  return std::holds_alternative<session::fact::refused>(happened.what);
}

/// Nothing is amiss.
bool goes_well(const session::notice& happened) {
  using namespace session::fact;
  return std::holds_alternative<phase_changed>(happened.what) || std::holds_alternative<order_changed>(happened.what) ||
         std::holds_alternative<reconciled>(happened.what) || std::holds_alternative<fill_seen>(happened.what);
}

} // namespace

observe::level severity_of(const supervision::event& happened) {
  using supervision::transition;
  switch (happened.what) {
  case transition::intensity_exceeded:
  case transition::child_fenced:
    return observe::level::error;
  case transition::budget_exhausted: // it stays down, or is tried again in a while
    return happened.state == supervision::child_state::stopped ? observe::level::error : observe::level::warn;
  case transition::child_killed:
  case transition::child_stalled:
  case transition::child_start_failed:
  case transition::circuit_opened:
  case transition::change_undone:
    return observe::level::warn;
  case transition::child_ended:
    return happened.reason == process::reason_code::normal ? observe::level::info : observe::level::warn;
  case transition::supervisor_started:
  case transition::supervisor_stopped:
  case transition::child_started:
  case transition::restart_completed:
  case transition::circuit_closed:
  case transition::change_applied:
    return observe::level::info;
  default:
    return observe::level::debug;
  }
}

observe::level severity_of(const session::notice& happened) {
  if (is_for_a_person(happened))
    return observe::level::error;
  return goes_well(happened) ? observe::level::info : observe::level::warn;
}

observe::level severity_of(const config_news& happened) {
  const bool went_well = happened.what == config_step::planned || happened.what == config_step::applied;
  return went_well ? observe::level::info : observe::level::error;
}

} // namespace cafnode::control
