#include "actors/venues/deribit/errors.hpp"
#include "actors/venues/deribit/machine.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

using venues::disposition;
using venues::give_up;

// A login that is forgotten again this soon will not get better on this connection.
constexpr std::chrono::seconds lost_again_min{60};

bool is_login(request_kind kind) noexcept {
  return kind == request_kind::authenticate || kind == request_kind::refresh_token;
}

/// Whether the same may work a little later.
bool will_pass(disposition meaning) noexcept {
  return meaning == disposition::retry || meaning == disposition::pause || meaning == disposition::unknown;
}

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

venues::credits protocol_machine::setup_cost() const {
  venues::credits cost;
  cost.subscribe = static_cast<std::int64_t>(subscriptions_.calls()) * cost_of(request_kind::subscribe_private).credits;
  if (has_login())
    cost.other =
        cost_of(request_kind::authenticate).credits + cost_of(request_kind::enable_cancel_on_disconnect).credits;
  return cost;
}

void protocol_machine::log_in(base::moment now, venues::outbox& out) {
  auto& writer = memory_of_thread().writer;
  const auto id = pending_.add(request_kind::authenticate, now.steady);
  out.send(write_login(writer, id, config_, now.wall, chance_));
  writer.wipe();
}

void protocol_machine::refresh(base::moment now, venues::outbox& out) {
  auto& writer = memory_of_thread().writer;
  const auto id = pending_.add(request_kind::refresh_token, now.steady);
  out.send(write_refresh(writer, id, login_.refresh_token()));
  writer.wipe();
}

void protocol_machine::keep_login(base::moment now, venues::outbox& out) {
  const auto step = login_.next(now.steady);
  if (step == login_clock::step::none)
    return;
  if (step == login_clock::step::give_up)
    return shut(login_.refused() ? give_up::refused : give_up::unavailable,
                "the login is over and could not be renewed: " +
                    (login_trouble_.empty() ? std::string{"no answer came"} : login_trouble_),
                out, std::chrono::ceil<std::chrono::milliseconds>(login_.rest(now.steady)));
  login_.began(step, now.steady, chance_);
  if (!pending_.has_room())
    login_trouble_ = "too many requests wait for their answers";
  else if (step == login_clock::step::refresh)
    refresh(now, out);
  else
    log_in(now, out);
}

/// The exchange says that this connection is not logged in. What was sent before the latest login was granted says
/// nothing about that one.
void protocol_machine::on_unauthorized(const pending_request& request, base::moment now, venues::outbox& out) {
  if (request.id <= granted_after_ || login_.is_lost())
    return;
  if (lost_login_at_ && now.steady - *lost_login_at_ < lost_again_min)
    return shut(give_up::unavailable, "the exchange forgets a login as soon as it is made", out);
  lost_login_at_ = now.steady;
  login_trouble_ = std::string{method_of(request.kind)} + " was answered that this connection is not logged in";
  login_.lost(now.steady);
  keep_login(now, out);
}

