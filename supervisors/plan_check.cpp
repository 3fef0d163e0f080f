#include "supervisors/plan_check.hpp"

#include "supervisors/end_reason.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <set>
#include <unordered_set>

namespace cafnode::supervision {

namespace {

using code = plan_fault_code;
using faults = std::vector<plan_fault>;
using namespace std::chrono_literals;

/// Whether the value of an enum lies between its first and its last: a cast may have made anything.
template<class Enum>
bool known(Enum value, Enum last) noexcept {
  return static_cast<int>(value) >= 0 && static_cast<int>(value) <= static_cast<int>(last);
}

bool sound(std::chrono::milliseconds span, std::chrono::milliseconds least = 1ms) {
  return span >= least && span <= span_max;
}

bool sound(const base::backoff_config& backoff) {
  return sound(backoff.first) && sound(backoff.cap, backoff.first) && backoff.jitter_percent >= 0 &&
         backoff.jitter_percent <= 100;
}

void check_pacing(const supervisor_flags& flags, faults& out) {
  if (flags.pacing && (!sound(flags.pacing->backoff) || !sound(flags.pacing->healthy_after, 0ms)))
    out.push_back({code::invalid_pacing,
                   {},
                   "pacing needs 1 ms <= first <= cap, jitter 0 to 100, healthy_after >= 0, each at most a year"});
  if (!sound(flags.circuit.open) || !sound(flags.circuit.healthy_after, 0ms))
    out.push_back({code::invalid_circuit,
                   {},
                   "a circuit needs 1 ms <= first <= cap, jitter 0 to 100, healthy_after >= 0, each at most a year"});
  if (!known(flags.on_exhausted, exhausted::open_circuit))
    out.push_back({code::invalid_exhausted, {}, "on_exhausted is none of the three"});
}

void check_budget(const supervisor_flags& flags, const restart_budget& budget, std::set<process::reason_code>& seen,
                  faults& out) {
  if (budget.reasons.empty())
    out.push_back({code::empty_budget, {}, "a budget needs a reason that falls under it"});
  for (const auto reason : budget.reasons) {
    if (!known(reason, process::reason_code::refused))
      out.push_back({code::invalid_budget_reason, {}, "a budget names a reason that there is not"});
    else if (!seen.insert(reason).second)
      out.push_back({code::reason_in_two_budgets, {}, fmt::format("{} is named twice", process::to_string(reason))});
  }
  if (budget.intensity.value_or(0) > intensity_max)
    out.push_back({code::intensity_too_large, {}, fmt::format("a budget's intensity is above {}", intensity_max)});
  if (!sound(budget.period))
    out.push_back({code::invalid_budget_period,
                   {},
                   fmt::format("a budget's period is {} ms, 1 ms to a year", budget.period.count())});
  if (!known(budget.on_exhausted, exhausted::open_circuit))
    out.push_back({code::invalid_exhausted, {}, "on_exhausted of a budget is none of the three"});
  if (!known(budget.scope, budget_scope::child))
    out.push_back({code::invalid_budget_scope, {}, "the scope of a budget is neither supervisor nor child"});
  if (!budget.intensity && !flags.pacing)
    out.push_back({code::unlimited_without_pacing,
                   {},
                   "a budget without limit needs pacing, or it restarts without "
                   "pause"});
}

void check_budgets(const supervisor_flags& flags, faults& out) {
  if (flags.budgets.size() > budgets_max)
    out.push_back({code::too_many_budgets, {}, fmt::format("{} of {}", flags.budgets.size(), budgets_max)});
  std::set<process::reason_code> seen;
  for (const auto& budget : flags.budgets)
    check_budget(flags, budget, seen, out);
}

void check_flags(const supervisor_flags& flags, faults& out) {
  if (!known(flags.strategy, strategy::simple_one_for_one))
    out.push_back({code::invalid_strategy, {}, "the strategy is none of the four"});
  if (!known(flags.auto_shutdown, auto_shutdown::all_significant))
    out.push_back({code::invalid_auto_shutdown, {}, "auto_shutdown is none of the three"});
  if (!sound(flags.period))
    out.push_back({code::invalid_period, {}, fmt::format("period is {} ms, 1 ms to a year", flags.period.count())});
  if (flags.intensity > intensity_max)
    out.push_back({code::intensity_too_large, {}, fmt::format("intensity is above {}", intensity_max)});
  if (flags.children_max == 0)
    out.push_back({code::invalid_children_max, {}, "children_max is 0, at least 1"});
  if (!sound(flags.stuck_after))
    out.push_back({code::invalid_stuck_after, {}, "stuck_after is 1 ms to a year"});
  if (flags.strategy == strategy::simple_one_for_one && flags.auto_shutdown != auto_shutdown::never)
    out.push_back({code::bad_combination, {}, "simple_one_for_one has no auto_shutdown"});
  if (flags.stop_within && (*flags.stop_within < 1ms || *flags.stop_within > 24h))
    out.push_back({code::invalid_stop_within, {}, "stop_within is 1 ms to one day; leave it out for no limit"});
  check_pacing(flags, out);
  check_budgets(flags, out);
}

void check_significant(const supervisor_flags& flags, const child_spec& child, const std::string& name, faults& out) {
  if (!child.significant)
    return;
  if (flags.auto_shutdown == auto_shutdown::never)
    out.push_back({code::bad_combination, name, "significant means nothing without auto_shutdown"});
  else if (child.restart == restart_type::permanent)
    out.push_back({code::bad_combination, name, "a permanent child cannot be significant"});
}

/// What OTP's specs do not have.
void check_beyond(const supervisor_flags& flags, const child_spec& child, const std::string& name, faults& out) {
  const bool group = flags.strategy == strategy::one_for_all || flags.strategy == strategy::rest_for_one;
  if (child.start_within && (*child.start_within < 1ms || *child.start_within > 24h))
    out.push_back({code::invalid_start_within, name, "start_within is 1 ms to one day; leave it out for no limit"});
  if (child.progress_within && (*child.progress_within < 1ms || *child.progress_within > 24h))
    out.push_back({code::invalid_progress_within, name, "progress_within is 1 ms to one day; leave it out for none"});
  if (child.healthy_after && (*child.healthy_after < 0ms || *child.healthy_after > 24h))
    out.push_back({code::invalid_healthy_after, name, "healthy_after is 0 ms to one day"});
  if (!known(child.planned, replacement::make_before_break))
    out.push_back({code::invalid_replacement, name, "planned is neither stop_first nor make_before_break"});
  else if (group && child.planned == replacement::make_before_break)
    out.push_back({code::invalid_replacement, name,
                   "make_before_break is for one child alone: its siblings would go "
                   "on with the old one"});
}

void check_one(const supervisor_flags& flags, const child_spec& child, const std::string& name, faults& out) {
  if (child.id.empty())
    out.push_back({code::missing_id, name, "a child needs an id"});
  if (child.id.size() > id_max)
    out.push_back({code::id_too_long, name, fmt::format("an id has at most {} bytes", id_max)});
  if (!child.start)
    out.push_back({code::missing_start, name, "a child needs a factory"});
  if (!known(child.restart, restart_type::temporary))
    out.push_back({code::invalid_restart_type, name, "the restart type is none of the three"});
  if (!known(child.type, child_type::supervisor))
    out.push_back({code::invalid_child_type, name, "the child type is neither worker nor supervisor"});
  if (const auto* span = child.shutdown ? std::get_if<grace>(&*child.shutdown) : nullptr)
    if (span->span < 0ms || span->span > 24h)
      out.push_back({code::invalid_grace, name, "a grace is 0 ms to one day; use infinite_grace for no limit"});
  check_beyond(flags, child, name, out);
  check_significant(flags, child, name, out);
}

std::string name_of(const child_spec& child, std::size_t place) {
  return child.id.empty() ? fmt::format("#{}", place + 1) : child.id.substr(0, id_max);
}

/// In the order of plan_fault_code.
constexpr std::array fault_names{"invalid_strategy",
                                 "invalid_auto_shutdown",
                                 "invalid_period",
                                 "intensity_too_large",
                                 "invalid_children_max",
                                 "too_many_children",
                                 "invalid_stuck_after",
                                 "invalid_pacing",
                                 "invalid_stop_within",
                                 "empty_budget",
                                 "too_many_budgets",
                                 "reason_in_two_budgets",
                                 "invalid_budget_reason",
                                 "invalid_budget_period",
                                 "invalid_exhausted",
                                 "invalid_budget_scope",
                                 "unlimited_without_pacing",
                                 "invalid_circuit",
                                 "not_one_template",
                                 "bad_combination",
                                 "missing_id",
                                 "id_too_long",
                                 "duplicate_id",
                                 "missing_start",
                                 "invalid_restart_type",
                                 "invalid_child_type",
                                 "invalid_grace",
                                 "invalid_start_within",
                                 "invalid_progress_within",
                                 "invalid_healthy_after",
                                 "invalid_replacement",
                                 "missing_path",
                                 "path_too_long"};

} // namespace

std::vector<plan_fault> check_child(const supervisor_flags& flags, const child_spec& child) {
  faults out;
  check_one(flags, child, name_of(child, 0), out);
  return out;
}

std::vector<plan_fault> check_plan(const supervisor_flags& flags, const std::vector<child_spec>& children) {
  faults out;
  check_flags(flags, out);
  if (flags.strategy == strategy::simple_one_for_one && children.size() != 1)
    out.push_back({code::not_one_template, {}, fmt::format("{} children; one template is needed", children.size())});
  if (children.size() > flags.children_max)
    out.push_back({code::too_many_children, {}, fmt::format("{} of {}", children.size(), flags.children_max)});
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < children.size(); ++i) {
    const auto name = name_of(children[i], i);
    check_one(flags, children[i], name, out);
    if (!children[i].id.empty() && !seen.insert(children[i].id).second)
      out.push_back({code::duplicate_id, name, "the id is taken by an earlier child"});
  }
  return out;
}

std::string_view to_string(plan_fault_code fault) noexcept {
  const auto place = static_cast<std::size_t>(fault);
  return place < fault_names.size() ? fault_names[place] : "unknown";
}

std::string describe(const std::vector<plan_fault>& found) {
  std::string text;
  for (const auto& fault : found) {
    text += fmt::format("{}{}{}{}: {}", text.empty() ? "" : "; ", fault.child, fault.child.empty() ? "" : ": ",
                        to_string(fault.code), fault.text);
    if (text.size() > reason_text_max)
      break;
  }
  return make_end_reason(process::reason_code::start_failed, std::move(text)).text;
}

} // namespace cafnode::supervision
