#include "actors/venues/deribit/errors.hpp"
#include "actors/venues/deribit/machine.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

using venues::disposition;
using venues::give_up;

// A login that fails again this soon after a new one will not get better on this connection.
constexpr std::chrono::seconds login_again_pause{60};

// Each renewal costs a subscription's credits, so broken books are gathered.
constexpr std::chrono::seconds books_rest{2};

} // namespace

std::string text_of_error(request_kind kind, const envelope& head) {
  std::string text{method_of(kind)};
  text.append(": ").append(std::to_string(head.code)).append(" ").append(head.message.substr(0, 160));
  if (!head.parameter.empty())
    text.append(" (").append(head.parameter.substr(0, 60)).append(")");
  if (!head.reason.empty())
    text.append(": ").append(head.reason.substr(0, 160));
  return text;
}

void protocol_machine::log_in(base::moment now, venues::outbox& out) {
  auto& writer = memory_of_thread().writer;
  const auto id = pending_.add(request_kind::authenticate, now.steady);
  out.send(write_login(writer, id, config_, now.wall, chance_));
  writer.wipe();
}

void protocol_machine::refresh(base::moment now, venues::outbox& out) {
  login_.renewing();
  if (!pending_.has_room())
    return shut(give_up::unavailable, "no room to renew the login", out);
  auto& writer = memory_of_thread().writer;
  const auto id = pending_.add(request_kind::refresh_token, now.steady);
  out.send(write_refresh(writer, id, login_.refresh_token()));
  writer.wipe();
}

void protocol_machine::log_in_again(base::moment now, venues::outbox& out) {
  if (logging_in_again_)
    return;
  const bool soon = !may_log_in_again_ && now.steady - logged_in_again_at_ < login_again_pause;
  if (soon || !pending_.has_room())
    return shut(give_up::unavailable, "the exchange forgets a login as soon as it is made", out);
  logging_in_again_ = true;
  may_log_in_again_ = false;
  logged_in_again_at_ = now.steady;
  log_in(now, out);
}

void protocol_machine::greeted(base::moment now, venues::outbox& out) {
  if (progress_ != progress::greeting || !heartbeat_set_ || (has_login() && !logged_in_))
    return;
  if (!has_login())
    return begin_subscribing(now, out);
  progress_ = progress::guarding;
  const auto kind = config_.cancel_on_disconnect ? request_kind::enable_cancel_on_disconnect
                                                 : request_kind::disable_cancel_on_disconnect;
  const auto id = pending_.add(kind, now.steady);
  out.send(write_simple(memory_of_thread().writer, id, kind, "scope", "connection"));
}

void protocol_machine::begin_subscribing(base::moment now, venues::outbox& out) {
  progress_ = progress::subscribing;
  out.emit(venues::stage_reached{venues::stage::subscribing});
  subscribe_next(now, out);
}

void protocol_machine::subscribe_next(base::moment now, venues::outbox& out) {
  const auto call = book_.next_call();
  if (!call.empty())
    return send_channels(has_login() ? request_kind::subscribe_private : request_kind::subscribe_public, call, now,
                         out);
  renewal_ = renewal::none;
  if (progress_ != progress::subscribing)
    return;
  progress_ = progress::live;
  out.emit(venues::stage_reached{venues::stage::resumed});
}

void protocol_machine::renew_books(base::moment now, venues::outbox& out) {
  if (progress_ != progress::live || renewal_ != renewal::none || !book_.has_broken() || now.steady < books_rest_until_)
    return;
  renewal_ = renewal::unsubscribing;
  books_rest_until_ = now.steady + books_rest;
  // A second subscription of a channel brings no snapshot; one after an unsubscription does.
  send_channels(has_login() ? request_kind::unsubscribe_private : request_kind::unsubscribe_public,
                book_.begin_renewal(), now, out);
}

void protocol_machine::send_channels(request_kind kind, std::span<const std::string_view> channels, base::moment now,
                                     venues::outbox& out) {
  if (!pending_.has_room())
    return shut(give_up::unavailable, "no room for a subscription", out);
  const auto id = pending_.add(kind, now.steady);
  out.send(write_subscriptions(memory_of_thread().writer, id, kind, channels));
}

