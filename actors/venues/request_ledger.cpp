#include "actors/venues/request_ledger.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::venues {

request_ledger::entries::const_iterator request_ledger::queue::first() const noexcept {
  if (waiting.empty() || waiting.front().id > mixed_until)
    return waiting.begin();
  return std::min_element(waiting.begin(), waiting.end(),
                          [](const ledger_entry& a, const ledger_entry& b) { return a.due < b.due; });
}

base::time_point request_ledger::queue::due() const noexcept {
  return waiting.empty() ? base::time_point::max() : first()->due;
}

request_ledger::entries::const_iterator request_ledger::queue::seek(request_id id) const noexcept {
  const auto at = std::lower_bound(waiting.begin(), waiting.end(), id,
                                   [](const ledger_entry& one, request_id wanted) { return one.id < wanted; });
  return at != waiting.end() && at->id == id ? at : waiting.end();
}

request_ledger::request_ledger(deadlines allowed, std::size_t room) : room_{room} {
  set_deadlines(allowed);
}

void request_ledger::set_deadlines(deadlines allowed) {
  CAFNODE_INVARIANT(allowed.orders > base::duration::zero() && allowed.others > base::duration::zero(),
                    "a deadline that is over at once");
  queues_[0].deadline = allowed.orders;
  queues_[1].deadline = allowed.others;
  for (auto& each : queues_)
    each.mixed_until = last_id_;
}

request_id request_ledger::add(std::uint8_t kind, request_cost cost, bool owners, base::time_point now) {
  auto& to = queues_[cost.pool == cost_class::matching ? 0 : 1];
  CAFNODE_INVARIANT(has_room(), "a request was sent that nobody could remember");
  CAFNODE_INVARIANT(to.waiting.empty() || to.waiting.back().sent_at <= now, "the clock ran backwards");
  to.waiting.push_back({++last_id_, kind, owners, cost, now, now + to.deadline});
  traffic_.sent.of(cost.pool) += cost.credits;
  return last_id_;
}

std::optional<ledger_entry> request_ledger::find(request_id id) const noexcept {
  for (const auto& each : queues_)
    if (const auto at = each.seek(id); at != each.waiting.end())
      return *at;
  return std::nullopt;
}

void request_ledger::settle(request_id id) noexcept {
  for (auto& each : queues_)
    if (const auto at = each.seek(id); at != each.waiting.end()) {
      count_answer(*at);
      each.waiting.erase(at);
      return;
    }
}

std::optional<ledger_entry> request_ledger::take_overdue(base::time_point now) {
  give_up_late(now);
  auto* const first = first_due();
  if (first == nullptr || now < first->due())
    return std::nullopt;
  if (late_.size() == room_ + own_room) {
    if (!late_.front().given_up)
      count_answer(late_.front());
    late_.erase(late_.begin());
  }
  const auto at = first->first();
  const auto overdue = *at;
  first->waiting.erase(at);
  late_.push_back(overdue);
  return overdue;
}

std::optional<ledger_entry> request_ledger::take_any() {
  auto* const first = first_due();
  if (first == nullptr)
    return std::nullopt;
  const auto oldest = first->waiting.front();
  first->waiting.erase(first->waiting.begin());
  return oldest;
}

std::optional<ledger_entry> request_ledger::take_late(request_id id) noexcept {
  const auto at = std::find_if(late_.begin(), late_.end(), [id](const ledger_entry& one) { return one.id == id; });
  if (at == late_.end())
    return std::nullopt;
  const auto late = *at;
  if (!late.given_up)
    count_answer(late);
  late_.erase(at);
  return late;
}

std::optional<base::time_point> request_ledger::next_deadline() const noexcept {
  auto due = std::min(queues_[0].due(), queues_[1].due());
  const auto late = std::find_if(late_.begin(), late_.end(), [](const ledger_entry& one) { return !one.given_up; });
  if (late != late_.end())
    due = std::min(due, late->due + late_max);
  return due == base::time_point::max() ? std::nullopt : std::optional{due};
}

std::size_t request_ledger::waiting(std::uint8_t kind) const noexcept {
  std::ptrdiff_t count = 0;
  for (const auto& each : queues_)
    count += std::count_if(each.waiting.begin(), each.waiting.end(),
                           [kind](const ledger_entry& one) { return one.kind == kind; });
  return static_cast<std::size_t>(count);
}

std::size_t request_ledger::owners() const noexcept {
  std::ptrdiff_t count = 0;
  for (const auto& each : queues_)
    count +=
        std::count_if(each.waiting.begin(), each.waiting.end(), [](const ledger_entry& one) { return one.owners; });
  return static_cast<std::size_t>(count);
}

request_ledger::queue* request_ledger::first_due() noexcept {
  auto* first = queues_[0].due() <= queues_[1].due() ? &queues_[0] : &queues_[1];
  return first->waiting.empty() ? nullptr : first;
}

void request_ledger::give_up_late(base::time_point now) noexcept {
  for (auto& late : late_)
    if (!late.given_up && now >= late.due + late_max) {
      late.given_up = true;
      count_answer(late);
    }
}

void request_ledger::count_answer(const ledger_entry& answered) noexcept {
  traffic_.answered.of(answered.cost.pool) += answered.cost.credits;
}

} // namespace cafnode::venues
