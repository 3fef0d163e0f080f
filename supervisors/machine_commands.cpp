// The management calls, with OTP's answers in each state.
#include "supervisors/plan_check.hpp"
#include "supervisors/supervision_machine.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::supervision {

bool supervision_machine::fits_strategy(call_id call, bool instances) {
  if (instances == is_simple())
    return true;
  answer(call, {answer_code::wrong_strategy, {}, {}});
  return false;
}

void supervision_machine::execute(call_id call, start_child& wanted) {
  if (!fits_strategy(call, false))
    return;
  if (const auto faults = check_child(flags_, wanted.spec); !faults.empty())
    return answer(call, {answer_code::invalid_spec, {}, describe(faults)});
  add_and_start(call, std::move(wanted.spec), false);
}

void supervision_machine::execute(call_id call, start_instance& wanted) {
  if (!fits_strategy(call, true))
    return;
  auto spec = *template_;
  spec.id = std::move(wanted.id);
  const bool own_start = static_cast<bool>(wanted.start);
  if (own_start)
    spec.start = std::move(wanted.start);
  if (const auto faults = check_child(flags_, spec); !faults.empty())
    return answer(call, {answer_code::invalid_spec, {}, describe(faults)});
  add_and_start(call, std::move(spec), own_start);
}

void supervision_machine::add_and_start(call_id call, child_spec spec, bool own_start) {
  if (const auto* present = table_.find(spec.id)) {
    const bool runs = present->state() == child_state::running;
    return answer(call, {runs ? answer_code::already_started : answer_code::already_present, present->ref(), {}});
  }
  if (table_.size() >= flags_.children_max)
    return answer(call, {answer_code::too_many_children, {}, fmt::format("at most {}", flags_.children_max)});
  auto& child = table_.add(std::move(spec));
  child.own_start = own_start;
  note(transition::child_added, child);
  open({.kind = job_kind::start_command, .start = {child.slot}, .caller = call, .subject = child.slot});
}

void supervision_machine::execute(call_id call, const restart_child& wanted) {
  if (!fits_strategy(call, false))
    return;
  const auto* child = table_.find(wanted.id);
  if (!child)
    return answer(call, {answer_code::not_found, {}, {}});
  if (child->state() == child_state::waiting)
    return answer(call, {answer_code::restarting, {}, {}});
  if (child->state() != child_state::stopped)
    return answer(call, {answer_code::running, child->ref(), {}});
  open({.kind = job_kind::restart_command, .start = {child->slot}, .caller = call, .subject = child->slot});
}

void supervision_machine::execute(call_id call, const terminate_child& wanted) {
  if (fits_strategy(call, false))
    stop_on_command(call, wanted.id);
}

void supervision_machine::execute(call_id call, const terminate_instance& wanted) {
  if (fits_strategy(call, true))
    stop_on_command(call, wanted.id);
}

void supervision_machine::stop_on_command(call_id call, const std::string& id) {
  const auto* child = table_.find(id);
  if (!child)
    return answer(call, {answer_code::not_found, {}, {}});
  open({.kind = job_kind::terminate_command, .stop = {child->slot}, .caller = call, .subject = child->slot});
}

void supervision_machine::execute(call_id call, const delete_child& wanted) {
  if (!fits_strategy(call, false))
    return;
  auto* child = table_.find(wanted.id);
  if (!child)
    return answer(call, {answer_code::not_found, {}, {}});
  if (child->state() == child_state::waiting)
    return answer(call, {answer_code::restarting, {}, {}});
  if (child->state() != child_state::stopped)
    return answer(call, {answer_code::running, child->ref(), {}});
  drop(*child);
  answer(call, {answer_code::ok, {}, {}});
}

std::string_view to_string(answer_code code) noexcept {
  switch (code) {
  case answer_code::ok:
    return "ok";
  case answer_code::started:
    return "started";
  case answer_code::ignored:
    return "ignored";
  case answer_code::running:
    return "running";
  case answer_code::restarting:
    return "restarting";
  case answer_code::not_found:
    return "not_found";
  case answer_code::already_started:
    return "already_started";
  case answer_code::already_present:
    return "already_present";
  case answer_code::start_failed:
    return "start_failed";
  case answer_code::wrong_strategy:
    return "wrong_strategy";
  case answer_code::invalid_spec:
    return "invalid_spec";
  case answer_code::too_many_children:
    return "too_many_children";
  case answer_code::too_many_calls:
    return "too_many_calls";
  case answer_code::stopping:
    return "stopping";
  case answer_code::undone:
    return "undone";
  }
  return "unknown";
}

} // namespace cafnode::supervision
