#pragma once

#include "actors/venues/machine.hpp"
#include "runtime/base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cafnode::venues {

/// One request without an answer.
struct ledger_entry {
  request_id id = 0;
  std::uint8_t kind = 0; // a venue's own number for it
  bool owners = false;   // the owner of the machine asked for it, not the machine by itself
  request_cost cost;
  base::time_point sent_at{};
  base::time_point due{}; // when its answer is overdue
  bool given_up = false;  // it keeps no place in the account's budget any more
};

/// Remembers requests until each has its one outcome: an answer, a deadline, or the end of the connection. Those whose
/// deadline passed are remembered a while longer, so that a late answer is told from an answer to nobody. What the
/// requests are it does not know: `pending_requests` does.
class request_ledger {
public:
  struct deadlines {
    base::duration orders; // requests of the matching pool
    base::duration others;
  };

  /// `room` for the owner's requests, and a few more for the machine's own.
  request_ledger(deadlines allowed, std::size_t room);

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
  request_id add(std::uint8_t kind, request_cost cost, bool owners, base::time_point now);

  /// The request with this id, if it waits.
  [[nodiscard]] std::optional<ledger_entry> find(request_id id) const noexcept;

  /// Forgets a request that has its outcome.
  void settle(request_id id) noexcept;

  /// Takes one request whose deadline is over at `now`, that which was over first.
  std::optional<ledger_entry> take_overdue(base::time_point now);

  /// Takes the oldest request, whatever its deadline.
  std::optional<ledger_entry> take_any();

  /// The request with this id, if it ran into its deadline; it is forgotten with this call.
  std::optional<ledger_entry> take_late(request_id id) noexcept;

  /// When to call `take_overdue`.
  [[nodiscard]] std::optional<base::time_point> next_deadline() const noexcept;

  /// The youngest request so far; 0 before the first.
  [[nodiscard]] request_id last_id() const noexcept { return last_id_; }

  [[nodiscard]] std::size_t size() const noexcept { return queues_[0].waiting.size() + queues_[1].waiting.size(); }

  /// What all requests so far have cost, and those that were answered. One that is remembered no longer counts as
  /// answered.
  [[nodiscard]] const venues::traffic& traffic() const noexcept { return traffic_; }

  /// Those among them that are of this kind.
  [[nodiscard]] std::size_t waiting(std::uint8_t kind) const noexcept;

  /// Those among them that the owner asked for.
  [[nodiscard]] std::size_t owners() const noexcept;

private:
  using entries = std::vector<ledger_entry>;

  /// Requests that are allowed one and the same time: by id, and so by age.
  struct queue {
    base::duration deadline{};
    entries waiting{};
    request_id mixed_until = 0; // while one as old as this waits, a younger one may be due before it

    /// The one that is due first; `end` when none waits.
    [[nodiscard]] entries::const_iterator first() const noexcept;
    [[nodiscard]] base::time_point due() const noexcept;
    [[nodiscard]] entries::const_iterator seek(request_id id) const noexcept;
  };

  [[nodiscard]] queue* first_due() noexcept;
  void give_up_late(base::time_point now) noexcept;
  void count_answer(const ledger_entry& answered) noexcept;

  std::size_t room_;
  request_id last_id_ = 0;
  venues::traffic traffic_;
  std::array<queue, 2> queues_; // orders, others
  entries late_;                // oldest deadline first, at most room_ + own_room
};

} // namespace cafnode::venues
