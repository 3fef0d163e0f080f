#include "supervisors/change_plan.hpp"

#include "supervisors/restart_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace cafnode::supervision {

namespace {

using names = std::vector<std::string>;

void add(names& out, bool differs, const char* what) {
  if (differs)
    out.emplace_back(what);
}

bool same(const base::backoff_config& left, const base::backoff_config& right) {
  return left.first == right.first && left.cap == right.cap && left.jitter_percent == right.jitter_percent;
}

bool same(const std::optional<restart_pacing>& left, const std::optional<restart_pacing>& right) {
  if (!left || !right)
    return !left && !right;
  return same(left->backoff, right->backoff) && left->healthy_after == right->healthy_after;
}

bool same(const restart_budget& left, const restart_budget& right) {
  return left.reasons == right.reasons && left.intensity == right.intensity && left.period == right.period &&
         left.on_exhausted == right.on_exhausted && left.scope == right.scope;
}

bool same(const std::vector<restart_budget>& left, const std::vector<restart_budget>& right) {
  const auto equal = [](const auto& one, const auto& other) { return same(one, other); };
  return std::ranges::equal(left, right, equal);
}

/// Puts down what changes in the supervisor itself: for people, and as values.
class flag_changes {
public:
  explicit flag_changes(change_plan& out) : out_{out} {}

  void add(change_flag flag, bool differs, std::string_view text) {
    if (!differs)
      return;
    out_.flags.emplace_back(text);
    out_.changed_flags.push_back(flag);
  }

  template<class T>
  void add_number(change_flag flag, std::string_view name, T old, T wanted) {
    add(flag, old != wanted, fmt::format("{} {} -> {}", name, old, wanted));
  }

private:
  change_plan& out_;
};

void compare(const supervisor_flags& old, const supervisor_flags& wanted, flag_changes out) {
  using enum change_flag;
  out.add(strategy, old.strategy != wanted.strategy, "strategy");
  out.add_number(intensity, "intensity", old.intensity, wanted.intensity);
  out.add_number(period, "period_ms", old.period.count(), wanted.period.count());
  out.add(auto_shutdown, old.auto_shutdown != wanted.auto_shutdown, "auto_shutdown");
  out.add(on_exhausted, old.on_exhausted != wanted.on_exhausted, "on_exhausted");
  out.add(budgets, !same(old.budgets, wanted.budgets), "budgets");
  const bool circuits =
      !same(old.circuit.open, wanted.circuit.open) || old.circuit.healthy_after != wanted.circuit.healthy_after;
  out.add(circuit, circuits, "circuit");
  out.add(pacing, !same(old.pacing, wanted.pacing), "pacing");
  out.add(stop_within, old.stop_within != wanted.stop_within, "stop_within");
  out.add_number(children_max, "children_max", old.children_max, wanted.children_max);
  out.add_number(stuck_after, "stuck_after_ms", old.stuck_after.count(), wanted.stuck_after.count());
}

/// What differs between two specs of one child, the revision aside.
std::string policy_changes(const child_spec& old, const child_spec& wanted) {
  names out;
  add(out, old.restart != wanted.restart, "restart");
  add(out, old.shutdown != wanted.shutdown, "shutdown");
  add(out, old.type != wanted.type, "type");
  add(out, old.significant != wanted.significant, "significant");
  add(out, old.start_within != wanted.start_within, "start_within");
  add(out, old.progress_within != wanted.progress_within, "progress_within");
  add(out, old.healthy_after != wanted.healthy_after, "healthy_after");
  add(out, old.stop_group != wanted.stop_group, "stop_group");
  add(out, old.planned != wanted.planned, "planned");
  return fmt::format("{}", fmt::join(out, ", "));
}

class planner {
public:
  planner(const supervisor_flags& wanted_flags, const std::vector<current_child>& children,
          const std::vector<child_spec>& wanted)
      : flags_{wanted_flags}, children_{children}, wanted_{wanted} {
    for (std::size_t i = 0; i < children.size(); ++i)
      old_.emplace(children[i].spec.id, i);
  }

