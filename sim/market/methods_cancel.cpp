#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

#include <algorithm>
#include <functional>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

using wanted = std::function<bool(const order&, const listing&)>;

rpc_answer cancel(trading_rooms& rooms, request& asked) {
  const auto id = asked.in.text("order_id");
  if (asked.in.failed())
    return failed(asked.in.why());
  auto* const found = rooms.orders.find(id);
  if (found == nullptr || found->account != asked.who.account || !rooms.orders.is_remembered(*found, asked.now))
    return failed(fault(10004, "order_not_found"));
  if (!found->is_live())
    return failed(fault(11044, "not_open_order"));
  // Encoded from a copy: closing may let the store forget the order.
  rooms.engine.cancel(*found, "user_request", asked.now);
  const auto* closed = rooms.orders.find(id);
  const auto user_id = rooms.money.of(asked.who.account)->user_id;
  return closed == nullptr ? failed(fault(10004, "order_not_found"))
                           : answered(rooms.writer.order_object(*closed, user_id));
}

/// Cancels what is wanted; the count, or with `detailed` a report for each instrument.
rpc_answer cancel_where(trading_rooms& rooms, request& asked, const wanted& is_wanted) {
  const bool detailed = asked.in.flag("detailed", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto* who = rooms.money.of(asked.who.account);
  std::int64_t count = 0;
  std::map<std::pair<std::size_t, bool>, json::array> reports;
  for (order* each : rooms.orders.live(asked.who.account)) {
    if (!is_wanted(*each, rooms.floor.at(each->on)))
      continue;
    const std::pair key{each->on, is_trigger(each->type)};
    auto shown = *each;
    rooms.engine.cancel(*each, "user_request", asked.now);
    ++count;
    if (!detailed)
      continue;
    shown.state = order_state::cancelled;
    shown.cancel_reason = "user_request";
    shown.updated_ms = base::to_unix_ms(asked.now.wall);
    reports[key].push_back(rooms.writer.order_object(shown, who->user_id));
  }
  if (!detailed)
    return answered(count);
  json::array all;
  for (auto& [key, orders] : reports) {
    json::object report{{"currency", rooms.floor.at(key.first).what.settlement},
                        {"type", key.second ? "trigger" : "limit"},
                        {"instrument_name", rooms.floor.at(key.first).what.name}};
    report["result"] = std::move(orders);
    all.push_back(std::move(report));
  }
  return answered(std::move(all));
}

std::string type_of(params& in) {
  return in.choice("type",
                   {"all", "limit", "trigger_all", "stop", "stop_all", "stop_limit", "stop_market", "take", "take_all",
                    "take_limit", "take_market", "trailing_stop", "trailing_all"},
                   "all");
}

bool is_kind(const listing& at, const std::string& kind) {
  return kind == "any" || kind == name_of(at.what.kind);
}

rpc_answer cancel_all(trading_rooms& rooms, request& asked) {
  return cancel_where(rooms, asked, [](const order&, const listing&) { return true; });
}

rpc_answer cancel_by_label(trading_rooms& rooms, request& asked) {
  const auto label = asked.in.text("label");
  const auto currency = currency_of(asked.in, "any");
  return cancel_where(rooms, asked, [&](const order& each, const listing& at) {
    return each.label == label && listed_under(at.what, currency);
  });
}

rpc_answer cancel_all_by_currency(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  const auto type = type_of(asked.in);
  return cancel_where(rooms, asked, [&](const order& each, const listing& at) {
    return listed_under(at.what, currency) && is_kind(at, kind) && is_of_type(each, type);
  });
}

rpc_answer cancel_all_by_currency_pair(trading_rooms& rooms, request& asked) {
  const auto pair = asked.in.text("currency_pair");
  const auto kind = kind_of(asked.in);
  const auto type = type_of(asked.in);
  return cancel_where(rooms, asked, [&](const order& each, const listing& at) {
    return at.what.index == pair && is_kind(at, kind) && is_of_type(each, type);
  });
}

rpc_answer cancel_all_by_instrument(trading_rooms& rooms, request& asked) {
  const auto* chosen = instrument_of(rooms, asked.in, 10020);
  const auto type = type_of(asked.in);
  return cancel_where(rooms, asked, [&](const order& each, const listing& at) {
    return at.number == chosen->number && is_of_type(each, type);
  });
}

rpc_answer cancel_all_by_kind_or_type(trading_rooms& rooms, request& asked) {
  const auto names = asked.in.texts("currency");
  const auto kind = kind_of(asked.in);
  const auto type = type_of(asked.in);
  return cancel_where(rooms, asked, [&](const order& each, const listing& at) {
    const bool listed =
        std::any_of(names.begin(), names.end(), [&](const auto& name) { return listed_under(at.what, name); });
    return listed && is_kind(at, kind) && is_of_type(each, type);
  });
}

constexpr method_entry entries[] = {
    {"private/cancel", cancel, true},
    {"private/cancel_by_label", cancel_by_label, true},
    {"private/cancel_all", cancel_all, true},
    {"private/cancel_all_by_currency", cancel_all_by_currency, true},
    {"private/cancel_all_by_currency_pair", cancel_all_by_currency_pair, true},
    {"private/cancel_all_by_instrument", cancel_all_by_instrument, true},
    {"private/cancel_all_by_kind_or_type", cancel_all_by_kind_or_type, true},
};

} // namespace

std::span<const method_entry> cancel_methods() {
  return entries;
}

} // namespace cafnode::sim
