#include "actors/venues/deribit/errors.hpp"
#include "actors/venues/deribit/machine.hpp"

namespace cafnode::deribit {

using venues::disposition;
using venues::fault_kind;
using venues::request_id;

bool protocol_machine::takes_requests() const noexcept {
  return progress_ == progress::live && has_login() && pending_.has_room_for_owner();
}

request_id protocol_machine::ask(request_kind kind, std::string_view key, std::string_view value, base::moment now,
                                 venues::outbox& out) {
  if (!takes_requests())
    return 0;
  const auto id = pending_.add(kind, now.steady);
  out.send(write_simple(memory_of_thread().writer, id, kind, key, value));
  return id;
}

request_id protocol_machine::place(const venues::order_request& order, base::moment now, venues::outbox& out) {
  if (!takes_requests())
    return 0;
  const auto kind = order.side == venues::side::buy ? request_kind::buy : request_kind::sell;
  const auto id = pending_.add(kind, now.steady);
  out.send(write_place(memory_of_thread().writer, id, order));
  return id;
}

request_id protocol_machine::edit(const venues::edit_request& change, base::moment now, venues::outbox& out) {
  if (!takes_requests())
    return 0;
  const auto id = pending_.add(request_kind::edit, now.steady);
  out.send(write_edit(memory_of_thread().writer, id, change));
  return id;
}

request_id protocol_machine::cancel(std::string_view order_id, base::moment now, venues::outbox& out) {
  return ask(request_kind::cancel, "order_id", order_id, now, out);
}

request_id protocol_machine::cancel_by_label(std::string_view label, base::moment now, venues::outbox& out) {
  return ask(request_kind::cancel_by_label, "label", label, now, out);
}

request_id protocol_machine::list_open_orders(base::moment now, venues::outbox& out) {
  return ask(request_kind::open_orders, {}, {}, now, out);
}

request_id protocol_machine::query_order(std::string_view order_id, base::moment now, venues::outbox& out) {
  return ask(request_kind::order_state, "order_id", order_id, now, out);
}

request_id protocol_machine::query_label(std::string_view label, std::string_view instrument, base::moment now,
                                         venues::outbox& out) {
  if (!takes_requests())
    return 0;
  const auto id = pending_.add(request_kind::order_state_by_label, now.steady);
  out.send(write_label_query(memory_of_thread().writer, id, label, instrument));
  return id;
}

request_id protocol_machine::list_fills_of_order(std::string_view order_id, base::moment now, venues::outbox& out) {
  return ask(request_kind::trades_of_order, "order_id", order_id, now, out);
}

request_id protocol_machine::list_fills_since(std::string_view instrument, std::uint64_t first_seq, base::moment now,
                                              venues::outbox& out) {
  if (!takes_requests())
    return 0;
  const auto id = pending_.add(request_kind::trades_of_instrument, now.steady);
  out.send(write_trades_since(memory_of_thread().writer, id, instrument, first_seq));
  return id;
}

request_id protocol_machine::list_positions(base::moment now, venues::outbox& out) {
  return ask(request_kind::positions, "currency", "any", now, out);
}

decode_fault protocol_machine::read_answer(const pending_request& request, venues::event& to) {
  auto& decoder = memory_of_thread().decoder;
  switch (request.kind) {
  case request_kind::buy:
  case request_kind::sell:
  case request_kind::edit: {
    auto& accepted = to.emplace<venues::order_accepted>();
    accepted.request = request.id;
    return decoder.read_placed(accepted.order, accepted.fills);
  }
  case request_kind::cancel: {
    auto& accepted = to.emplace<venues::order_accepted>();
    accepted.request = request.id;
    return decoder.read_order(accepted.order);
  }
  case request_kind::cancel_by_label: {
    auto& counted = to.emplace<venues::cancel_counted>();
    counted.request = request.id;
    return decoder.read_count(counted.count);
  }
  case request_kind::order_state: {
    auto& listed = to.emplace<venues::orders_listed>();
    listed.request = request.id;
    return decoder.read_order(listed.orders.emplace_back());
  }
  case request_kind::trades_of_order:
  case request_kind::trades_of_instrument: {
    auto& listed = to.emplace<venues::fills_listed>();
    listed.request = request.id;
    return decoder.read_fills(listed.fills, listed.has_more);
  }
  case request_kind::positions: {
    auto& listed = to.emplace<venues::positions_listed>();
    listed.request = request.id;
    return decoder.read_positions(listed.positions);
  }
  default: {
    auto& listed = to.emplace<venues::orders_listed>();
    listed.request = request.id;
    return decoder.read_orders(listed.orders);
  }
  }
}

void protocol_machine::on_result(base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const auto request = head.id ? pending_.find(*head.id) : std::nullopt;
  if (!request)
    return on_answer_to_nobody(now, out);
  pending_.settle(request->id);
  if (!is_owners(request->kind))
    return on_own_result(*request, now, out);
  venues::event answer;
  const auto fault = read_answer(*request, answer);
  if (!fault) {
    // Known only now: it stands behind the result.
    if (auto* listed = std::get_if<venues::orders_listed>(&answer)) {
      listed->exchange_ms = head.exchange_us / 1000;
      listed->unreadable = memory_of_thread().decoder.passed_over();
    }
    return out.emit(answer);
  }
  // Something happened, and what it was cannot be read: the same as no answer.
  out.emit(
      venues::request_failed{request->id, 0, disposition::unknown,
                             std::string{method_of(request->kind)} + ": the answer makes no sense: " + fault->detail});
  complain(*fault, now, out);
}

void protocol_machine::on_error(base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const auto request = head.id ? pending_.find(*head.id) : std::nullopt;
  if (!request) {
    const int code = head.code;
    const auto wait = head.wait;
    on_answer_to_nobody(now, out);
    if (code == code_too_many_requests)
      shut(venues::give_up::over_rate, "too_many_requests: back off, the exchange ends this session", out, wait);
    return;
  }
  pending_.settle(request->id);
  if (is_owners(request->kind))
    on_owners_error(*request, now, out);
  else
    on_own_error(*request, now, out);
}

void protocol_machine::on_owners_error(const pending_request& request, base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const auto meaning = disposition_of(head.code, head.reason, changes_orders(request.kind));
  const auto text = text_of_error(request.kind, head);
  out.emit(venues::request_failed{request.id, head.code, meaning, text});
  if (is_over())
    return;
  if (meaning == disposition::back_off)
    shut(venues::give_up::over_rate, text + ": back off, the exchange ends this session", out, head.wait);
  else if (meaning == disposition::reauthenticate && progress_ == progress::live)
    on_unauthorized(request, now, out);
}

void protocol_machine::on_late_result(const pending_request& request, base::moment, venues::outbox& out) {
  venues::event answer;
  if (!changes_orders(request.kind) || request.kind == request_kind::cancel_by_label || read_answer(request, answer))
    return;
  // The request has had its outcome; what became of the order is news all the same.
  const auto accepted = std::get<venues::order_accepted>(std::move(answer));
  out.emit(venues::order_updated{accepted.order});
  for (const auto& fill : accepted.fills)
    out.emit(venues::filled{fill});
}

void protocol_machine::on_answer_to_nobody(base::moment now, venues::outbox& out) {
  const auto& head = memory_of_thread().head;
  const bool error = head.kind == frame_kind::error;
  if (const auto late = head.id ? pending_.take_late(*head.id) : std::nullopt) {
    const bool login = late->kind == request_kind::authenticate || late->kind == request_kind::refresh_token;
    if (login && !error && !is_over())
      return on_login(*late, now, out); // the tokens before it are void
    if (late->kind == request_kind::answer_heartbeat && !error)
      return out.emit(venues::heartbeat_acknowledged{now.steady - late->sent_at});
    // The exchange is slow, not mad: not counted against it.
    out.emit(venues::protocol_fault{fault_kind::unknown_reply, "late answer to " + std::string{method_of(late->kind)}});
    if (!error && !is_over())
      on_late_result(*late, now, out);
    return;
  }
  const auto kind = error && !head.id ? fault_kind::unsolicited_error : fault_kind::unknown_reply;
  const auto number = head.id ? "request " + std::to_string(*head.id) : std::string{"no request of ours"};
  std::string detail = (error ? "an error " + std::to_string(head.code) + " " + std::string{head.message.substr(0, 80)}
                              : std::string{"a result"});
  complain({kind, detail + " for " + number}, now, out);
}

} // namespace cafnode::deribit
