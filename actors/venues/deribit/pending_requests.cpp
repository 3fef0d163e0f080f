#include "actors/venues/deribit/pending_requests.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

std::vector<pending_request>::const_iterator seek(const std::vector<pending_request>& in, venues::request_id id) {
  const auto at = std::lower_bound(
      in.begin(), in.end(), id, [](const pending_request& one, venues::request_id wanted) { return one.id < wanted; });
  return at != in.end() && at->id == id ? at : in.end();
}

} // namespace

pending_requests::pending_requests(base::duration deadline, std::size_t room) : deadline_{deadline}, room_{room} {
  CAFNODE_INVARIANT(deadline > base::duration::zero(), "a deadline that is over at once");
}

venues::request_id pending_requests::add(request_kind kind, base::time_point now) {
  CAFNODE_INVARIANT(has_room(), "a request was sent that nobody could remember");
  CAFNODE_INVARIANT(waiting_.empty() || waiting_.back().sent_at <= now, "the clock ran backwards");
  waiting_.push_back({++last_id_, kind, now});
  const auto cost = cost_of(kind);
  traffic_.sent.of(cost.pool) += cost.credits;
  return last_id_;
}

std::optional<pending_request> pending_requests::find(venues::request_id id) const noexcept {
  const auto at = seek(waiting_, id);
  return at == waiting_.end() ? std::nullopt : std::optional{*at};
}

void pending_requests::settle(venues::request_id id) noexcept {
  const auto at = seek(waiting_, id);
  if (at == waiting_.end())
    return;
  count_answer(*at);
  waiting_.erase(at);
}

std::optional<pending_request> pending_requests::take_overdue(base::time_point now) {
  if (waiting_.empty() || now - waiting_.front().sent_at < deadline_)
    return std::nullopt;
  if (late_.size() == room_ + own_room) {
    count_answer(late_.front());
    late_.erase(late_.begin());
  }
  late_.push_back(waiting_.front());
  return take_any();
}

std::optional<pending_request> pending_requests::take_any() {
  if (waiting_.empty())
    return std::nullopt;
  const auto oldest = waiting_.front();
  waiting_.erase(waiting_.begin());
  return oldest;
}

std::optional<pending_request> pending_requests::take_late(venues::request_id id) noexcept {
  const auto at = seek(late_, id);
  if (at == late_.end())
    return std::nullopt;
  const auto late = *at;
  count_answer(late);
  late_.erase(at);
  return late;
}

void pending_requests::count_answer(const pending_request& request) noexcept {
  const auto cost = cost_of(request.kind);
  traffic_.answered.of(cost.pool) += cost.credits;
}

std::size_t pending_requests::owners() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(waiting_.begin(), waiting_.end(), [](const pending_request& one) { return is_owners(one.kind); }));
}

std::optional<base::time_point> pending_requests::next_deadline() const noexcept {
  if (waiting_.empty())
    return std::nullopt;
  return waiting_.front().sent_at + deadline_;
}

} // namespace cafnode::deribit
