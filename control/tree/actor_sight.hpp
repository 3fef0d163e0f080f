#pragma once

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <optional>

/// What can be seen of an actor without asking it. Any thread.
namespace cafnode::control {

/// How many messages wait for `who`; none when it is gone, or no process of ours.
[[nodiscard]] std::optional<std::size_t> mailbox_length_of(const caf::weak_actor_ptr& who);

/// Whether `who` handles no message any more.
[[nodiscard]] bool has_ended(const caf::weak_actor_ptr& who);

} // namespace cafnode::control
