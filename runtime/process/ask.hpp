#pragma once

#include "runtime/process/process_base.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/message_handler.hpp>

#include <utility>

namespace cafnode::process {

/// Asks `to` and calls exactly one of `on_reply` and `on_failure` later, on `self`'s thread, unless `self` ends before.
///
/// `on_reply` takes the answer by its type, for example `[](const pool_report& report) {...}`.
/// `on_failure` takes a `const caf::error&`: what the receiver answered, `sec::request_timeout` once `timeout` has
/// passed, the receiver's end (`sec::request_receiver_down` when that was normal), `sec::unexpected_response` for an
/// answer of another type, or `refused` when more than process_base::asks_max are open. Whatever comes after that is
/// ignored.
template<class Question, class OnReply, class OnFailure>
void ask(process_base& self, const caf::actor& to, base::duration timeout, Question&& question, OnReply on_reply,
         OnFailure on_failure) {
  self.ask_message(
      caf::actor_cast<caf::strong_actor_ptr>(to), timeout, caf::make_message(std::forward<Question>(question)),
      [handler = caf::message_handler{std::move(on_reply)}](caf::type_erased_tuple& reply) mutable {
        return static_cast<bool>(handler(reply));
      },
      std::move(on_failure));
}

} // namespace cafnode::process
