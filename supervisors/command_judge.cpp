#include "supervisors/command_judge.hpp"

#include "supervisors/plan_check.hpp"
#include "supervisors/restart_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

namespace {

const call_answer wrong_strategy{answer_code::wrong_strategy, {}, {}};
const call_answer not_found{answer_code::not_found, {}, {}};

/// What a command is told that is for a child that is stopped; none when it is.
std::optional<call_answer> unless_stopped(const child_record& child) {
  if (child.state() == child_state::waiting)
    return call_answer{answer_code::restarting, {}, {}};
  if (child.phase != child_phase::stopped)
    return call_answer{answer_code::running, child.ref(), {}};
  return std::nullopt;
}

job start_again(const child_record& child) {
  return {.kind = job_kind::restart_command, .start = {child.slot}, .subject = child.slot};
}

} // namespace

bool command_judge::is_simple() const noexcept {
  return on_.flags.strategy == strategy::simple_one_for_one;
}

command_judge::verdict command_judge::judge(start_child& wanted) {
  if (is_simple())
    return wrong_strategy;
  if (const auto faults = check_child(on_.flags, wanted.spec); !faults.empty())
    return call_answer{answer_code::invalid_spec, {}, describe(faults)};
  return add(std::move(wanted.spec), false);
}

command_judge::verdict command_judge::judge(start_instance& wanted) {
  if (!is_simple())
    return wrong_strategy;
  auto spec = *on_.instance;
  spec.id = std::move(wanted.id);
  const bool own_start = static_cast<bool>(wanted.start);
  if (own_start)
    spec.start = std::move(wanted.start);
  if (const auto faults = check_child(on_.flags, spec); !faults.empty())
    return call_answer{answer_code::invalid_spec, {}, describe(faults)};
  return add(std::move(spec), own_start);
}

command_judge::verdict command_judge::add(child_spec spec, bool own_start) {
  if (const auto* present = on_.children.find(spec.id)) {
    const bool runs = present->state() == child_state::running;
    return call_answer{runs ? answer_code::already_started : answer_code::already_present, present->ref(), {}};
  }
  if (on_.children.size() >= on_.flags.children_max)
    return call_answer{answer_code::too_many_children, {}, fmt::format("at most {}", on_.flags.children_max)};
  auto& child = on_.children.add(std::move(spec));
  child.own_start = own_start;
  on_.heard.tell(transition::child_added, child);
  return job{.kind = job_kind::start_command, .start = {child.slot}, .subject = child.slot};
}

command_judge::verdict command_judge::judge(const restart_child& wanted) {
  if (is_simple())
    return wrong_strategy;
  const auto* child = on_.children.find(wanted.id);
  if (!child)
    return not_found;
  if (auto refused = unless_stopped(*child))
    return *std::move(refused);
  return start_again(*child);
}

command_judge::verdict command_judge::judge(const terminate_child& wanted) {
  return is_simple() ? wrong_strategy : stop(wanted.id);
}

command_judge::verdict command_judge::judge(const terminate_instance& wanted) {
  return is_simple() ? stop(wanted.id) : wrong_strategy;
}

command_judge::verdict command_judge::stop(std::string_view id) {
  const auto* child = on_.children.find(id);
  if (!child)
    return not_found;
  return job{.kind = job_kind::terminate_command, .stop = {child->slot}, .subject = child->slot};
}

command_judge::verdict command_judge::judge(const delete_child& wanted) {
  if (is_simple())
    return wrong_strategy;
  auto* child = on_.children.find(wanted.id);
  if (!child)
    return not_found;
  if (auto refused = unless_stopped(*child))
    return *std::move(refused);
  on_.driver.drop(*child);
  return call_answer{answer_code::ok, {}, {}};
}

command_judge::verdict command_judge::judge(const replace_child& wanted) {
  const auto* child = on_.children.find(wanted.id);
  if (!child)
    return not_found;
  if (wanted.how && *wanted.how != replacement::stop_first && *wanted.how != replacement::make_before_break)
    return call_answer{answer_code::invalid_spec, {}, "neither stop_first nor make_before_break"};
  const auto how = wanted.how.value_or(child->options ? child->options->planned : replacement::stop_first);
  const bool renews = how == replacement::make_before_break;
  if (renews && !is_independent(on_.flags.strategy))
    return call_answer{answer_code::wrong_strategy,
                       {},
                       "make before break is for one child alone: the others would go on with the old one"};
  if (renews && child->state() == child_state::running && !child->has_ended())
    return job{.kind = job_kind::renew_command, .subject = child->slot};
  return child->phase == child_phase::stopped ? start_again(*child) : replace_with_siblings(*child);
}

job command_judge::replace_with_siblings(const child_record& child) {
  auto plan = plan_restart(on_.flags.strategy, on_.children, child);
  if (child.state() == child_state::running) {
    plan.stop.push_back(child.slot);
    std::ranges::sort(plan.stop, {}, [this](slot_key slot) { return on_.children.find(slot)->order; });
  }
  return {.kind = job_kind::replace_command,
          .stop = std::move(plan.stop),
          .start = std::move(plan.start),
          .subject = child.slot};
}

} // namespace cafnode::supervision
