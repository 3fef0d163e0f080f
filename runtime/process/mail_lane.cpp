#include "runtime/process/mail_lane.hpp"

#include "runtime/base/invariant.hpp"

#include <caf/sec.hpp>
#include <caf/system_messages.hpp>

#include <utility>

namespace cafnode::process {

namespace {

void answer_with(const caf::strong_actor_ptr& asker, caf::message_id question, const caf::error& why) {
  if (asker && question.is_request() && !question.is_answered())
    asker->enqueue(caf::make_mailbox_element(nullptr, question.response_id(), {}, why), nullptr);
}

/// Whether `element` goes through a mailbox. The rest controls the process, or answers it.
bool is_data(const caf::mailbox_element& element) {
  if (!element.mid.is_normal_message() || element.mid.is_response())
    return false;
  const auto type = element.content().type_token();
  auto kind = control_kind::timer_fired;
  std::uint64_t token = 0;
  return type != caf::make_type_token<caf::exit_msg>() && type != caf::make_type_token<caf::down_msg>() &&
         type != caf::make_type_token<caf::timeout_msg>() && !is_control(element, kind, token);
}

} // namespace

void process_base::use_mailbox(std::shared_ptr<process::mailbox> box) {
  CAFNODE_INVARIANT(box && !mail_, "one mailbox, once");
  CAFNODE_INVARIANT(stage_ == stage::made, "a mailbox is used from before the begin, when nobody can send yet");
  mail_ = std::make_unique<mail_lane>(std::move(box));
}

std::shared_ptr<process::mailbox> process_base::mailbox_for_senders() const noexcept {
  return mail_ ? mail_->for_senders.lock() : nullptr;
}

bool process_base::put_into_mailbox(caf::mailbox_element_ptr& element) {
  if (!is_data(*element))
    return false;
  const auto box = mail_->for_senders.lock();
  if (!box)
    return false; // gone, and so is this process
  box->put(std::move(element));
  return true;
}

void process_base::put_token() {
  // Of the event-based actor: it is no message that counts.
  caf::event_based_actor::enqueue(caf::mailbox_element_ptr{&mail_->token}, home_);
}

caf::invoke_message_result process_base::handle_mail() {
  if (getf(is_shutting_down_flag))
    return caf::invoke_message_result::consumed; // it stays where it is
  auto& lane = *mail_;
  auto [next, more] = lane.box->take(*this, timers());
  if (more)
    put_token();
  if (!next.mail)
    return caf::invoke_message_result::consumed;
  lane.in_hand = std::move(next);
  came_.fetch_add(1, std::memory_order_relaxed);
  const auto question = lane.in_hand.mail->mid;
  const auto asker = question.is_request() ? lane.in_hand.mail->sender : nullptr;
  const auto result = caf::event_based_actor::consume(*lane.in_hand.mail);
  note_handled();
  if (is_fenced()) // its own answer is held back, and nobody watches it
    answer_with(asker, question, caf::make_error(caf::sec::request_receiver_down));
  auto handled = std::exchange(lane.in_hand, {});
  if (result == caf::invoke_message_result::skipped) {
    lane.has_aside = true;
    lane.box->set_aside(std::move(handled));
    return caf::invoke_message_result::consumed;
  }
  restore_mail();
  return caf::invoke_message_result::consumed;
}

void process_base::restore_mail() {
  if (std::exchange(mail_->has_aside, false))
    mail_->box->restore();
}

void process_base::begin_mail() {
  if (mail_ && !getf(is_shutting_down_flag))
    mail_->box->attach(*this);
}

void process_base::end_mail(const caf::error& reason) noexcept {
  if (!mail_)
    return;
  if (const auto& poison = mail_->in_hand.mail) // its handler threw
    answer_with(poison->sender, poison->mid, reason ? reason : caf::make_error(caf::sec::request_receiver_down));
  mail_->box->detach(*this);
  mail_->box = nullptr;
  mail_->in_hand = {};
}

} // namespace cafnode::process
