#pragma once

#include "actors/session/board.hpp"
#include "control/control_actions.hpp"
#include "control/tree_view.hpp"
#include "runtime/process/services.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace cafnode::node {

/// What the control API can do to this node: kills and restarts by path, closes, and orders through the gates. All
/// pointers outlive the functions; each question is asked by a process of its own, so that nothing blocks the control
/// thread.
[[nodiscard]] control::control_actions make_actions(caf::actor_system& system, process::services& services,
                                                    std::shared_ptr<session::board> board,
                                                    std::shared_ptr<const control::tree_view> tree);

} // namespace cafnode::node
