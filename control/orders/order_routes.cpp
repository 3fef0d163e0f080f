#include "control/api_call.hpp"
#include "control/orders/order_json.hpp"
#include "control/request_reader.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

const api_fault no_orders{501, "not_implemented", "this node takes no orders here", {}};

int status_of(session::outcome outcome) {
  switch (outcome) {
  case session::outcome::done:
    return 200;
  case session::outcome::refused:
    return 422;
  case session::outcome::in_doubt:
    return 202;
  }
  return 202;
}

/// Sends what became of an order. What the exchange or the gate refused is an error whose text is theirs.
completion<session::order_outcome> answer_with(std::shared_ptr<net::http_reply> reply) {
  return [reply = std::move(reply)](base::result<session::order_outcome, action_failure> outcome) {
    if (!outcome)
      return reply->send(to_response(to_fault(outcome.fault())));
    const session::order_outcome& result = outcome.value();
    if (result.outcome == session::outcome::refused)
      return reply->send(
          to_response({status_of(result.outcome), "order_refused", result.text,
                       result.code == 0 ? std::string{} : fmt::format("exchange code {}", result.code)}));
    reply->send({status_of(result.outcome), "application/json", order_outcome_json(result)});
  };
}

/// Hands an order to its action, once its connection and deadline are known to be right.
template<class Action, class Order>
void forward(api_call& call, const Action& action, const std::string& connection, Order order) {
  if (!action)
    return call.fail(no_orders);
  const auto deadline = read_deadline(call.request);
  if (!deadline)
    return call.fail(deadline.fault());
  if (call.views.board->find(connection) == nullptr)
    return call.fail(
        {404, "not_found", fmt::format("there is no connection '{}'", connection), "cafctl conn ls shows the names"});
  action(connection, std::move(order), deadline.value(), answer_with(call.reply));
}

} // namespace

void post_orders(api_call& call) {
  auto asked = read_place(call.request.body);
  if (!asked)
    return call.fail(asked.fault());
  forward(call, call.actions.place_order, asked.value().connection, std::move(asked.value().order));
}

void patch_orders(api_call& call) {
  auto asked = read_edit(call.request.body);
  if (!asked)
    return call.fail(asked.fault());
  forward(call, call.actions.edit_order, asked.value().connection, std::move(asked.value().order));
}

void delete_orders(api_call& call) {
  session::cancel_order order;
  const auto connection = read_text(call.request, "connection", text_kind::connection);
  const auto id = read_text(call.request, "id", text_kind::order_id);
  if (!connection || !id)
    return call.fail(connection ? id.fault() : connection.fault());
  order.label_or_id = id.value();
  if (order.label_or_id.empty())
    return call.fail(bad_request("which order?", "DELETE /api/v1/orders?connection=NAME&id=LABEL_OR_ID"));
  forward(call, call.actions.cancel_order, connection.value(), std::move(order));
}

} // namespace cafnode::control
