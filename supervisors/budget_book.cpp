#include "supervisors/budget_book.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::supervision {

budget_book::budget_book(const supervisor_flags& flags)
    : own_{flags.intensity, flags.period}, own_then_{flags.on_exhausted} {
  for (const auto& budget : flags.budgets)
    entries_.push_back({budget, restart_window{budget.intensity.value_or(0), budget.period}});
  index();
}

void budget_book::index() {
  by_reason_.fill(none);
  std::size_t alone = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].budget.scope == budget_scope::child)
      entries_[i].place = alone++;
    for (const auto reason : entries_[i].budget.reasons) {
      CAFNODE_INVARIANT(static_cast<std::size_t>(reason) < reasons, "a reason without a place among the budgets");
      by_reason_[static_cast<std::size_t>(reason)] = static_cast<std::uint8_t>(i);
    }
  }
}

std::uint8_t budget_book::entry_of(process::reason_code why) const noexcept {
  const auto at = static_cast<std::size_t>(why);
  return at < reasons ? by_reason_[at] : none;
}

restart_window& budget_book::window_of(entry& of, child_trouble& trouble) {
  if (of.budget.scope == budget_scope::supervisor)
    return of.shared;
  while (trouble.windows.size() <= of.place)
    trouble.windows.emplace_back(0, std::chrono::milliseconds{1});
  auto& window = trouble.windows[of.place];
  window.change(of.budget.intensity.value_or(0), of.budget.period);
  return window;
}

budget_book::verdict budget_book::record(process::reason_code why, child_trouble& trouble, base::time_point now) {
  const auto found = entry_of(why);
  if (found == none)
    return {own_.record(now) == restart_verdict::restart, own_then_};
  auto& its = entries_[found];
  if (!its.budget.intensity)
    return {};
  return {window_of(its, trouble).record(now) == restart_verdict::restart, its.budget.on_exhausted};
}

exhausted budget_book::after(process::reason_code why) const noexcept {
  const auto found = entry_of(why);
  return found == none ? own_then_ : entries_[found].budget.on_exhausted;
}

void budget_book::change(const supervisor_flags& flags) {
  own_.change(flags.intensity, flags.period);
  own_then_ = flags.on_exhausted;
  std::vector<entry> fresh;
  for (const auto& budget : flags.budgets) {
    const auto same = [&](const entry& old) { return old.budget.reasons == budget.reasons; };
    const auto old = std::ranges::find_if(entries_, same);
    auto window = old == entries_.end() ? restart_window{budget.intensity.value_or(0), budget.period} : old->shared;
    window.change(budget.intensity.value_or(0), budget.period);
    fresh.push_back({budget, std::move(window)});
  }
  entries_ = std::move(fresh);
  index();
}

} // namespace cafnode::supervision
