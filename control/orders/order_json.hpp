#pragma once

#include "actors/session/order_messages.hpp"
#include "control/json_writer.hpp"

#include <string>
#include <string_view>

namespace cafnode::control {

/// "open", "in_doubt" apart: what the exchange last said of an order.
[[nodiscard]] std::string_view word_of(venues::order_state state) noexcept;

/// The answer to an order request: `outcome` is "done", "refused" or "in_doubt".
[[nodiscard]] std::string order_outcome_json(const session::order_outcome& outcome);

/// One order of a list.
void write_listed_order(json_writer& out, std::string_view connection, const session::listed_order& each);

} // namespace cafnode::control
