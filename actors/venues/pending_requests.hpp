#pragma once

#include "actors/venues/machine.hpp"
#include "runtime/base/invariant.hpp"
#include "runtime/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <vector>

namespace cafnode::venues {

/// A venue's enum of the requests that its machine makes, with what each costs and who asks for it.
template<class T>
concept request_kinds = requires(T kind) {
  { cost_of(kind) } -> std::same_as<request_cost>;
  { is_owners(kind) } -> std::convertible_to<bool>; // of a machine; the machine asks for the others by itself
};

/// One request without an answer.
template<request_kinds Kind>
struct pending_request {
  request_id id = 0;
  Kind kind{};
  base::time_point sent_at{};
  base::time_point due{}; // when its answer is overdue
  bool given_up = false;  // it keeps no place in the account's budget any more
};

/// Remembers requests until each has its one outcome: an answer, a deadline, or the end of the connection. Those whose
/// deadline passed are remembered a while longer, so that a late answer is told from an answer to nobody.
template<request_kinds Kind>
class pending_requests {
public:
  using request = pending_request<Kind>;

  struct deadlines {
    base::duration orders; // requests of the matching pool
    base::duration others;
  };

  /// `room` for the owner's requests, and a few more for the machine's own.
  pending_requests(deadlines allowed, std::size_t room) : room_{room} { set_deadlines(allowed); }

  /// A request that has no answer so long after its deadline counts as answered in `traffic`: it will have none, and
  /// the exchange has long charged it. Else answers lost on a link that stays up would use up the account's budget.
  static constexpr std::chrono::seconds late_max{30};

  /// Room for what no owner asked for: heartbeats, login, subscriptions.
  static constexpr std::size_t own_room = 32;

  [[nodiscard]] bool has_room_for_owner() const noexcept { return size() < room_; }

  [[nodiscard]] bool has_room() const noexcept { return size() < room_ + own_room; }

  /// Takes other deadlines for requests from now on. Those that wait keep theirs.
  void set_deadlines(deadlines allowed);

  /// Remembers a request that is being sent and gives its id. There must be room.
  request_id add(Kind kind, base::time_point now);

  /// The request with this id, if it waits.
  [[nodiscard]] std::optional<request> find(request_id id) const noexcept;

  /// Forgets a request that has its outcome.
  void settle(request_id id) noexcept;

  /// Takes one request whose deadline is over at `now`, that which was over first.
  std::optional<request> take_overdue(base::time_point now);

  /// Takes the oldest request, whatever its deadline.
  std::optional<request> take_any();

  /// The request with this id, if it ran into its deadline; it is forgotten with this call.
  std::optional<request> take_late(request_id id) noexcept;

  /// When to call `take_overdue`.
  [[nodiscard]] std::optional<base::time_point> next_deadline() const noexcept;

  /// The youngest request so far; 0 before the first.
  [[nodiscard]] request_id last_id() const noexcept { return last_id_; }

  [[nodiscard]] std::size_t size() const noexcept { return queues_[0].waiting.size() + queues_[1].waiting.size(); }

  /// What all requests so far have cost, and those that were answered. One that is remembered no longer counts as
  /// answered.
  [[nodiscard]] const venues::traffic& traffic() const noexcept { return traffic_; }

  /// Those among them that are of this kind.
  [[nodiscard]] std::size_t waiting(Kind kind) const noexcept;

  /// Those among them that the owner asked for.
  [[nodiscard]] std::size_t owners() const noexcept;

private:
  using requests = std::vector<request>;

  /// Requests that are allowed one and the same time: by id, and so by age.
  struct queue {
    base::duration deadline{};
    requests waiting{};
    request_id mixed_until = 0; // while one as old as this waits, a younger one may be due before it

    /// The one that is due first; `end` when none waits.
    [[nodiscard]] typename requests::const_iterator first() const noexcept {
      if (waiting.empty() || waiting.front().id > mixed_until)
        return waiting.begin();
      return std::min_element(waiting.begin(), waiting.end(),
                              [](const request& a, const request& b) { return a.due < b.due; });
    }

    [[nodiscard]] base::time_point due() const noexcept {
      return waiting.empty() ? base::time_point::max() : first()->due;
    }

    [[nodiscard]] typename requests::const_iterator seek(request_id id) const noexcept {
      const auto at = std::lower_bound(waiting.begin(), waiting.end(), id,
                                       [](const request& one, request_id wanted) { return one.id < wanted; });
      return at != waiting.end() && at->id == id ? at : waiting.end();
    }
  };

