#include "control/orders/order_json.hpp"

#include <array>

namespace cafnode::control {

std::string_view word_of(venues::order_state state) noexcept {
  constexpr std::array<std::string_view, 7> words{"open",        "filled",    "rejected", "cancelled",
                                                  "untriggered", "triggered", "unknown"};
  const auto place = static_cast<std::size_t>(state);
  return place < words.size() ? words[place] : "unknown";
}

namespace {

std::string_view outcome_word(session::outcome outcome) {
  switch (outcome) {
  case session::outcome::done:
    return "done";
  case session::outcome::refused:
    return "refused";
  case session::outcome::in_doubt:
    return "in_doubt";
  }
  return "in_doubt";
}

void write_order(json_writer& out, const venues::order_report& order) {
  out.field("label", order.label).field("order_id", order.order_id).field("instrument", order.instrument);
  out.field("side", order.side == venues::side::buy ? "buy" : "sell");
  out.field("type", order.kind == venues::order_kind::limit ? "limit" : "market");
  out.field("state", word_of(order.state)).field("price", order.price.to_string());
  out.field("amount", order.amount.to_string()).field("filled", order.filled.to_string());
  out.field("average_price", order.average_price.to_string()).field("cancel_reason", order.cancel_reason);
  out.field("created_ms", order.created_ms).field("updated_ms", order.updated_ms);
}

} // namespace

std::string order_outcome_json(const session::order_outcome& outcome) {
  json_writer out;
  out.open_object()
      .field("outcome", outcome_word(outcome.outcome))
      .field("code", outcome.code)
      .field("text", outcome.text);
  out.key("order").open_object();
  write_order(out, outcome.order);
  out.close_object().close_object();
  return std::move(out).take();
}

void write_listed_order(json_writer& out, std::string_view connection, const session::listed_order& each) {
  out.open_object().field("connection", connection);
  write_order(out, each.order);
  out.field("in_doubt", each.in_doubt).close_object();
}

} // namespace cafnode::control
