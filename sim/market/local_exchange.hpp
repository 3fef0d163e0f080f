#pragma once

#include "sim/market/inspection.hpp"
#include "sim/market/market_feeds.hpp"
#include "sim/market/market_flow.hpp"
#include "sim/market/methods.hpp"
#include "sim/market/user_feeds.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace cafnode::sim {

/// The exchange put together: dispatch, feeds, faults. Each concern lives in a class of its own.
class local_exchange final : public exchange, public inspection, private matching_listener {
public:
  local_exchange(exchange_options options, audit_sink& audit, base::moment start);

  [[nodiscard]] bool knows(std::string_view method) const override;
  rpc_answer call(const caller& who, std::string_view method, const boost::json::object& given,
                  base::moment now) override;
  void step(base::moment now) override;
  std::vector<notification> take_notifications() override;
  [[nodiscard]] bool channel_exists(std::string_view name, bool& needs_account) const override;
  void subscribed(std::string_view name) override;
  void unsubscribed(std::string_view name) override;
  std::string snapshot(std::string_view name, base::moment now) override;
  std::size_t cancel_owned_by(std::uint64_t connection, std::string_view reason, base::moment now) override;

  [[nodiscard]] std::vector<order_report> open_orders() override;
  [[nodiscard]] std::vector<order_report> open_orders_by_label(const std::string& label) override;
  [[nodiscard]] std::vector<label_report> labels_used_twice() override;
  [[nodiscard]] std::map<std::uint64_t, std::size_t> open_orders_by_connection() override;
  bool fill_order(const std::string& order_id, decimal amount, base::moment now) override;
  bool cancel_order(const std::string& order_id, std::string_view reason, base::moment now) override;

  void set_settlement(bool running) override { settling_ = running; }

  void set_maintenance(bool on, base::moment now) override;

  void set_query_lag(std::chrono::milliseconds lag) override { orders_.set_query_lag(lag); }

  void execute_late(const std::string& method, std::chrono::milliseconds by) override;

private:
  struct late_call {
    base::time_point due;
    caller who;
    const method_entry* what;
    boost::json::object given;
  };

  void on_order(const order& changed) override { user_feeds_.on_order(changed); }

  void on_trade(const trade& made) override { market_feeds_.on_trade(made); }

  void on_user_trade(const user_trade& made) override { user_feeds_.on_user_trade(made); }

  rpc_error barrier(const caller& who, const method_entry& what);
  rpc_answer run(const caller& who, const method_entry& what, const boost::json::object& given, base::moment now);
  void run_late(base::moment now);

  static constexpr std::size_t late_max = 10'000;
  static constexpr std::size_t notifications_max = 100'000;

  exchange_options options_;
  listings floor_;
  encoder writer_;
  order_store orders_;
  ledger money_;
  market_feeds market_feeds_;
  user_feeds user_feeds_;
  matching engine_;
  order_entry entry_;
  market_flow flow_;
  trading_rooms rooms_;
  audit_sink& audit_;
  std::map<std::string, const method_entry*, std::less<>> methods_;
  std::map<std::string, std::chrono::milliseconds, std::less<>> late_methods_;
  std::deque<late_call> late_;
  std::vector<notification> out_;
  base::moment now_;
  bool settling_ = false;
  bool maintenance_ = false;
};

} // namespace cafnode::sim
