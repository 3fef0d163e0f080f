#pragma once

#include "control/tree/tree_node.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cafnode::control {

/// A supervisor that ended, or began anew: what its children were before has to be put right.
struct tree_sweep {
  std::string path;
  bool erases = false; // what is not known any more is forgotten, rather than marked as stopped
  base::moment at;
  std::string after{}; // how far it has come
};

/// A process that a kill did not end, as its child's events told.
struct zombie {
  tree_node* whose = nullptr; // null: the row is gone
  tree_node* above = nullptr; // its supervisor's
  caf::weak_actor_ptr process;
};

/// The rows of a node's supervisor trees, and what events do to them. One thread at a time; see tree_view.
class tree_store {
public:
  explicit tree_store(std::size_t rows_max) : rows_max_{rows_max} {}

  tree_store(const tree_store&) = delete;
  tree_store& operator=(const tree_store&) = delete;

  /// Takes in one event: O(1) for a child that is known, O(log siblings) for one that is new.
  void take(const supervision::event& happened);

  /// What take() and sweep() left to be done: sweep() until there is none.
  [[nodiscard]] bool has_sweep() const noexcept { return !sweeps_.empty(); }

  /// Looks at up to `rows_per_sweep` rows.
  void sweep();

  static constexpr std::size_t rows_per_sweep = 256;

  [[nodiscard]] const tree_node* find(std::string_view path) const;

  /// The first row of the subtree at `base` (null: of everything) behind `after` (empty: at all); null: none.
  [[nodiscard]] const tree_node* behind(const tree_node* base, std::string_view after) const;

  /// The next row, depth first, within the subtree at `base` (null: everything); null: that was the last.
  [[nodiscard]] const tree_node* next(const tree_node& at, const tree_node* base) const;

  [[nodiscard]] tree_row row_of(const tree_node& at, base::time_point now) const;

  [[nodiscard]] const tree_counts& counts() const noexcept { return counts_; }

  static constexpr std::size_t zombies_max = 256; // followed until they end; one more is counted for ever

  [[nodiscard]] const std::vector<zombie>& zombies() const noexcept { return zombies_; }

  /// The zombie `process` has ended at last.
  void bury(const caf::weak_actor_ptr& process);

private:
  struct path_hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  using supervisors_by_path = std::unordered_map<std::string, tree_node*, path_hash, std::equal_to<>>;

  // Places: tree_store.cpp
  [[nodiscard]] tree_node* supervisor_at(std::string_view path) const;
  [[nodiscard]] std::pair<tree_node*, std::string_view> parent_of(std::string_view path) const;

  [[nodiscard]] node_set& children_of(tree_node* parent) { return (parent ? *parent->below : top_).children; }

  [[nodiscard]] const node_set& children_of(const tree_node* parent) const {
    return (parent ? *parent->below : top_).children;
  }

  [[nodiscard]] const tree_node* beside(const tree_node& at, const tree_node* base) const;
  tree_node* add(tree_node* parent, std::string_view id);
  void make_supervisor(tree_node& node);
  void adopt_those_below(tree_node& node);
  void erase(tree_node& node);
  void forget(tree_node& node);
  void count(const tree_node& node, int by);

  // Events: tree_changes.cpp
  [[nodiscard]] tree_node* supervisor_of(const supervision::event& happened);
  [[nodiscard]] tree_node* child_of(tree_node& supervisor, const supervision::event& happened);
  void take_own(tree_node& node, const supervision::event& happened);
  void take_child(tree_node& node, const supervision::event& happened);
  void take_zombie(tree_node& node, const caf::actor& process);
  void end_below(tree_node& node, base::moment at);
  void mark_ended(tree_node& node, base::moment at);

  std::size_t rows_max_;
  std::size_t rows_ = 0;
  supervisor_part top_; // over those without a supervisor
  supervisors_by_path supervisors_;
  std::vector<tree_sweep> sweeps_; // a few: at most one a supervisor and kind
  std::vector<zombie> zombies_;
  tree_counts counts_;
};

} // namespace cafnode::control
