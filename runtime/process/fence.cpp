#include "runtime/process/fence.hpp"

#include "runtime/process/control.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/process/tell.hpp"

#include <caf/actor_cast.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace cafnode::process {

namespace {

const process_base* as_process(const caf::abstract_actor& who) noexcept {
  return who.getf(fence_access::process_flag) ? static_cast<const process_base*>(&who) : nullptr;
}

} // namespace

void fence_and_kill(const caf::actor& who, reason_code why) {
  if (auto* found = find_process(who))
    found->fence(why);
  kill(who);
}

process_base* find_process(const caf::actor& who) noexcept {
  if (!who)
    return nullptr;
  auto* found = caf::actor_cast<caf::abstract_actor*>(who);
  return found->getf(fence_access::process_flag) ? static_cast<process_base*>(found) : nullptr;
}

bool fence_access::is_fenced(const caf::abstract_actor& who) noexcept {
  const auto* ours = as_process(who);
  return ours != nullptr && ours->is_fenced();
}

bool fence_access::holds_back(const caf::mailbox_element& element) noexcept {
  return element.sender && is_fenced(*element.sender->get());
}

void fence_access::drop(const caf::local_actor& from, const caf::message& content) {
  if (const auto* ours = as_process(from))
    ours->bury(dead_letter_kind::fenced, content);
}

void process_base::fence(reason_code why) noexcept {
  auto expected = std::uint8_t{0};
  const auto code = why == reason_code::normal ? reason_code::killed : why;
  if (fence_.compare_exchange_strong(expected, static_cast<std::uint8_t>(code), std::memory_order_relaxed))
    send_control(*this, control_kind::end_due, 0); // one that waits for messages must hear of it
}

void process_base::end_fenced() {
  if (!getf(is_shutting_down_flag))
    quit(make_reason(static_cast<reason_code>(fence_.load(std::memory_order_relaxed)), "fenced"));
}

caf::invoke_message_result process_base::refuse(caf::mailbox_element& element) {
  end_fenced();
  // Not by CAF's own way of answering: that would be an answer of this process, which is held back.
  if (element.mid.is_request() && element.sender)
    element.sender->enqueue(caf::make_mailbox_element(nullptr, element.mid.response_id(), {},
                                                      caf::make_error(caf::sec::request_receiver_down)),
                            nullptr);
  return caf::invoke_message_result::consumed;
}

} // namespace cafnode::process