void protocol_machine::on_login_failed(const pending_request& request, disposition meaning, const std::string& text,
                                       base::moment now, venues::outbox& out, base::duration asked) {
  if (request.id <= granted_after_)
    return;
  const bool fresh = request.kind == request_kind::authenticate;
  const bool for_good = meaning == disposition::fatal || meaning == disposition::our_bug ||
                        (!fresh && meaning == disposition::reauthenticate);
  login_trouble_ = text;
  login_.failed(fresh ? login_clock::step::log_in : login_clock::step::refresh, for_good, now.steady, asked);
  const auto wait = login_.due().value_or(now.steady) - now.steady;
  if (login_.refused())
    out.emit(venues::upkeep_failed{text + "; the connection ends when its login does", {}});
  else
    out.emit(venues::upkeep_failed{text, std::max(wait, base::duration{1})});
  keep_login(now, out);
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

/// A request of the machine's own came to nothing. Before the connection is live it is of no use without it; then what
/// it would have renewed holds meanwhile.
void protocol_machine::on_step_failed(const pending_request& request, const std::string& text, base::moment now,
                                      venues::outbox& out) {
  if (is_login(request.kind) && logged_in_)
    return on_login_failed(request, disposition::retry, text, now, out);
  if (is_subscription(request.kind) && progress_ == progress::live)
    return on_subscription_failed(request, text, now, out);
  if (progress_ != progress::leaving)
    shut(give_up::unavailable, text, out);
}

void protocol_machine::on_own_result(const pending_request& request, base::moment now, venues::outbox& out) {
  auto& decoder = memory_of_thread().decoder;
  decode_fault fault;
  switch (request.kind) {
  case request_kind::answer_heartbeat:
    fault = decoder.read_anything();
    if (!fault)
      return out.emit(venues::heartbeat_acknowledged{now.steady - request.sent_at});
    return complain(*fault, now, out);
  case request_kind::set_heartbeat:
    fault = decoder.read_anything();
    break;
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
  on_unsubscribed(now, out);
}

void protocol_machine::on_login(const pending_request& request, base::moment now, venues::outbox& out) {
  token_grant grant;
  if (const auto fault = memory_of_thread().decoder.read_grant(grant))
    return give_up_on(request, *fault, now, out);
  login_.granted(std::move(grant), now.steady);
  granted_after_ = pending_.last_id();
  logged_in_ = true;
  greeted(now, out);
}

void protocol_machine::give_up_on(const pending_request& request, venues::protocol_fault fault, base::moment now,
                                  venues::outbox& out) {
  if (is_login(request.kind))
    fault.text.clear(); // whatever its shape, it may hold a token
  complain(fault, now, out);
  if (!is_over())
    on_step_failed(request,
                   "the answer to " + std::string{method_of(request.kind)} + " makes no sense: " + fault.detail, now,
                   out);
}

void protocol_machine::on_own_error(const pending_request& request, base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const auto text = text_of_error(request.kind, head);
  const auto meaning = disposition_of(head.code, head.reason, false);
  if (meaning == disposition::back_off)
    return shut(give_up::over_rate, text + ": back off, the exchange ends this session", out, head.wait);
  // What shall be off and is not on, is off.
  if (request.kind == request_kind::disable_cancel_on_disconnect && head.code == code_cancel_on_disconnect_off)
    return begin_subscribing(now, out);
  // The owner sees that this one was not acknowledged.
  if (request.kind == request_kind::answer_heartbeat)
    return complain({venues::fault_kind::unsolicited_error, text}, now, out);
  if (is_login(request.kind) && logged_in_)
    return on_login_failed(request, meaning, text, now, out, head.wait);
  if (is_login(request.kind) && meaning == disposition::reauthenticate && !first_login_repeated_) {
    first_login_repeated_ = true;
    return log_in(now, out);
  }
  if (meaning == disposition::reauthenticate && logged_in_ && request.id <= granted_after_)
    return on_step_failed(request, text, now, out);
  if (meaning == disposition::reauthenticate && progress_ == progress::live)
    on_unauthorized(request, now, out);
  if (is_over())
    return;
  // Before it is live a connection does not sit out a wait that the exchange asks for: it would be overdue.
  const bool sits = progress_ == progress::live || (will_pass(meaning) && head.wait.count() == 0);
  if (is_subscription(request.kind) && sits)
    return on_subscription_failed(request, text, now, out, head.wait);
  // A connection that has worked is not refused for a request that the machine makes by itself.
  const bool for_good = meaning == disposition::fatal ||
                        (meaning == disposition::our_bug && progress_ != progress::live) ||
                        (meaning == disposition::reauthenticate && !logged_in_);
  shut(for_good ? give_up::refused : give_up::unavailable, text, out, head.wait);
}

} // namespace cafnode::deribit
