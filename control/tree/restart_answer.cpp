#include "control/tree/restart_answer.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

using supervision::answer_code;

action_failure failure_of(const restart_command& wanted, const supervision::management_report& report) {
  const bool renews = wanted.how == supervision::replacement::make_before_break;
  switch (report.code) {
  case answer_code::not_found:
    return {action_fault::not_found, fmt::format("{} has no child '{}' any more", wanted.supervisor, wanted.child),
            "cafctl sup tree shows the paths"};
  case answer_code::start_failed:
    return {action_fault::start_failed, fmt::format("the new one did not start: {}", report.text),
            renews ? "the old one goes on" : "its supervisor goes on as after any failed restart: cafctl sup show"};
  case answer_code::wrong_strategy:
    return {action_fault::refused, report.text, "restart it without make_before_break"};
  case answer_code::invalid_spec:
    return {action_fault::refused, report.text, {}};
  case answer_code::too_many_calls:
    return {action_fault::busy,
            fmt::format("{} commands wait at {} already", supervision::calls_max, wanted.supervisor),
            {}};
  case answer_code::stopping:
    return {action_fault::unavailable, fmt::format("{} is on its way down", wanted.supervisor),
            "try again when it is up"};
  default:
    return {action_fault::unavailable,
            fmt::format("{} answered {}{}{}", wanted.supervisor, supervision::to_string(report.code),
                        report.text.empty() ? "" : ": ", report.text),
            "cafctl sup show says how it is"};
  }
}

} // namespace

base::result<restart_done, action_failure> outcome_of(const restart_command& wanted,
                                                      const supervision::management_report& report) {
  if (report.code == answer_code::started || report.code == answer_code::ignored || report.code == answer_code::ok)
    return restart_done{report.code};
  return base::failure{failure_of(wanted, report)};
}

} // namespace cafnode::control
