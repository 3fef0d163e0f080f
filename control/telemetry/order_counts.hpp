#pragma once

#include "actors/session/board.hpp"
#include "control/control_actions.hpp"
#include "runtime/observe/metrics.hpp"

#include <memory>

namespace cafnode::control {

/// `actions`, with each order request counted by its kind and outcome. `to` outlives their completions.
[[nodiscard]] control_actions count_orders(control_actions actions, observe::registry& to,
                                           std::shared_ptr<const session::board> board);

} // namespace cafnode::control
