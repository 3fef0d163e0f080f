#pragma once

#include "control/record_shelf.hpp"
#include "control/tree/tree_row.hpp"
#include "control/tree/tree_store.hpp"

#include <caf/actor.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// The supervisor trees of this node, kept from the events that supervisors publish, so that nobody asks an actor for
/// them. Holds at most `rows_max` rows. Any thread; a reader holds the lock for a few rows at a time, however many it
/// wants, so that no supervisor waits for one.
class tree_view final : public supervision::event_sink {
public:
  static constexpr std::size_t rows_default = 262'144;

  explicit tree_view(std::size_t rows_max = rows_default);

  void publish(const supervision::event& happened) override;

  /// Up to `limit` rows, as of `now`, of the subtree at `path` (empty: everything) that come behind the row `after`
  /// (empty: from the first). None: nothing has this path. Rows that change meanwhile are told as they are when their
  /// turn comes; none is told twice.
  [[nodiscard]] std::optional<tree_page> page(std::string_view path, std::string_view after, std::size_t limit,
                                              base::time_point now) const;

  [[nodiscard]] std::optional<tree_row> find(std::string_view path, base::time_point now) const;

  /// The process of the child at a path, if it has one; null as well for what nobody is known to look after.
  [[nodiscard]] caf::actor process_at(std::string_view path) const;

  /// The last restarts that the supervisor at a path has completed, oldest first.
  [[nodiscard]] std::vector<kept_record> records_of(std::string_view supervisor) const;

  [[nodiscard]] tree_counts counts() const;

  /// Rows copied before the lock is let go.
  static constexpr std::size_t rows_per_hold = 128;

private:
  struct sighting {
    std::vector<tree_row> rows;
    std::vector<caf::weak_actor_ptr> processes;
    bool known = true; // the subtree
    bool more = false;
  };

  [[nodiscard]] sighting look(std::string_view path, std::string_view after, std::size_t limit,
                              base::time_point now) const;
  void bury_zombies() const;

  mutable std::mutex mutex_;
  mutable tree_store rows_; // readers find out which zombies have ended
  record_shelf records_;
};

} // namespace cafnode::control
