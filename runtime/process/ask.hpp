#pragma once

#include "runtime/process/process_base.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/message_handler.hpp>

#include <utility>

namespace cafnode::process {

namespace detail {

template<class OnReply>
process_base::reply_function take_reply_with(OnReply on_reply) {
  return [handler = caf::message_handler{std::move(on_reply)}](caf::type_erased_tuple& reply) mutable {
    return static_cast<bool>(handler(reply));
  };
}

} // namespace detail

/// Asks `to` and calls exactly one of `on_reply` and `on_failure` later, on `self`'s thread, unless `self` ends before.
///
/// `on_reply` takes the answer by its type, for example `[](const pool_report& report) {...}`.
/// `on_failure` takes a `const caf::error&`: what the receiver answered, `sec::request_timeout` once `timeout` has
/// passed, the receiver's end (`sec::request_receiver_down` when that was normal), `sec::unexpected_response` for an
/// answer of another type, or `refused` when more than process_base::asks_max are open. Whatever comes after that is
/// ignored. A receiver with a mailbox is asked through it, as below.
template<class Question, class OnReply, class OnFailure>
void ask(process_base& self, const caf::actor& to, base::duration timeout, Question&& question, OnReply on_reply,
         OnFailure on_failure) {
  self.ask_message(caf::actor_cast<caf::strong_actor_ptr>(to), timeout,
                   caf::make_message(std::forward<Question>(question)), detail::take_reply_with(std::move(on_reply)),
                   std::move(on_failure));
}

/// The same, to whichever incarnation takes it out of `to`. It outlives the end of an incarnation that has not taken
/// it: instead of a receiver's end there is `refused` when the mailbox is full, `shutdown` when it is closed, and the
/// timeout. A question that still waits at its timeout is never handled.
template<class Question, class OnReply, class OnFailure>
void ask(process_base& self, const std::shared_ptr<mailbox>& to, base::duration timeout, Question&& question,
         OnReply on_reply, OnFailure on_failure) {
  self.ask_mailbox(*to, timeout, caf::make_message(std::forward<Question>(question)),
                   detail::take_reply_with(std::move(on_reply)), std::move(on_failure));
}

} // namespace cafnode::process
