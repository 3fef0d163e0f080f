#include "chaos/judge/exchange_story.hpp"

#include "runtime/base/decimal.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace cafnode::chaos {

namespace json = boost::json;

namespace {

constexpr std::int64_t one = 100'000'000;

// Lines that tell nothing of an order.
constexpr std::array<std::string_view, 24> other_kinds{"started",
                                                       "stopped",
                                                       "opened",
                                                       "upgrade_refused",
                                                       "closed",
                                                       "authenticated",
                                                       "logged_out",
                                                       "heartbeat_set",
                                                       "heartbeat_asked",
                                                       "heartbeat_answered",
                                                       "heartbeat_missed",
                                                       "cancel_on_disconnect",
                                                       "cancelled_on_disconnect",
                                                       "subscribed",
                                                       "unsubscribed",
                                                       "too_many_requests",
                                                       "reply_dropped",
                                                       "too_slow",
                                                       "fault_began",
                                                       "fault_ended",
                                                       "fault_refused",
                                                       "settings_changed",
                                                       "order_rejected",
                                                       "tokens_expired"};

std::string text_of(const json::object& line, std::string_view name) {
  const auto* value = line.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// In hundred-millionths; the log writes numbers as JSON does.
std::int64_t amount_of(const json::object& line, std::string_view name) {
  const auto* value = line.if_contains(name);
  if (value == nullptr)
    return 0;
  if (value->is_string())
    if (const auto read = base::decimal::parse({value->get_string().data(), value->get_string().size()}); read)
      return read.value().raw();
  if (!value->is_number())
    return 0;
  if (value->is_double())
    return std::llround(value->get_double() * static_cast<double>(one));
  return value->to_number<std::int64_t>() * one;
}

std::int64_t time_of(const json::object& line) {
  const auto* value = line.if_contains("t_us");
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

void end(logged_order& order, const json::object& line, std::string how) {
  order.over_us = time_of(line);
  order.end = std::move(how);
  order.reason = text_of(line, "reason");
}

void take_order(exchange_story& story, const json::object& line, std::string_view kind) {
  const auto id = text_of(line, "order_id");
  auto [found, is_new] = story.orders.try_emplace(id);
  auto& order = found->second;
  if (is_new) {
    order.order_id = id;
    order.account = text_of(line, "account");
    order.label = text_of(line, "label");
    order.placed_us = time_of(line);
    if (!order.label.empty())
      story.ids_by_label[order.label].push_back(id);
  }
  order.changed_us = time_of(line);
  order.amount = amount_of(line, "amount");
  order.filled = amount_of(line, "filled");
  if (kind == "order_filled")
    order.fills.push_back({time_of(line), text_of(line, "trade_id"), amount_of(line, "fill_amount")});
  const auto state = text_of(line, "state");
  if (kind == "order_cancelled")
    end(order, line, "cancelled");
  else if (state == "filled" || state == "rejected" || state == "cancelled")
    end(order, line, state);
}

} // namespace

const logged_order* exchange_story::find(std::string_view label) const {
  const auto ids = ids_by_label.find(label);
  return ids == ids_by_label.end() ? nullptr : &orders.find(ids->second.front())->second;
}

exchange_story read_audit(std::string_view log) {
  exchange_story story;
  while (!log.empty()) {
    const auto length = log.find('\n');
    const auto text = log.substr(0, length);
    log.remove_prefix(length == std::string_view::npos ? log.size() : length + 1);
    const auto line = json::parse({text.data(), text.size()}).as_object();
    const auto kind = text_of(line, "kind");
    ++story.counts[kind];
    if (kind == "order_placed" || kind == "order_edited" || kind == "order_triggered" || kind == "order_cancelled" ||
        kind == "order_filled")
      take_order(story, line, kind);
    else if (std::ranges::find(other_kinds, kind) == other_kinds.end())
      story.unread.emplace_back(text);
  }
  return story;
}

} // namespace cafnode::chaos