  std::vector<change_step> steps() {
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      compare(i);
    spread();
    return in_order();
  }

private:
  void compare(std::size_t i) {
    const auto& wanted = wanted_[i];
    const auto found = old_.find(wanted.id);
    if (found == old_.end()) {
      now_.push_back({change_kind::start, wanted.id, "it is new"});
      return;
    }
    const auto& old = children_[found->second];
    auto why = policy_changes(old.spec, wanted);
    if (old.spec.revision != wanted.revision) {
      why += fmt::format("{}revision {} -> {}", why.empty() ? "" : ", ", old.spec.revision, wanted.revision);
      const bool renews = wanted.planned == replacement::make_before_break && is_independent(flags_.strategy);
      const auto kind = !old.runs ? change_kind::change_in_place : renews ? change_kind::renew : change_kind::restart;
      now_.push_back({kind, wanted.id, std::move(why)});
      return;
    }
    const auto kind = why.empty() ? change_kind::keep : change_kind::change_in_place;
    now_.push_back({kind, wanted.id, std::move(why)});
  }

  /// Those that share the fate of one that is restarted.
  void spread() {
    if (is_independent(flags_.strategy))
      return;
    const auto first =
        std::ranges::find_if(now_, [](const change_step& each) { return each.kind == change_kind::restart; });
    if (first == now_.end())
      return;
    const auto because = fmt::format("{} is restarted", first->child);
    for (auto at = flags_.strategy == strategy::one_for_all ? now_.begin() : first; at != now_.end(); ++at) {
      const auto old = old_.find(at->child);
      if (at->kind == change_kind::restart || old == old_.end() || !children_[old->second].runs)
        continue;
      at->kind = change_kind::restart;
      at->why += (at->why.empty() ? "" : ", ") + because;
    }
  }

  std::vector<change_step> in_order() {
    std::vector<change_step> out;
    std::unordered_map<std::string_view, bool> stays;
    for (const auto& each : wanted_)
      stays[each.id] = true;
    for (auto at = children_.rbegin(); at != children_.rend(); ++at)
      if (!stays.contains(at->spec.id))
        out.push_back({change_kind::stop, at->spec.id, "it is not wanted any more"});
    const auto take = [&](auto wanted_kind) {
      for (const auto& each : now_)
        if (wanted_kind(each.kind))
          out.push_back(each);
    };
    take([](change_kind kind) { return kind == change_kind::change_in_place; });
    take([](change_kind kind) {
      return kind == change_kind::restart || kind == change_kind::renew || kind == change_kind::start;
    });
    take([](change_kind kind) { return kind == change_kind::keep; });
    return out;
  }

  const supervisor_flags& flags_;
  const std::vector<current_child>& children_;
  const std::vector<child_spec>& wanted_;
  std::unordered_map<std::string_view, std::size_t> old_;
  std::vector<change_step> now_; // of the wanted, in their order
};

/// Whether the children that stay come in another order.
bool reorders(const std::vector<current_child>& children, const std::vector<child_spec>& wanted) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < children.size(); ++i)
    places.emplace(children[i].spec.id, i);
  std::size_t last = 0;
  for (const auto& each : wanted) {
    const auto found = places.find(each.id);
    if (found == places.end())
      continue;
    if (found->second < last)
      return true;
    last = found->second;
  }
  return false;
}

} // namespace

std::string_view to_string(change_kind kind) noexcept {
  switch (kind) {
  case change_kind::stop:
    return "stop";
  case change_kind::change_in_place:
    return "change_in_place";
  case change_kind::restart:
    return "restart";
  case change_kind::renew:
    return "renew";
  case change_kind::start:
    return "start";
  case change_kind::keep:
    return "keep";
  }
  return "unknown";
}

bool change_plan::changes() const noexcept {
  return !flags.empty() ||
         std::ranges::any_of(steps, [](const change_step& each) { return each.kind != change_kind::keep; });
}

bool change_plan::changes(change_flag flag) const noexcept {
  return std::ranges::find(changed_flags, flag) != changed_flags.end();
}

std::string to_text(const change_plan& plan) {
  std::string out;
  for (const auto& flag : plan.flags)
    out += fmt::format("supervisor: {}\n", flag);
  for (const auto& step : plan.steps)
    out += fmt::format("{} {}{}{}\n", to_string(step.kind), step.child, step.why.empty() ? "" : ": ", step.why);
  return out;
}

change_plan plan_change(const supervisor_flags& flags, const std::vector<current_child>& children,
                        const supervisor_flags& wanted_flags, const std::vector<child_spec>& wanted) {
  change_plan out;
  flag_changes changed{out};
  compare(flags, wanted_flags, changed);
  changed.add(change_flag::start_order, reorders(children, wanted), "start order");
  out.steps = planner{wanted_flags, children, wanted}.steps();
  return out;
}

} // namespace cafnode::supervision
