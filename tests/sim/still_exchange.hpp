#pragma once

#include "sim/market/exchange.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cafnode::sim {

/// An exchange without a market, for tests of the front: orders rest until cancelled, feeds publish what the test
/// says.
class still_exchange final : public exchange {
public:
  bool knows(std::string_view method) const override {
    return method == "private/buy" || method == "private/cancel" || method == "private/cancel_all" ||
           method == "private/get_open_orders" || method == "public/ticker" || method == "private/get_account_summary";
  }

  rpc_answer call(const caller& who, std::string_view method, const boost::json::object& params,
                  base::moment) override {
    calls.push_back(std::string{method});
    if (method == "private/buy")
      return buy(who, params);
    if (method == "private/get_open_orders")
      return {open_orders(who.account), {}};
    if (method == "private/cancel_all")
      return {static_cast<std::int64_t>(orders.size()), {}};
    if (method == "private/get_account_summary")
      return {boost::json::object{{"currency", "BTC"}}, {}};
    return {boost::json::object{{"echo", params}}, {}};
  }

  void step(base::moment) override {}

  std::vector<notification> take_notifications() override {
    std::vector<notification> taken;
    taken.swap(pending);
    return taken;
  }

  bool channel_exists(std::string_view channel, bool& needs_account) const override {
    needs_account = channel.starts_with("user.") || channel.ends_with(".raw");
    return channel.starts_with("ticker.") || channel.starts_with("book.") || channel.starts_with("user.orders.");
  }

  void subscribed(std::string_view channel) override { ++heard[std::string{channel}]; }

  void unsubscribed(std::string_view channel) override { --heard[std::string{channel}]; }

  std::string snapshot(std::string_view channel, base::moment) override {
    return channel.starts_with("book.") ? R"({"type":"snapshot","change_id":1})" : "";
  }

  std::size_t cancel_owned_by(std::uint64_t connection, std::string_view reason, base::moment) override {
    cancels.push_back(std::string{reason});
    return std::erase_if(orders, [connection](const resting& one) { return one.connection == connection; });
  }

  struct resting {
    std::string id;
    std::string account;
    std::uint64_t connection = 0;
    std::string label;
  };

  std::vector<resting> orders;
  std::vector<notification> pending;
  std::vector<std::string> calls;
  std::vector<std::string> cancels;
  std::map<std::string, int> heard;

private:
  rpc_answer buy(const caller& who, const boost::json::object& params) {
    const auto* label = params.if_contains("label");
    const std::string id = std::to_string(1000 + orders.size());
    orders.push_back({id, who.account, who.connection, label == nullptr ? "" : label->get_string().c_str()});
    pending.push_back({"user.orders.any.any.raw", who.account, R"({"order_id":")" + id + R"("})"});
    return {boost::json::object{{"order", boost::json::object{{"order_id", id}}}, {"trades", boost::json::array{}}},
            {}};
  }

  boost::json::array open_orders(const std::string& account) const {
    boost::json::array out;
    for (const auto& one : orders)
      if (one.account == account)
        out.push_back(boost::json::object{{"order_id", one.id}, {"label", one.label}});
    return out;
  }
};

} // namespace cafnode::sim
