#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

template<class Enum, std::size_t N>
Enum enum_of(const std::string& name, const Enum (&all)[N]) {
  for (const auto each : all)
    if (name_of(each) == name)
      return each;
  return all[0];
}

constexpr order_type order_types[] = {order_type::limit,      order_type::market,      order_type::market_limit,
                                      order_type::stop_limit, order_type::stop_market, order_type::take_limit,
                                      order_type::take_market};
constexpr time_in_force forces[] = {time_in_force::good_til_cancelled, time_in_force::good_til_day,
                                    time_in_force::fill_or_kill, time_in_force::immediate_or_cancel};
constexpr trigger_source triggers[] = {trigger_source::last_price, trigger_source::index_price,
                                       trigger_source::mark_price};

/// A label is free text of at most 64 characters; control characters are refused.
std::string label_of(params& in, std::size_t longest) {
  auto label = in.text_or("label", "");
  const auto characters = std::count_if(label.begin(), label.end(), [](char c) { return (c & 0xC0) != 0x80; });
  const bool control = std::any_of(label.begin(), label.end(), [](char c) { return c >= 0 && c < 0x20; });
  if (control || static_cast<std::size_t>(characters) > longest)
    in.refuse("label", "invalid format");
  return label;
}

/// `amount`, or `contracts` instead; both have to agree.
std::optional<decimal> amount_of(params& in, const instrument& on) {
  const auto amount = in.maybe_number("amount");
  const auto contracts = in.maybe_number("contracts");
  if (!contracts)
    return amount;
  const auto meant = multiply(*contracts, on.contract);
  if (amount && *amount != meant)
    in.refuse("contracts", "invalid value");
  return meant;
}

json::object outcome_object(trading_rooms& rooms, const order_outcome& done, const request& asked) {
  const auto user_id = rooms.money.of(asked.who.account)->user_id;
  json::array trades;
  for (const auto& each : done.trades)
    trades.push_back(rooms.writer.user_trade_object(each, user_id));
  json::object made{{"order", rooms.writer.order_object(*done.placed, user_id)}};
  made["trades"] = std::move(trades);
  return made;
}

rpc_answer wrap(trading_rooms& rooms, const order_result& result, const request& asked) {
  return result ? answered(outcome_object(rooms, result.value(), asked)) : failed(result.fault());
}

order_request read_order(trading_rooms& rooms, request& asked, side direction) {
  auto& in = asked.in;
  order_request made;
  made.account = asked.who.account;
  made.connection = asked.who.connection;
  made.direction = direction;
  made.at = instrument_of(rooms, in, 10020);
  if (in.failed())
    return made;
  made.type = enum_of(
      in.choice("type", {"limit", "market", "market_limit", "stop_limit", "stop_market", "take_limit", "take_market"},
                "limit"),
      order_types);
  made.tif =
      enum_of(in.choice("time_in_force", {"good_til_cancelled", "good_til_day", "fill_or_kill", "immediate_or_cancel"},
                        "good_til_cancelled"),
              forces);
  made.trigger = enum_of(in.choice("trigger", {"index_price", "mark_price", "last_price"}, "last_price"), triggers);
  const auto amount = amount_of(in, made.at->what);
  if (!amount)
    in.refuse("amount", "missing");
  made.amount = amount.value_or(decimal{});
  const bool limited =
      made.type == order_type::limit || made.type == order_type::stop_limit || made.type == order_type::take_limit;
  if (limited)
    made.price = in.number("price");
  if (is_trigger(made.type))
    made.trigger_price = in.number("trigger_price");
  made.label = label_of(in, rooms.options.label_max);
  made.post_only = in.flag("post_only", limited && !is_trigger(made.type) && rooms.options.post_only_default &&
                                            made.tif < time_in_force::fill_or_kill);
  made.reject_post_only = in.flag("reject_post_only", false);
  made.reduce_only = in.flag("reduce_only", false);
  made.mmp = in.flag("mmp", false);
  made.valid_until_ms = in.maybe_whole("valid_until");
  return made;
}

rpc_answer place(trading_rooms& rooms, request& asked, side direction) {
  auto wish = read_order(rooms, asked, direction);
  if (asked.in.failed())
    return failed(asked.in.why());
  return wrap(rooms, rooms.entry.place(std::move(wish), asked.now), asked);
}

rpc_answer buy(trading_rooms& rooms, request& asked) {
  return place(rooms, asked, side::buy);
}

rpc_answer sell(trading_rooms& rooms, request& asked) {
  return place(rooms, asked, side::sell);
}

rpc_answer change(trading_rooms& rooms, request& asked, order& changing) {
  edit_request wish;
  wish.amount = amount_of(asked.in, rooms.floor.at(changing.on).what);
  wish.price = asked.in.maybe_number("price");
  wish.post_only = asked.in.maybe_flag("post_only");
  wish.reject_post_only = asked.in.maybe_flag("reject_post_only");
  wish.reduce_only = asked.in.maybe_flag("reduce_only");
  wish.valid_until_ms = asked.in.maybe_whole("valid_until");
  if (asked.in.failed())
    return failed(asked.in.why());
  return wrap(rooms, rooms.entry.edit(changing, wish, asked.now), asked);
}

rpc_answer edit(trading_rooms& rooms, request& asked) {
  const auto id = asked.in.text("order_id");
  if (asked.in.failed())
    return failed(asked.in.why());
  auto* const found = rooms.orders.find(id);
  if (found == nullptr || found->account != asked.who.account || !rooms.orders.is_remembered(*found, asked.now))
    return failed(fault(10004, "order_not_found"));
  return change(rooms, asked, *found);
}

rpc_answer edit_by_label(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in, 10020);
  const auto label = label_of(asked.in, rooms.options.label_max);
  if (asked.in.failed())
    return failed(asked.in.why());
  std::vector<order*> open;
  for (auto* each : rooms.orders.with_label(asked.who.account, label))
    if (each->is_live() && each->on == at->number)
      open.push_back(each);
  if (open.size() != 1)
    return failed(fault(13032, "non_unique_order_label"));
  return change(rooms, asked, *open.front());
}

rpc_answer close_position(trading_rooms& rooms, request& asked) {
  order_request wish;
  wish.account = asked.who.account;
  wish.connection = asked.who.connection;
  wish.at = instrument_of(rooms, asked.in, 10020);
  const auto type = asked.in.choice("type", {"limit", "market"}, "market");
  wish.type = type == "limit" ? order_type::limit : order_type::market;
  if (wish.type == order_type::limit)
    wish.price = asked.in.number("price");
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto* who = rooms.money.of(asked.who.account);
  const auto held =
      who == nullptr ? std::map<std::size_t, position>::const_iterator{} : who->positions.find(wish.at->number);
  if (who == nullptr || held == who->positions.end() || held->second.size.is_zero())
    return failed(fault(10010, "already_closed"));
  wish.direction = held->second.size > decimal{} ? side::sell : side::buy;
  wish.amount = absolute(held->second.size);
  wish.reduce_only = true;
  return wrap(rooms, rooms.entry.place(std::move(wish), asked.now), asked);
}

constexpr method_entry entries[] = {
    {"private/buy", buy, true},
    {"private/sell", sell, true},
    {"private/edit", edit, true},
    {"private/edit_by_label", edit_by_label, true},
    {"private/close_position", close_position, true},
};

} // namespace

std::span<const method_entry> order_methods() {
  return entries;
}

} // namespace cafnode::sim
