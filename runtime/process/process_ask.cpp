#include "runtime/process/fence.hpp"
#include "runtime/process/mailbox.hpp"
#include "runtime/process/process_parts.hpp"
#include "runtime/process/reason.hpp"

#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace cafnode::process {

bool process_base::asks_nothing(const caf::message& question) const {
  if (stage_ == stage::over)
    return true;
  if (is_fenced())
    bury(dead_letter_kind::fenced, question);
  return is_fenced();
}

void process_base::ask_message(const caf::strong_actor_ptr& to, base::duration timeout, caf::message question,
                               reply_function on_reply, failure_function on_failure) {
  if (asks_nothing(question))
    return;
  if (to && to->get()->getf(fence_access::process_flag))
    if (const auto box = static_cast<process_base*>(to->get())->mailbox_for_senders())
      return ask_mailbox(*box, timeout, std::move(question), std::move(on_reply), std::move(on_failure));
  const auto mid = new_request_id(caf::message_priority::normal);
  const ask_id id = mid.response_id().integer_value();
  auto& entry = open_ask(id, std::move(on_reply), std::move(on_failure));
  if (!to)
    return lose_ask(id, caf::make_error(caf::sec::request_receiver_down));
  if (parts().asks.size() > asks_max)
    return lose_ask(id, make_reason(reason_code::refused, "too many asks are open"));
  arm_ask(id, timeout);
  if (to != ctrl())
    entry.watching = watch(to, [this, id](const caf::error& reason) {
      // The down came at high priority. Its sender's answer, if there is one, is already in the mailbox: let it pass.
      lose_ask(id, reason ? reason : caf::make_error(caf::sec::request_receiver_down));
    });
  to->enqueue(caf::make_mailbox_element(ctrl(), mid, {}, std::move(question)), context());
}

void process_base::ask_mailbox(process::mailbox& to, base::duration timeout, caf::message question,
                               reply_function on_reply, failure_function on_failure) {
  if (asks_nothing(question))
    return;
  const auto mid = new_request_id(caf::message_priority::normal);
  const ask_id id = mid.response_id().integer_value();
  open_ask(id, std::move(on_reply), std::move(on_failure));
  if (parts().asks.size() > asks_max)
    return lose_ask(id, make_reason(reason_code::refused, "too many asks are open"));
  arm_ask(id, timeout);
  to.put(caf::make_mailbox_element(ctrl(), mid, {}, std::move(question)), now().steady + timeout);
}

process_base::pending_ask& process_base::open_ask(ask_id id, reply_function on_reply, failure_function on_failure) {
  auto& entry = parts().asks[id];
  entry.on_reply = std::move(on_reply);
  entry.on_failure = std::move(on_failure);
  return entry;
}

void process_base::lose_ask(ask_id id, caf::error why) {
  state_->asks[id].lost = std::move(why);
  send_control(*this, control_kind::ask_lost, id);
}

void process_base::arm_ask(ask_id id, base::duration timeout) {
  state_->asks[id].deadline = after(timeout, [this, id] { fail_ask(id, caf::make_error(caf::sec::request_timeout)); });
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
