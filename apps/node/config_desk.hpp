#pragma once

#include "apps/node/options.hpp"
#include "apps/node/sight.hpp"
#include "control/push/config_keeper.hpp"
#include "control/push/config_startup.hpp"
#include "runtime/host/actor_host.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cafnode::node {

/// What a node begins with, and where its versions are kept.
struct opened_config {
  std::shared_ptr<control::config_store> store;
  std::string place; // of the store; empty: in memory
  control::chosen_start chosen;
};

/// Opens the store in the folder that the options name, and chooses what the node begins with. A store that cannot be
/// opened or used is left alone, told, and done without. `file` is what the options and the environment add up to.
[[nodiscard]] opened_config open_config(const node_options& options, const conf::loaded& file,
                                        const base::clock_source& clock);

/// What the keeper of the configuration works with. All of it outlives the keeper.
struct keeper_inputs {
  host::actor_host* host;
  node_sight* sight;
  std::shared_ptr<session::depot> depot;
  const opened_config* opened;
  const node_options* options;
  std::string node;
  std::function<void(std::chrono::milliseconds)> set_drain; // on the keeper's thread
};

[[nodiscard]] caf::actor spawn_keeper(const keeper_inputs& inputs);

/// Has the keeper read the node's file again.
void reread(const caf::actor& keeper);

/// The text of the node's file, or what it runs without one; nothing, and `why`, when the file cannot be read.
[[nodiscard]] std::optional<std::string> config_text(const node_options& options, std::string& why);

/// Reads a text as if it stood in the node's file.
[[nodiscard]] conf::loaded read_config(const node_options& options, std::string name, std::string text);

} // namespace cafnode::node
