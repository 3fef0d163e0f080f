#include "supervisors/plan_check.hpp"

#include "supervisors/end_reason.hpp"

#include <fmt/format.h>

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

void check_pacing(const supervisor_flags& flags, faults& out) {
  if (!flags.uncounted.empty() && !flags.pacing)
    out.push_back({code::uncounted_without_pacing, {}, "uncounted reasons need pacing, or they restart without pause"});
  if (!flags.pacing)
    return;
  const auto& backoff = flags.pacing->backoff;
  if (backoff.first < 1ms || backoff.cap < backoff.first || backoff.jitter_percent < 0 ||
      backoff.jitter_percent > 100 || flags.pacing->healthy_after < 0ms)
    out.push_back({code::invalid_pacing, {}, "pacing needs 1 ms <= first <= cap, jitter 0 to 100, healthy_after >= 0"});
}

void check_flags(const supervisor_flags& flags, faults& out) {
  if (!known(flags.strategy, strategy::simple_one_for_one))
    out.push_back({code::invalid_strategy, {}, "the strategy is none of the four"});
  if (!known(flags.auto_shutdown, auto_shutdown::all_significant))
    out.push_back({code::invalid_auto_shutdown, {}, "auto_shutdown is none of the three"});
  if (flags.period < 1ms)
    out.push_back({code::invalid_period, {}, fmt::format("period is {} ms, at least 1 ms", flags.period.count())});
  if (flags.intensity > intensity_max)
    out.push_back({code::intensity_too_large, {}, fmt::format("intensity is above {}", intensity_max)});
  if (flags.children_max == 0)
    out.push_back({code::invalid_children_max, {}, "children_max is 0, at least 1"});
  if (flags.stuck_after < 1ms)
    out.push_back({code::invalid_stuck_after, {}, "stuck_after is at least 1 ms"});
  if (flags.strategy == strategy::simple_one_for_one && flags.auto_shutdown != auto_shutdown::never)
    out.push_back({code::bad_combination, {}, "simple_one_for_one has no auto_shutdown"});
  check_pacing(flags, out);
}

void check_significant(const supervisor_flags& flags, const child_spec& child, const std::string& name, faults& out) {
  if (!child.significant)
    return;
  if (flags.auto_shutdown == auto_shutdown::never)
    out.push_back({code::bad_combination, name, "significant means nothing without auto_shutdown"});
  else if (child.restart == restart_type::permanent)
    out.push_back({code::bad_combination, name, "a permanent child cannot be significant"});
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
  if (child.start_within && (*child.start_within < 1ms || *child.start_within > 24h))
    out.push_back({code::invalid_start_within, name, "start_within is 1 ms to one day; leave it out for no limit"});
  check_significant(flags, child, name, out);
}

std::string name_of(const child_spec& child, std::size_t place) {
  return child.id.empty() ? fmt::format("#{}", place + 1) : child.id.substr(0, id_max);
}

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
  switch (fault) {
  case code::invalid_strategy:
    return "invalid_strategy";
  case code::invalid_auto_shutdown:
    return "invalid_auto_shutdown";
  case code::invalid_period:
    return "invalid_period";
  case code::intensity_too_large:
    return "intensity_too_large";
  case code::invalid_children_max:
    return "invalid_children_max";
  case code::too_many_children:
    return "too_many_children";
  case code::invalid_stuck_after:
    return "invalid_stuck_after";
  case code::invalid_pacing:
    return "invalid_pacing";
  case code::uncounted_without_pacing:
    return "uncounted_without_pacing";
  case code::not_one_template:
    return "not_one_template";
  case code::bad_combination:
    return "bad_combination";
  case code::missing_id:
    return "missing_id";
  case code::id_too_long:
    return "id_too_long";
  case code::duplicate_id:
    return "duplicate_id";
  case code::missing_start:
    return "missing_start";
  case code::invalid_restart_type:
    return "invalid_restart_type";
  case code::invalid_child_type:
    return "invalid_child_type";
  case code::invalid_grace:
    return "invalid_grace";
  case code::invalid_start_within:
    return "invalid_start_within";
  case code::missing_path:
    return "missing_path";
  case code::path_too_long:
    return "path_too_long";
  case code::missing_events:
    return "missing_events";
  }
  return "unknown";
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
