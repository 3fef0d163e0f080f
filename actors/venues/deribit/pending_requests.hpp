#pragma once

#include "actors/venues/deribit/rules.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace cafnode::deribit {

/// One request without an answer.
struct pending_request {
  venues::request_id id = 0;
  request_kind kind = request_kind::answer_heartbeat;
  base::time_point sent_at{};
};

/// Remembers requests until each has its one outcome: an answer, a deadline, or the end of the connection. Those whose
/// deadline passed are remembered a while longer, so that a late answer is told from an answer to nobody.
class pending_requests {
public:
  /// `deadline` for each request; `room` for the owner's requests, and a few more for the machine's own.
  pending_requests(base::duration deadline, std::size_t room);

  /// Room for what no owner asked for: heartbeats, login, subscriptions.
  static constexpr std::size_t own_room = 32;

  [[nodiscard]] bool has_room_for_owner() const noexcept { return waiting_.size() < room_; }

  [[nodiscard]] bool has_room() const noexcept { return waiting_.size() < room_ + own_room; }

  /// Remembers a request that is being sent and gives its id. There must be room.
  venues::request_id add(request_kind kind, base::time_point now);

  /// The request with this id, if it waits.
  [[nodiscard]] std::optional<pending_request> find(venues::request_id id) const noexcept;

  /// Forgets a request that has its outcome.
  void settle(venues::request_id id) noexcept;

  /// Takes one request whose deadline is over at `now`, oldest first.
  std::optional<pending_request> take_overdue(base::time_point now);

  /// Takes the oldest request, whatever its deadline.
  std::optional<pending_request> take_any();

  /// The request with this id, if it ran into its deadline; it is forgotten with this call.
  std::optional<pending_request> take_late(venues::request_id id) noexcept;

  [[nodiscard]] std::optional<base::time_point> next_deadline() const noexcept;

  /// The youngest request so far; 0 before the first.
  [[nodiscard]] venues::request_id last_id() const noexcept { return last_id_; }

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

  /// What all requests so far have cost, and those that were answered. One that is remembered no longer counts as
  /// answered.
  [[nodiscard]] const venues::traffic& traffic() const noexcept { return traffic_; }

  /// Those among them that the owner asked for.
  [[nodiscard]] std::size_t owners() const noexcept;

private:
  void count_answer(const pending_request& request) noexcept;

  base::duration deadline_;
  std::size_t room_;
  venues::request_id last_id_ = 0;
  venues::traffic traffic_;
  std::vector<pending_request> waiting_; // by id, and so by age: every request has the same deadline
  std::vector<pending_request> late_;    // oldest first, at most room_ + own_room
};

} // namespace cafnode::deribit
