#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>

#include <cstdint>

namespace cafnode::process {

/// What the process base sends itself. The behavior of a process never sees these.
enum class control_kind : std::uint8_t {
  timer_fired, // token: the timer
  end_due,     // the process asked to end while no handler of it ran
  ask_lost,    // token: the ask whose receiver is gone
};

/// Sends what a due timer sends: at high priority, and nothing when the target is gone. For timer sources.
void fire_timer(const caf::weak_actor_ptr& target, std::uint64_t token);

/// Sends `kind` to `target`; at high priority, except for ask_lost, which must not overtake an answer.
void send_control(caf::abstract_actor& target, control_kind kind, std::uint64_t token);

/// Whether `element` is a control message, and which one.
[[nodiscard]] bool is_control(const caf::mailbox_element& element, control_kind& kind, std::uint64_t& token);

} // namespace cafnode::process