void protocol_machine::on_own_result(const pending_request& request, base::moment now, venues::outbox& out) {
  auto& decoder = memory_of_thread().decoder;
  decode_fault fault;
  switch (request.kind) {
  case request_kind::answer_heartbeat:
    fault = decoder.read_version();
    if (!fault)
      return out.emit(venues::heartbeat_acknowledged{now.steady - request.sent_at});
    return complain(*fault, now, out);
  case request_kind::authenticate:
  case request_kind::refresh_token:
    return on_login(request, now, out);
  case request_kind::subscribe_public:
  case request_kind::subscribe_private:
    return on_subscribed(request, now, out);
  case request_kind::unsubscribe_public:
  case request_kind::unsubscribe_private:
    fault = decoder.read_channels(memory_of_thread().channels);
    break;
  default:
    fault = decoder.read_ok();
  }
  if (fault)
    return give_up_on(request, *fault, now, out);
  on_step_done(request.kind, now, out);
}

void protocol_machine::on_step_done(request_kind kind, base::moment now, venues::outbox& out) {
  if (kind == request_kind::set_heartbeat) {
    heartbeat_set_ = true;
    return greeted(now, out);
  }
  if (kind == request_kind::enable_cancel_on_disconnect || kind == request_kind::disable_cancel_on_disconnect)
    return begin_subscribing(now, out);
  renewal_ = renewal::subscribing;
  book_.end_unsubscribe();
  subscribe_next(now, out);
}

void protocol_machine::on_login(const pending_request& request, base::moment now, venues::outbox& out) {
  token_grant grant;
  if (const auto fault = memory_of_thread().decoder.read_grant(grant))
    return give_up_on(request, *fault, now, out);
  login_.granted(std::move(grant), now.steady);
  logged_in_ = true;
  logging_in_again_ = false;
  greeted(now, out);
}

void protocol_machine::on_subscribed(const pending_request& request, base::moment now, venues::outbox& out) {
  auto& memory = memory_of_thread();
  if (const auto fault = memory.decoder.read_channels(memory.channels))
    return give_up_on(request, *fault, now, out);
  auto compared = book_.settle_call(memory.channels);
  for (const auto& extra : compared.extra)
    complain({venues::fault_kind::foreign_channel, "subscribed without being asked: " + extra.substr(0, 160)}, now,
             out);
  const bool blind = std::any_of(compared.missing.begin(), compared.missing.end(), [this](const auto& channel) {
    return has_login() && (channel == own_orders_channel || channel == own_trades_channel);
  });
  if (!compared.missing.empty())
    out.emit(venues::subscription_missing{std::move(compared.missing)});
  if (blind)
    return shut(give_up::unavailable, "the exchange did not subscribe our own orders and trades", out);
  if (!is_over())
    subscribe_next(now, out);
}

void protocol_machine::give_up_on(const pending_request& request, const venues::protocol_fault& fault, base::moment now,
                                  venues::outbox& out) {
  complain(fault, now, out);
  shut(give_up::unavailable,
       "the answer to " + std::string{method_of(request.kind)} + " makes no sense: " + fault.detail, out);
}

void protocol_machine::on_own_error(const pending_request& request, base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const auto text = text_of_error(request.kind, head);
  const auto meaning = disposition_of(head.code, head.reason, false);
  if (meaning == disposition::back_off)
    return shut(give_up::unavailable, text + ": back off, the exchange ends this session", out, head.wait);
  // What shall be off and is not on, is off.
  if (request.kind == request_kind::disable_cancel_on_disconnect && head.code == code_cancel_on_disconnect_off)
    return begin_subscribing(now, out);
  // The owner sees that this one was not acknowledged.
  if (request.kind == request_kind::answer_heartbeat)
    return complain({venues::fault_kind::unsolicited_error, text}, now, out);
  if (request.kind == request_kind::refresh_token)
    return log_in_again(now, out);
  if (meaning == disposition::reauthenticate && has_login() && may_log_in_again_ && !logged_in_)
    return log_in_again(now, out);
  // A connection that has worked is not refused for a request that the machine makes by itself.
  const bool for_good = meaning == disposition::fatal ||
                        (meaning == disposition::our_bug && progress_ != progress::live) ||
                        (meaning == disposition::reauthenticate && !logged_in_);
  shut(for_good ? give_up::refused : give_up::unavailable, text, out, head.wait);
}

} // namespace cafnode::deribit
