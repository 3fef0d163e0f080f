#include "actors/session/notice.hpp"

#include "actors/session/counting.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::session {

namespace {

using observe::field_list;
using observe::kv;

std::string_view word_of(venues::order_state state) {
  constexpr std::array<std::string_view, 7> states{"open",        "filled",    "rejected", "cancelled",
                                                   "untriggered", "triggered", "unknown"};
  return states.at(static_cast<std::size_t>(state));
}

std::string text_of(const std::optional<base::decimal>& value) {
  return value ? value->to_string() : "unreadable";
}

field_list fields_of(fact::phase_changed& one) {
  return {kv("from", to_string(one.from)), kv("to", to_string(one.to)), kv("in_phase_ms", to_ms(one.in_phase))};
}

field_list fields_of(fact::link_closed& one) {
  field_list fields{kv("close_cause", std::move(one.cause)), kv("code", one.code)};
  if (one.status != 0)
    fields.push_back(kv("status", one.status));
  if (one.retry_after > one.retry_after.zero())
    fields.push_back(kv("retry_after_ms", one.retry_after.count()));
  return fields;
}

field_list fields_of(fact::refused& one) {
  return {kv("retry_in_ms", one.retry_in.count()), kv("retry_now", std::move(one.retry_now))};
}

field_list fields_of(fact::heartbeat_missed& one) {
  return {kv("late_ms", to_ms(one.late))};
}

field_list fields_of(fact::heartbeat_by_client&) {
  return {};
}

field_list fields_of(fact::silent& one) {
  return {kv("silent_ms", to_ms(one.quiet)), kv("limit_ms", to_ms(one.limit))};
}

field_list fields_of(fact::private_stream_silent& one) {
  return {kv("again", one.again)};
}

field_list fields_of(fact::protocol_fault& one) {
  field_list fields{kv("fault", to_string(one.fault)), kv("count", one.count)};
  if (!one.text.empty())
    fields.push_back(kv("text", std::move(one.text)));
  return fields;
}

field_list fields_of(fact::upkeep_failed& one) {
  return one.retry_in ? field_list{kv("retry_in_ms", to_ms(*one.retry_in))} : field_list{};
}

field_list fields_of(fact::subscription_missing& one) {
  return {kv("channels", fmt::format("{}", fmt::join(one.channels, ", ")))};
}

field_list fields_of(fact::platform_changed& one) {
  return {kv("locked", one.locked)};
}

field_list fields_of(fact::order_changed& one) {
  return {kv("label", std::move(one.label)), kv("order_id", std::move(one.order_id)), kv("state", word_of(one.state)),
          kv("filled", one.filled.to_string()), kv("source", one.source)};
}

field_list fields_of(fact::order_in_doubt& one) {
  field_list fields;
  if (one.label)
    fields.push_back(kv("label", std::move(*one.label)));
  if (one.order_id)
    fields.push_back(kv("order_id", std::move(*one.order_id)));
  return fields;
}

field_list fields_of(fact::reconciled& one) {
  const auto& orders = one.orders;
  return {kv("adopted", orders.adopted),     kv("ended", orders.ended),       kv("absent", orders.absent),
          kv("forgotten", orders.forgotten), kv("in_doubt", orders.in_doubt), kv("foreign", orders.foreign),
          kv("took_ms", to_ms(one.took))};
}

field_list fields_of(fact::fill_seen& one) {
  return {kv("trade_id", std::move(one.trade_id)), kv("label", std::move(one.label)), kv("price", text_of(one.price)),
          kv("amount", text_of(one.amount))};
}

} // namespace

observe::event to_event(notice happened) {
  observe::event event;
  event.at = happened.at;
  event.kind = happened.kind();
  event.subject = std::move(happened.subject);
  event.cause = std::move(happened.cause);
  event.fields = std::visit([](auto& one) { return fields_of(one); }, happened.what);
  return event;
}

} // namespace cafnode::session