  [[nodiscard]] static std::size_t place_of(Kind kind) noexcept {
    return cost_of(kind).pool == cost_class::matching ? 0 : 1;
  }

  [[nodiscard]] queue* first_due() noexcept {
    auto* first = queues_[0].due() <= queues_[1].due() ? &queues_[0] : &queues_[1];
    return first->waiting.empty() ? nullptr : first;
  }

  void give_up_late(base::time_point now) noexcept;

  void count_answer(const request& answered) noexcept {
    const auto cost = cost_of(answered.kind);
    traffic_.answered.of(cost.pool) += cost.credits;
  }

  std::size_t room_;
  request_id last_id_ = 0;
  venues::traffic traffic_;
  std::array<queue, 2> queues_; // orders, others
  requests late_;               // oldest deadline first, at most room_ + own_room
};

template<request_kinds Kind>
void pending_requests<Kind>::set_deadlines(deadlines allowed) {
  CAFNODE_INVARIANT(allowed.orders > base::duration::zero() && allowed.others > base::duration::zero(),
                    "a deadline that is over at once");
  queues_[0].deadline = allowed.orders;
  queues_[1].deadline = allowed.others;
  for (auto& each : queues_)
    each.mixed_until = last_id_;
}

template<request_kinds Kind>
request_id pending_requests<Kind>::add(Kind kind, base::time_point now) {
  auto& to = queues_[place_of(kind)];
  CAFNODE_INVARIANT(has_room(), "a request was sent that nobody could remember");
  CAFNODE_INVARIANT(to.waiting.empty() || to.waiting.back().sent_at <= now, "the clock ran backwards");
  to.waiting.push_back({++last_id_, kind, now, now + to.deadline});
  const auto cost = cost_of(kind);
  traffic_.sent.of(cost.pool) += cost.credits;
  return last_id_;
}

template<request_kinds Kind>
std::optional<pending_request<Kind>> pending_requests<Kind>::find(request_id id) const noexcept {
  for (const auto& each : queues_)
    if (const auto at = each.seek(id); at != each.waiting.end())
      return *at;
  return std::nullopt;
}

template<request_kinds Kind>
void pending_requests<Kind>::settle(request_id id) noexcept {
  for (auto& each : queues_)
    if (const auto at = each.seek(id); at != each.waiting.end()) {
      count_answer(*at);
      each.waiting.erase(at);
      return;
    }
}

template<request_kinds Kind>
std::optional<pending_request<Kind>> pending_requests<Kind>::take_overdue(base::time_point now) {
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

template<request_kinds Kind>
std::optional<pending_request<Kind>> pending_requests<Kind>::take_any() {
  auto* const first = first_due();
  if (first == nullptr)
    return std::nullopt;
  const auto oldest = first->waiting.front();
  first->waiting.erase(first->waiting.begin());
  return oldest;
}

template<request_kinds Kind>
std::optional<pending_request<Kind>> pending_requests<Kind>::take_late(request_id id) noexcept {
  const auto at = std::find_if(late_.begin(), late_.end(), [id](const request& one) { return one.id == id; });
  if (at == late_.end())
    return std::nullopt;
  const auto late = *at;
  if (!late.given_up)
    count_answer(late);
  late_.erase(at);
  return late;
}

template<request_kinds Kind>
void pending_requests<Kind>::give_up_late(base::time_point now) noexcept {
  for (auto& late : late_)
    if (!late.given_up && now >= late.due + late_max) {
      late.given_up = true;
      count_answer(late);
    }
}

template<request_kinds Kind>
std::size_t pending_requests<Kind>::waiting(Kind kind) const noexcept {
  const auto& in = queues_[place_of(kind)].waiting;
  return static_cast<std::size_t>(
      std::count_if(in.begin(), in.end(), [kind](const request& one) { return one.kind == kind; }));
}

template<request_kinds Kind>
std::size_t pending_requests<Kind>::owners() const noexcept {
  std::ptrdiff_t count = 0;
  for (const auto& each : queues_)
    count +=
        std::count_if(each.waiting.begin(), each.waiting.end(), [](const request& one) { return is_owners(one.kind); });
  return static_cast<std::size_t>(count);
}

template<request_kinds Kind>
std::optional<base::time_point> pending_requests<Kind>::next_deadline() const noexcept {
  auto due = std::min(queues_[0].due(), queues_[1].due());
  const auto late = std::find_if(late_.begin(), late_.end(), [](const request& one) { return !one.given_up; });
  if (late != late_.end())
    due = std::min(due, late->due + late_max);
  return due == base::time_point::max() ? std::nullopt : std::optional{due};
}

} // namespace cafnode::venues
