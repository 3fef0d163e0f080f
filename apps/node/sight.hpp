#pragma once

#include "actors/session/board.hpp"
#include "conf/node_config.hpp"
#include "control/node_views.hpp"
#include "control/telemetry/telemetry.hpp"
#include "runtime/host/io_engine.hpp"
#include "runtime/observe/metrics.hpp"
#include "runtime/process/services.hpp"

#include <memory>

namespace cafnode::node {

/// Everything by which a node can be seen: what its tree and its sessions write to, and what the control API reads.
struct node_sight {
  /// `clock` outlives it.
  node_sight(const conf::node_config& config, const base::clock_source& clock);

  /// Shows what `services` know as well; they outlive the last look at the views and metrics.
  void look_at(const process::services& services);

  /// Shows the handshakes of all I/O threads. Before the first dial, or at any time later.
  void look_at(host::io_engine& engine);

  observe::registry metrics;
  std::shared_ptr<control::node_stage_cell> stage;
  std::shared_ptr<session::board> board;
  std::shared_ptr<control::tree_view> tree;
  std::shared_ptr<control::telemetry> told;
  control::node_views views; // refers to `metrics`
};

} // namespace cafnode::node
