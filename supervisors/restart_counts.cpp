#include "supervisors/restart_counts.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <iterator>

namespace cafnode::supervision {

namespace {

std::uint16_t mask_of(const restart_budget& budget) {
  unsigned mask = 0;
  for (const auto reason : budget.reasons)
    mask |= 1U << static_cast<unsigned>(reason);
  return static_cast<std::uint16_t>(mask);
}

} // namespace

restart_counts::restart_counts(const supervisor_flags& flags)
    : own_{flags.intensity, flags.period}, own_then_{flags.on_exhausted} {
  for (const auto& budget : flags.budgets)
    entries_.push_back({budget, restart_window{budget.intensity.value_or(0), budget.period}});
  index();
}

void restart_counts::index() {
  by_reason_.fill(none);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].mask = mask_of(entries_[i].budget);
    for (const auto reason : entries_[i].budget.reasons) {
      CAFNODE_INVARIANT(static_cast<std::size_t>(reason) < reasons, "a reason without a place among the budgets");
      by_reason_[static_cast<std::size_t>(reason)] = static_cast<std::uint8_t>(i);
    }
  }
}

std::uint8_t restart_counts::entry_of(process::reason_code why) const noexcept {
  const auto at = static_cast<std::size_t>(why);
  return at < reasons ? by_reason_[at] : none;
}

restart_window& restart_counts::window_of(entry& of, child_trouble& trouble) {
  if (of.budget.scope == budget_scope::supervisor)
    return of.shared;
  auto found = std::ranges::find(trouble.windows, of.mask, &reason_window::reasons);
  if (found == trouble.windows.end()) {
    const auto known = [this](const reason_window& each) {
      return std::ranges::find(entries_, each.reasons, &entry::mask) != entries_.end();
    };
    std::erase_if(trouble.windows, [&](const reason_window& each) { return !known(each); }); // of budgets that are gone
    trouble.windows.push_back({of.mask, restart_window{of.budget.intensity.value_or(0), of.budget.period}});
    found = std::prev(trouble.windows.end());
  }
  found->window.change(of.budget.intensity.value_or(0), of.budget.period);
  return found->window;
}

restart_counts::verdict restart_counts::record(process::reason_code why, child_trouble& trouble, base::time_point now) {
  const auto found = entry_of(why);
  if (found == none)
    return {own_.record(now) == restart_verdict::restart, own_then_, own_.intensity(), own_.period()};
  auto& its = entries_[found];
  if (!its.budget.intensity)
    return {};
  auto& window = window_of(its, trouble);
  return {window.record(now) == restart_verdict::restart, its.budget.on_exhausted, window.intensity(), window.period()};
}

exhausted restart_counts::after(process::reason_code why) const noexcept {
  const auto found = entry_of(why);
  return found == none ? own_then_ : entries_[found].budget.on_exhausted;
}

void restart_counts::change(const supervisor_flags& flags) {
  own_.change(flags.intensity, flags.period);
  own_then_ = flags.on_exhausted;
  std::vector<entry> fresh;
  for (const auto& budget : flags.budgets) {
    const auto same = [mask = mask_of(budget)](const entry& old) { return old.mask == mask; };
    const auto old = std::ranges::find_if(entries_, same);
    auto window = old == entries_.end() ? restart_window{budget.intensity.value_or(0), budget.period} : old->shared;
    window.change(budget.intensity.value_or(0), budget.period);
    fresh.push_back({budget, std::move(window)});
  }
  entries_ = std::move(fresh);
  index();
}

} // namespace cafnode::supervision
