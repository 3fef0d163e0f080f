#include "runtime/process/end_watch.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

namespace cafnode::process {

namespace {

// Built-in types only, as for control messages: their type token is compared as one number.
constexpr auto watch_atom = caf::atom("cafended");
constexpr std::uint32_t news_token = caf::make_type_token<caf::atom_value, std::uint64_t, std::uint64_t, caf::error>();

} // namespace

void end_watch::actor_exited(const caf::error& reason, caf::execution_unit* unit) {
  if (const auto watcher = caf::actor_cast<caf::strong_actor_ptr>(watcher_))
    watcher->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(caf::message_priority::high), {},
                                               watch_atom, token_.first, token_.second, reason),
                     unit);
}

bool end_watch::matches(const caf::attachable::token& what) {
  if (what.subtype != key::token_type)
    return false;
  const auto& wanted = *static_cast<const key*>(what.ptr);
  return wanted.watcher == watcher_.get() && wanted.token == token_;
}

const caf::error* ended_watch(const caf::mailbox_element& element, watch_token& token) {
  const auto& content = element.content();
  if (content.type_token() != news_token || content.get_as<caf::atom_value>(0) != watch_atom)
    return nullptr;
  token = {content.get_as<std::uint64_t>(1), content.get_as<std::uint64_t>(2)};
  return &content.get_as<caf::error>(3);
}

} // namespace cafnode::process
