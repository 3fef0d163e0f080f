#pragma once

#include "control/tree/tree_row.hpp"
#include "supervisors/restart_window.hpp"

#include <boost/intrusive/set.hpp>
#include <caf/actor_control_block.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the tree view remembers of one supervisor or child. Kept small: there may be a quarter of a million.
namespace cafnode::control {

struct tree_node;

struct by_id {
  using type = std::string_view;
  type operator()(const tree_node& each) const noexcept;
};

using tree_hook = boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                                  boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// What is known of a child that has failed, and of no other.
struct node_trouble {
  std::string text; // of its last end
  std::uint32_t stalled = 0;
  std::uint32_t fenced = 0;
  std::uint32_t zombies = 0;
};

struct supervisor_part;

struct tree_node : tree_hook {
  std::string id; // under `parent`; without one: the whole path
  tree_node* parent = nullptr;
  base::moment since;
  base::time_point due{};
  caf::weak_actor_ptr process;
  std::unique_ptr<node_trouble> trouble;
  std::unique_ptr<supervisor_part> below; // null: a worker
  std::uint32_t slot = 0;                 // its place in `by_slot` and one; 0: none
  std::uint32_t life = 0;                 // of the supervisor above, when it was heard of
  std::uint32_t incarnation = 0;
  std::uint32_t restarts = 0;
  process::reason_code reason = process::reason_code::normal;
  supervision::child_state state = supervision::child_state::starting;
  supervision::circuit_state circuit = supervision::circuit_state::closed;
  bool ready = false;
  bool has_ended = false; // once at least: `reason` says why
  bool exhausted = false; // its budget had no room for its restart, and it has not been started since
  bool guessed = true;    // its place was told by its own path, not by the supervisor above

  tree_node();
  ~tree_node();
  tree_node(const tree_node&) = delete;
  tree_node& operator=(const tree_node&) = delete;

  [[nodiscard]] node_trouble& troubles();
  [[nodiscard]] std::string path() const;
};

inline std::string_view by_id::operator()(const tree_node& each) const noexcept {
  return each.id;
}

using node_set = boost::intrusive::set<tree_node, boost::intrusive::key_of_value<by_id>,
                                       boost::intrusive::constant_time_size<false>>;

/// What only supervisors have.
struct supervisor_part {
  node_set children; // owned
  std::vector<tree_node*> by_slot;
  std::optional<supervision::restart_window> window;
  std::size_t older_restarts = 0; // in the window, before those that `window` remembers
  std::size_t told_restarts = 0;
  std::size_t intensity = 0;
  std::chrono::milliseconds period{0};
  std::size_t told_children = 0;
  std::uint32_t life = 1;
  supervision::strategy strategy = supervision::strategy::one_for_one;
  bool gave_up = false;
  bool ended = false;   // and nothing has been heard of it since
  bool has_old = false; // it may have children of an earlier life

  ~supervisor_part();

  /// Restarts kept one by one.
  static constexpr std::size_t restarts_kept = 1024;

  void take_restarts(base::time_point at, std::size_t told);
  [[nodiscard]] std::size_t restarts_at(base::time_point now) const;
};

} // namespace cafnode::control
