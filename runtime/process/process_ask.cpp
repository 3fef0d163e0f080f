#include "runtime/process/process_parts.hpp"
#include "runtime/process/reason.hpp"

#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace cafnode::process {

void process_base::ask_message(const caf::strong_actor_ptr& to, base::duration timeout, caf::message question,
                               reply_function on_reply, failure_function on_failure) {
  if (stage_ == stage::over)
    return;
  if (is_fenced())
    return bury(dead_letter_kind::fenced, question);
  const auto mid = new_request_id(caf::message_priority::normal);
  const ask_id id = mid.response_id().integer_value();
  auto& mine = parts();
  const bool room = mine.asks.size() < asks_max;
  auto& entry = mine.asks[id];
  entry.on_reply = std::move(on_reply);
  entry.on_failure = std::move(on_failure);
  if (!to || !room) {
    entry.lost = to ? make_reason(reason_code::refused, "too many asks are open")
                    : caf::make_error(caf::sec::request_receiver_down);
    send_control(*this, control_kind::ask_lost, id);
    return;
  }
  entry.deadline = after(timeout, [this, id] { fail_ask(id, caf::make_error(caf::sec::request_timeout)); });
  if (to != ctrl())
    entry.watching = watch(to, [this, id](const caf::error& reason) {
      // The down came at high priority. Its sender's answer, if there is one, is already in the mailbox: let it pass.
      state_->asks[id].lost = reason ? reason : caf::make_error(caf::sec::request_receiver_down);
      send_control(*this, control_kind::ask_lost, id);
    });
  to->enqueue(caf::make_mailbox_element(ctrl(), mid, {}, std::move(question)), context());
}

void process_base::on_answer(ask_id id, caf::type_erased_tuple& reply) {
  if (reply.match_elements<caf::error>()) {
    fail_ask(id, caf::error{reply.get_as<caf::error>(0)});
    return;
  }
  auto settled = take_ask(id);
  if (!settled.on_reply(reply))
    settled.on_failure(caf::make_error(caf::sec::unexpected_response));
}

void process_base::fail_ask(ask_id id, const caf::error& reason) {
  take_ask(id).on_failure(reason);
}

process_base::pending_ask process_base::take_ask(ask_id id) {
  auto node = state_->asks.extract(id);
  auto settled = std::move(node.mapped());
  settled.deadline.cancel();
  unwatch(settled.watching);
  return settled;
}

} // namespace cafnode::process
