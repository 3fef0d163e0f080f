#pragma once

#include "actors/session/board.hpp"
#include "control/tree/tree_view.hpp"
#include "runtime/observe/event_log.hpp"
#include "runtime/process/dead_letters.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cafnode::control {

/// How far the node is in its own life.
enum class node_stage : std::uint8_t { starting, serving, draining };

/// The stage, set by the node's program and read by any thread.
using node_stage_cell = std::atomic<node_stage>;

/// What never changes while a node runs.
struct node_facts {
  std::string name;
  std::string region;
  std::string version;
  std::int64_t pid = 0;
  base::moment started;
};

/// Runs a function later on the control thread, the one that serves HTTP; from any thread.
using post_function = std::function<void(std::function<void()>)>;

/// All that the control API reads. Nothing in it asks an actor; none of the pointers is null.
struct node_views {
  node_facts facts;
  std::shared_ptr<const node_stage_cell> stage;
  std::shared_ptr<const base::clock_source> clock;
  std::shared_ptr<const session::board> board;
  std::shared_ptr<const tree_view> tree;
  std::shared_ptr<observe::event_log> events;
  std::function<std::string()> metrics_text;                 // Prometheus text format 0.0.4
  std::function<process::dead_letter_report()> dead_letters; // may be empty
  post_function post;
};

} // namespace cafnode::control
