#include "runtime/process/control.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

namespace cafnode::process {

namespace {

// Built-in types only: their type token is compared as one number, where a type of ours costs a comparison of names.
constexpr auto control_atom = caf::atom("cafcontrol");
constexpr std::uint32_t control_token = caf::make_type_token<caf::atom_value, std::uint8_t, std::uint64_t>();

} // namespace

void fire_timer(const caf::weak_actor_ptr& target, std::uint64_t token) {
  if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(target))
    send_control(*alive->get(), control_kind::timer_fired, token);
}

void send_control(caf::abstract_actor& target, control_kind kind, std::uint64_t token) {
  const auto priority = kind == control_kind::ask_lost ? caf::message_priority::normal : caf::message_priority::high;
  target.enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(priority), {}, control_atom,
                                           static_cast<std::uint8_t>(kind), token),
                 nullptr);
}

bool is_control(const caf::mailbox_element& element, control_kind& kind, std::uint64_t& token) {
  const auto& content = element.content();
  if (content.type_token() != control_token || content.get_as<caf::atom_value>(0) != control_atom)
    return false;
  kind = static_cast<control_kind>(content.get_as<std::uint8_t>(1));
  token = content.get_as<std::uint64_t>(2);
  return true;
}

} // namespace cafnode::process
