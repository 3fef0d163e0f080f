#include "tests/actors/venues/toy/toy_exchange.hpp"

#include <algorithm>

namespace cafnode::test::toy {

using venues::order_state;

std::vector<frame> exchange::hear(venues::lane from, std::string_view text, std::int64_t now_ms) {
  std::vector<frame> out;
  const auto said = split(text, ' ');
  if (said.size() < 2)
    return out;
  ++requests;
  const bool of_order = said[0] == "place" || said[0] == "edit" || said[0] == "cancel";
  if (of_order && !answers)
    return out;
  const std::string id{said[1]};
  if (said[0] == "ping") {
    ++pings.at(from);
    if (answers_pings.at(from))
      out.push_back({from, "pong " + id});
  } else if (said[0] == "login") {
    out.push_back({from, "ok " + id});
  } else if (said[0] == "follow") {
    channels.assign(said.begin() + 2, said.end());
    out.push_back({from, "ok " + id});
  } else if (said[0] == "place") {
    place(said, now_ms, out);
  } else if (said[0] == "edit" || said[0] == "cancel") {
    change(said, now_ms, out);
  } else if (said[0] == "list" || said[0] == "find") {
    out.push_back({from, list(id, said.size() > 2 ? said[2] : std::string_view{}, now_ms)});
  } else if (said[0] == "positions") {
    out.push_back({from, "positions " + id});
  }
  return out;
}

exchange::page exchange::serve(std::string_view method, std::string_view target, std::string_view client_id) {
  if (serves)
    return *serves;
  if (target != "/key" || client_id.empty())
    return {401, "who are you?"};
  if (method == "PUT") {
    ++renewals;
    return {};
  }
  keys.push_back("K" + std::to_string(keys.size() + 1));
  return {200, keys.back()};
}

void exchange::place(const words& said, std::int64_t now_ms, std::vector<frame>& out) {
  auto order = said.size() == 3 ? read_order(said[2]) : std::nullopt;
  if (!order || order->label.size() > 36 || order->label.find('.') != std::string::npos) {
    out.push_back({trade, "no " + std::string{said[1]} + " label"});
    return;
  }
  order->order_id = "T" + std::to_string(++last_order_);
  order->state = rejects_late ? order_state::rejected : order_state::open;
  order->updated_ms = now_ms;
  orders.insert_or_assign(order->label, *order);
  acknowledge(said[1], *order, out);
}

void exchange::change(const words& said, std::int64_t now_ms, std::vector<frame>& out) {
  const auto found = std::find_if(orders.begin(), orders.end(), [&](const auto& one) {
    return said.size() > 2 && one.second.order_id == said[2] && one.second.state == order_state::open;
  });
  if (found == orders.end()) {
    out.push_back({trade, "no " + std::string{said[1]} + " unknown"});
    return;
  }
  auto& order = found->second;
  order.updated_ms = now_ms;
  if (said[0] == "cancel")
    order.state = order_state::cancelled;
  if (said[0] == "edit" && said.size() == 5) {
    order.amount = venues::decimal::parse(said[3]).value();
    order.price = venues::decimal::parse(said[4]).value();
  }
  acknowledge(said[1], order, out);
}

void exchange::acknowledge(std::string_view id, const venues::order_report& order, std::vector<frame>& out) const {
  out.push_back({trade, "ack " + std::string{id} + " " + order.order_id});
  if (tells)
    out.insert(tells_early ? out.begin() : out.end(), {news, "order " + write_order(order)});
}

std::string exchange::list(std::string_view id, std::string_view label, std::int64_t now_ms) const {
  std::string text = "orders " + std::string{id} + " " + std::to_string(now_ms);
  for (const auto& [name, order] : orders)
    if (label.empty() ? order.state == order_state::open : name == label)
      text += " " + write_order(order);
  return text;
}

std::vector<frame> exchange::fill(std::string_view label, std::int64_t now_ms) {
  const auto found = orders.find(label);
  if (found == orders.end())
    return {};
  found->second.state = order_state::filled;
  found->second.filled = found->second.amount;
  found->second.updated_ms = now_ms;
  return {{news, "order " + write_order(found->second)}};
}

} // namespace cafnode::test::toy
