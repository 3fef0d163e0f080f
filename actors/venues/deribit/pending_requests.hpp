#pragma once

#include "actors/venues/deribit/rules.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace cafnode::deribit {

/// One request without an answer.
struct pending_request {
  venues::request_id id = 0;
  request_kind kind = request_kind::answer_heartbeat;
  base::time_point sent_at{};
  base::time_point due{}; // when its answer is overdue
  bool given_up = false;  // it keeps no place in the account's budget any more
};

/// Remembers requests until each has its one outcome: an answer, a deadline, or the end of the connection. Those whose
/// deadline passed are remembered a while longer, so that a late answer is told from an answer to nobody.
class pending_requests {
public:
  struct deadlines {
    base::duration orders; // requests that make, change or cancel orders
    base::duration others;
  };

  /// `room` for the owner's requests, and a few more for the machine's own.
  pending_requests(deadlines allowed, std::size_t room);

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
  venues::request_id add(request_kind kind, base::time_point now);

  /// The request with this id, if it waits.
  [[nodiscard]] std::optional<pending_request> find(venues::request_id id) const noexcept;

  /// Forgets a request that has its outcome.
  void settle(venues::request_id id) noexcept;

  /// Takes one request whose deadline is over at `now`, that which was over first.
  std::optional<pending_request> take_overdue(base::time_point now);

  /// Takes the oldest request, whatever its deadline.
  std::optional<pending_request> take_any();

  /// The request with this id, if it ran into its deadline; it is forgotten with this call.
  std::optional<pending_request> take_late(venues::request_id id) noexcept;

  /// When to call `take_overdue`.
  [[nodiscard]] std::optional<base::time_point> next_deadline() const noexcept;

  /// The youngest request so far; 0 before the first.
  [[nodiscard]] venues::request_id last_id() const noexcept { return last_id_; }

  [[nodiscard]] std::size_t size() const noexcept { return lanes_[0].waiting.size() + lanes_[1].waiting.size(); }

  /// What all requests so far have cost, and those that were answered. One that is remembered no longer counts as
  /// answered.
  [[nodiscard]] const venues::traffic& traffic() const noexcept { return traffic_; }

  /// Those among them that are of this kind.
  [[nodiscard]] std::size_t waiting(request_kind kind) const noexcept;

  /// Those among them that the owner asked for.
  [[nodiscard]] std::size_t owners() const noexcept;

private:
  /// Requests that are allowed one and the same time: by id, and so by age.
  struct lane {
    base::duration deadline{};
    std::vector<pending_request> waiting;
    venues::request_id mixed_until = 0; // while one as old as this waits, a younger one may be due before it

    /// The one that is due first; `end` when none waits.
    [[nodiscard]] std::vector<pending_request>::const_iterator first() const noexcept;
    [[nodiscard]] base::time_point due() const noexcept;
  };

  [[nodiscard]] lane& lane_of(request_kind kind) noexcept;
  [[nodiscard]] lane* first_due() noexcept;
  void give_up_late(base::time_point now) noexcept;
  void count_answer(const pending_request& request) noexcept;

  std::size_t room_;
  venues::request_id last_id_ = 0;
  venues::traffic traffic_;
  std::array<lane, 2> lanes_;         // orders, others
  std::vector<pending_request> late_; // oldest deadline first, at most room_ + own_room
};

} // namespace cafnode::deribit
