#pragma once

#include "control/events/event_followers.hpp"

#include <memory>

namespace cafnode::control {

/// Events that are written before others get their turn on the control thread.
inline constexpr std::size_t events_per_turn = 256;

/// Answers with a page of events, piece by piece. A page that fits into one turn is answered at once. `from_start`: it
/// was not asked for what comes behind a number, so nothing can be missing before it.
void answer_in_turns(const post_function& post, std::shared_ptr<net::http_reply> reply, matching_events found,
                     bool from_start);

} // namespace cafnode::control
