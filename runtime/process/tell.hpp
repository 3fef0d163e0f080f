#pragma once

#include "runtime/process/fence.hpp"
#include "runtime/process/reason.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_message.hpp>

#include <type_traits>
#include <utility>

namespace cafnode::process {

namespace detail {

template<class... Parts>
void tell_with(caf::message_priority priority, caf::local_actor* from, const caf::strong_actor_ptr& to,
               Parts&&... parts) {
  static_assert(sizeof...(Parts) > 0, "no message to tell");
  static_assert((!std::is_floating_point_v<std::remove_cvref_t<Parts>> && ...), "no floating point in messages");
  if (to)
    to->enqueue(caf::make_mailbox_element(from != nullptr ? from->ctrl() : nullptr, caf::make_message_id(priority), {},
                                          std::forward<Parts>(parts)...),
                from != nullptr ? from->context() : nullptr);
}

/// Whether `from` is a fenced process.
template<class From>
bool is_fenced(const From& from) noexcept {
  if constexpr (requires { from.is_fenced(); })
    return from.is_fenced();
  else
    return fence_access::is_fenced(from);
}

template<class From, class To, class... Parts>
void tell_unless_fenced(caf::message_priority priority, From& from, const To& to, Parts&&... parts) {
  static_assert(std::is_base_of_v<caf::local_actor, From>, "only actors tell; others use tell_anonymous");
  if (is_fenced(from)) [[unlikely]]
    return fence_access::drop(from, caf::make_message(std::forward<Parts>(parts)...));
  tell_with(priority, &from, caf::actor_cast<caf::strong_actor_ptr>(to), std::forward<Parts>(parts)...);
}

} // namespace detail

/// Sends `parts` as one message from `from` to `to` (caf::actor or caf::strong_actor_ptr); nothing to a null handle, to
/// one that has ended, or from a fenced process. Never blocks. A handler that returns a value would send it back as
/// another message: handlers of what is told return void.
template<class From, class To, class... Parts>
void tell(From& from, const To& to, Parts&&... parts) {
  detail::tell_unless_fenced(caf::message_priority::normal, from, to, std::forward<Parts>(parts)...);
}

/// As `tell`, ahead of the receiver's backlog. For control, not for data.
template<class From, class To, class... Parts>
void tell_urgent(From& from, const To& to, Parts&&... parts) {
  detail::tell_unless_fenced(caf::message_priority::high, from, to, std::forward<Parts>(parts)...);
}

/// As `tell`, from nobody: from any thread, a test, a signal handler's callback.
template<class To, class... Parts>
void tell_anonymous(const To& to, Parts&&... parts) {
  detail::tell_with(caf::message_priority::normal, nullptr, caf::actor_cast<caf::strong_actor_ptr>(to),
                    std::forward<Parts>(parts)...);
}

/// As `tell_anonymous`, ahead of the receiver's backlog.
template<class To, class... Parts>
void tell_urgent_anonymous(const To& to, Parts&&... parts) {
  detail::tell_with(caf::message_priority::high, nullptr, caf::actor_cast<caf::strong_actor_ptr>(to),
                    std::forward<Parts>(parts)...);
}

/// Asks `to` to end, ahead of its backlog: a process by its `on_stop`, a plain CAF actor by an exit message with
/// `reason`, at which it ends unless it traps exits. Any thread.
void ask_to_stop(const caf::actor& to, caf::error reason = make_reason(reason_code::shutdown));

/// Ends `to`, any CAF actor, without asking, after the handler that runs now; it cannot refuse. Its reason is `killed`.
/// Any thread.
void kill(const caf::actor& to);

} // namespace cafnode::process
