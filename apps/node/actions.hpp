#pragma once

#include "actors/session/board.hpp"
#include "control/control_actions.hpp"
#include "control/tree/tree_view.hpp"
#include "runtime/process/services.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace cafnode::node {

/// The process at a path; null: none runs there. Children are found in the tree; a root is nobody's child. Any thread.
[[nodiscard]] caf::actor find_process(const control::tree_view& tree, process::services& services,
                                      const std::string& path);

/// What the control API can do to this node: kills and restarts by path, closes, and orders through the gates. All
/// pointers outlive the functions; each question is asked by a process of its own, so that nothing blocks the control
/// thread.
[[nodiscard]] control::control_actions make_actions(caf::actor_system& system, process::services& services,
                                                    std::shared_ptr<session::board> board,
                                                    std::shared_ptr<const control::tree_view> tree);

/// Lets the control API ask `keeper` for the configuration.
void add_config(control::control_actions& actions, caf::actor_system& system, caf::actor keeper);

} // namespace cafnode::node
