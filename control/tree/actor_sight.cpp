#include "control/tree/actor_sight.hpp"

#include "runtime/process/process_base.hpp"

#include <caf/actor_cast.hpp>

namespace cafnode::control {

std::optional<std::size_t> mailbox_length_of(const caf::weak_actor_ptr& who) {
  const auto held = caf::actor_cast<caf::actor>(who);
  return held ? process::mailbox_length(held) : std::nullopt;
}

bool has_ended(const caf::weak_actor_ptr& who) {
  const auto held = caf::actor_cast<caf::strong_actor_ptr>(who);
  return !held || held->get()->getf(caf::abstract_actor::is_terminated_flag | caf::abstract_actor::is_cleaned_up_flag);
}

} // namespace cafnode::control
