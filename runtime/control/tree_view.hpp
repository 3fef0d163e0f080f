#pragma once

#include "supervisors/event.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// One supervisor or worker as its supervisor's events describe it.
struct tree_row {
  std::string path;
  supervision::child_type type = supervision::child_type::worker;
  supervision::child_state state = supervision::child_state::starting;
  base::moment since;            // in this state
  std::uint64_t incarnation = 0; // counts its starts, from 1
  std::uint64_t restarts_total = 0;
  process::reason_code reason = process::reason_code::normal; // of its latest end
  std::string reason_text;                                    // empty while it never ended
  std::chrono::milliseconds delay{0};                         // from `since` to its restart, in the state `waiting`
  // For supervisors only.
  supervision::strategy strategy = supervision::strategy::one_for_one;
  std::size_t restarts_in_window = 0; // at its latest event
  std::size_t intensity = 0;
  bool gave_up = false; // its intensity was exceeded, and it has not been started again
};

struct tree_page {
  std::vector<tree_row> rows; // depth first, siblings by name
  std::string next;           // the `after` of the next page; empty: this was the last
};

struct tree_counts {
  std::size_t supervisors = 0;
  std::size_t workers = 0;
  std::size_t running = 0;    // of both
  std::size_t gave_up = 0;    // supervisors
  std::uint64_t restarts = 0; // since the node started
  std::uint64_t dropped = 0;  // events of children for which there was no room
};

/// The supervisor trees of this node, kept from the events that supervisors publish, so that nobody asks an actor for
/// them. Holds at most `rows_max` rows. Thread-safe.
class tree_view final : public supervision::event_sink {
public:
  explicit tree_view(std::size_t rows_max = 65'536);

  void publish(const supervision::event& happened) override;

  /// Up to `limit` rows of the subtree at `path` (empty: everything) that come behind the row `after` (empty: from the
  /// first). None: nothing has this path.
  [[nodiscard]] std::optional<tree_page> page(std::string_view path, std::string_view after, std::size_t limit) const;

  [[nodiscard]] std::optional<tree_row> find(std::string_view path) const;
  [[nodiscard]] tree_counts counts() const;

private:
  // Orders paths so that a subtree is one unbroken run: the separator comes before every other character.
  struct path_order {
    using is_transparent = void;
    bool operator()(std::string_view left, std::string_view right) const noexcept;
  };

  using row_map = std::map<std::string, tree_row, path_order>;

  tree_row* row_at(const std::string& path);
  void take_own(const supervision::event& happened);
  void take_child(const supervision::event& happened);
  void end_below(const std::string& path, base::moment at);
  void erase(const std::string& path);

  std::size_t rows_max_;
  mutable std::mutex mutex_;
  row_map rows_;
  std::uint64_t restarts_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace cafnode::control
