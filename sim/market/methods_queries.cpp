#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

#include <algorithm>
#include <functional>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

using wanted = std::function<bool(const order&, const listing&)>;

std::int64_t user_of(trading_rooms& rooms, const request& asked) {
  const auto* who = rooms.money.of(asked.who.account);
  return who == nullptr ? 0 : who->user_id;
}

/// Every order that may have been open at the time a lagging query looks at.
std::vector<order*> candidates(trading_rooms& rooms, const request& asked) {
  auto all = rooms.orders.live(asked.who.account);
  if (rooms.orders.query_lag().count() == 0)
    return all;
  const auto& closed = rooms.orders.closed(asked.who.account);
  for (auto each = closed.rbegin(); each != closed.rend(); ++each) {
    if ((*each)->closed_at < asked.now.steady - rooms.orders.query_lag())
      break;
    all.push_back(*each);
  }
  std::sort(all.begin(), all.end(), [](const order* left, const order* right) { return left->key < right->key; });
  return all;
}

rpc_answer open_where(trading_rooms& rooms, request& asked, const wanted& is_wanted) {
  const auto type = asked.in.text_or("type", "all");
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array all;
  for (const order* each : candidates(rooms, asked)) {
    const auto* seen = rooms.orders.as_seen(*each, asked.now);
    if (seen != nullptr && seen->is_live() && is_of_type(*seen, type) && is_wanted(*seen, rooms.floor.at(seen->on)))
      all.push_back(rooms.writer.order_object(*seen, user_of(rooms, asked)));
  }
  return answered(std::move(all));
}

bool is_kind(const listing& at, const std::string& kind) {
  return kind == "any" || kind == name_of(at.what.kind);
}

rpc_answer open_orders(trading_rooms& rooms, request& asked) {
  const auto kind = kind_of(asked.in);
  return open_where(rooms, asked, [&](const order&, const listing& at) { return is_kind(at, kind); });
}

rpc_answer open_orders_by_currency(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  return open_where(rooms, asked, [&](const order&, const listing& at) {
    return listed_under(at.what, currency) && is_kind(at, kind);
  });
}

rpc_answer open_orders_by_instrument(trading_rooms& rooms, request& asked) {
  const auto* chosen = instrument_of(rooms, asked.in);
  return open_where(rooms, asked, [&](const order& each, const listing&) { return each.on == chosen->number; });
}

rpc_answer open_orders_by_label(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const bool labelled = asked.in.has("label");
  const auto label = asked.in.text_or("label", "");
  return open_where(rooms, asked, [&](const order& each, const listing& at) {
    return listed_under(at.what, currency) && (!labelled || each.label == label);
  });
}

rpc_answer order_state_by_id(trading_rooms& rooms, request& asked) {
  const auto id = asked.in.text("order_id");
  const bool historical = asked.in.flag("historical", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto* found = rooms.orders.find(id);
  const bool known = found != nullptr && found->account == asked.who.account &&
                     (historical || rooms.orders.is_remembered(*found, asked.now));
  const auto* seen = known ? rooms.orders.as_seen(*found, asked.now) : nullptr;
  if (seen == nullptr)
    return failed(fault(10004, "order_not_found"));
  return answered(rooms.writer.order_object(*seen, user_of(rooms, asked)));
}

rpc_answer order_state_by_label(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const auto label = asked.in.text_or("label", "");
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array all;
  for (const order* each : rooms.orders.with_label(asked.who.account, label)) {
    const auto* seen = rooms.orders.is_remembered(*each, asked.now) ? rooms.orders.as_seen(*each, asked.now) : nullptr;
    if (seen != nullptr && listed_under(rooms.floor.at(seen->on).what, currency))
      all.push_back(rooms.writer.order_object(*seen, user_of(rooms, asked)));
  }
  return answered(std::move(all));
}

/// Closed orders, newest first. Those that never filled only when asked for; those out of memory only as history.
rpc_answer history_where(trading_rooms& rooms, request& asked, const wanted& is_wanted) {
  const auto count = static_cast<std::size_t>(asked.in.whole("count", 20, 1, 1'000));
  auto skip = asked.in.whole("offset", 0, 0, 1'000'000);
  const bool unfilled = asked.in.flag("include_unfilled", false);
  const bool historical = asked.in.flag("historical", false) || asked.in.flag("include_old", false);
  const bool continued = asked.in.flag("with_continuation", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array all;
  const auto& closed = rooms.orders.closed(asked.who.account);
  for (auto each = closed.rbegin(); each != closed.rend() && all.size() < count; ++each) {
    const auto& one = **each;
    const bool counts = (unfilled || !one.filled.is_zero()) &&
                        (historical || rooms.orders.is_remembered(one, asked.now)) &&
                        is_wanted(one, rooms.floor.at(one.on));
    if (counts && skip-- <= 0)
      all.push_back(rooms.writer.order_object(one, user_of(rooms, asked)));
  }
  if (!continued)
    return answered(std::move(all));
  json::object made{{"continuation", nullptr}};
  made["result"] = std::move(all);
  return answered(std::move(made));
}

rpc_answer history_by_currency(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  return history_where(rooms, asked, [&](const order&, const listing& at) {
    return listed_under(at.what, currency) && is_kind(at, kind);
  });
}

rpc_answer history_by_instrument(trading_rooms& rooms, request& asked) {
  const auto* chosen = instrument_of(rooms, asked.in);
  return history_where(rooms, asked, [&](const order& each, const listing&) { return each.on == chosen->number; });
}

constexpr method_entry entries[] = {
    {"private/get_open_orders", open_orders},
    {"private/get_open_orders_by_currency", open_orders_by_currency},
    {"private/get_open_orders_by_instrument", open_orders_by_instrument},
    {"private/get_open_orders_by_label", open_orders_by_label},
    {"private/get_order_state", order_state_by_id},
    {"private/get_order_state_by_label", order_state_by_label},
    {"private/get_order_history_by_currency", history_by_currency},
    {"private/get_order_history_by_instrument", history_by_instrument},
};

} // namespace

std::span<const method_entry> query_methods() {
  return entries;
}

} // namespace cafnode::sim
