#include "actors/venues/deribit/pending_requests.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

using requests = std::vector<pending_request>;

requests::const_iterator seek(const requests& in, venues::request_id id) {
  const auto at = std::lower_bound(
      in.begin(), in.end(), id, [](const pending_request& one, venues::request_id wanted) { return one.id < wanted; });
  return at != in.end() && at->id == id ? at : in.end();
}

bool is_order(request_kind kind) noexcept {
  return cost_of(kind).pool == venues::cost_class::matching;
}

} // namespace

pending_requests::pending_requests(deadlines allowed, std::size_t room) : room_{room} {
  set_deadlines(allowed);
}

void pending_requests::set_deadlines(deadlines allowed) {
  CAFNODE_INVARIANT(allowed.orders > base::duration::zero() && allowed.others > base::duration::zero(),
                    "a deadline that is over at once");
  lanes_[0].deadline = allowed.orders;
  lanes_[1].deadline = allowed.others;
  for (auto& each : lanes_)
    each.mixed_until = last_id_;
}

std::vector<pending_request>::const_iterator pending_requests::lane::first() const noexcept {
  if (waiting.empty() || waiting.front().id > mixed_until)
    return waiting.begin();
  return std::min_element(waiting.begin(), waiting.end(),
                          [](const pending_request& a, const pending_request& b) { return a.due < b.due; });
}

base::time_point pending_requests::lane::due() const noexcept {
  return waiting.empty() ? base::time_point::max() : first()->due;
}

pending_requests::lane& pending_requests::lane_of(request_kind kind) noexcept {
  return lanes_[is_order(kind) ? 0 : 1];
}

venues::request_id pending_requests::add(request_kind kind, base::time_point now) {
  auto& own = lane_of(kind);
  auto& waiting = own.waiting;
  CAFNODE_INVARIANT(has_room(), "a request was sent that nobody could remember");
  CAFNODE_INVARIANT(waiting.empty() || waiting.back().sent_at <= now, "the clock ran backwards");
  waiting.push_back({++last_id_, kind, now, now + own.deadline});
  const auto cost = cost_of(kind);
  traffic_.sent.of(cost.pool) += cost.credits;
  return last_id_;
}

std::optional<pending_request> pending_requests::find(venues::request_id id) const noexcept {
  for (const auto& each : lanes_)
    if (const auto at = seek(each.waiting, id); at != each.waiting.end())
      return *at;
  return std::nullopt;
}

void pending_requests::settle(venues::request_id id) noexcept {
  for (auto& each : lanes_)
    if (const auto at = seek(each.waiting, id); at != each.waiting.end()) {
      count_answer(*at);
      each.waiting.erase(at);
      return;
    }
}

pending_requests::lane* pending_requests::first_due() noexcept {
  auto* first = lanes_[0].due() <= lanes_[1].due() ? &lanes_[0] : &lanes_[1];
  return first->waiting.empty() ? nullptr : first;
}

std::optional<pending_request> pending_requests::take_overdue(base::time_point now) {
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

std::optional<pending_request> pending_requests::take_any() {
  auto* const first = first_due();
  if (first == nullptr)
    return std::nullopt;
  const auto oldest = first->waiting.front();
  first->waiting.erase(first->waiting.begin());
  return oldest;
}

std::optional<pending_request> pending_requests::take_late(venues::request_id id) noexcept {
  const auto at = std::find_if(late_.begin(), late_.end(), [id](const pending_request& one) { return one.id == id; });
  if (at == late_.end())
    return std::nullopt;
  const auto late = *at;
  if (!late.given_up)
    count_answer(late);
  late_.erase(at);
  return late;
}

void pending_requests::give_up_late(base::time_point now) noexcept {
  for (auto& late : late_)
    if (!late.given_up && now >= late.due + late_max) {
      late.given_up = true;
      count_answer(late);
    }
}

void pending_requests::count_answer(const pending_request& request) noexcept {
  const auto cost = cost_of(request.kind);
  traffic_.answered.of(cost.pool) += cost.credits;
}

std::size_t pending_requests::waiting(request_kind kind) const noexcept {
  const auto& in = lanes_[is_order(kind) ? 0 : 1].waiting;
  return static_cast<std::size_t>(
      std::count_if(in.begin(), in.end(), [kind](const pending_request& one) { return one.kind == kind; }));
}

std::size_t pending_requests::owners() const noexcept {
  std::ptrdiff_t count = 0;
  for (const auto& each : lanes_)
    count += std::count_if(each.waiting.begin(), each.waiting.end(),
                           [](const pending_request& one) { return is_owners(one.kind); });
  return static_cast<std::size_t>(count);
}

std::optional<base::time_point> pending_requests::next_deadline() const noexcept {
  auto due = std::min(lanes_[0].due(), lanes_[1].due());
  const auto late = std::find_if(late_.begin(), late_.end(), [](const pending_request& one) { return !one.given_up; });
  if (late != late_.end())
    due = std::min(due, late->due + late_max);
  return due == base::time_point::max() ? std::nullopt : std::optional{due};
}

} // namespace cafnode::deribit
