#include "runtime/process/tell.hpp"

#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>

#include <utility>

namespace cafnode::process {

void ask_to_stop(const caf::actor& to, caf::error reason) {
  tell_urgent_anonymous(to, caf::exit_msg{caf::actor_addr{}, std::move(reason)});
}

void kill(const caf::actor& to) {
  tell_urgent_anonymous(to, caf::exit_msg{caf::actor_addr{}, caf::make_error(caf::exit_reason::kill)});
}

} // namespace cafnode::process
