#pragma once

#include "actors/session/order_messages.hpp"

#include <string>

namespace cafnode::control {

/// The answer to an order request: `outcome` is "done", "refused" or "in_doubt".
[[nodiscard]] std::string order_outcome_json(const session::order_outcome& outcome);

/// The body of GET /api/v1/orders.
[[nodiscard]] std::string order_list_json(const session::order_list& list);

} // namespace cafnode::control
