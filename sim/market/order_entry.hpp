#pragma once

#include "sim/market/matching.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cafnode::sim {

/// What a client asks for with buy or sell, its parameters read.
struct order_request {
  std::string account;
  std::uint64_t connection = 0;
  listing* at = nullptr;
  side direction = side::buy;
  order_type type = order_type::limit;
  time_in_force tif = time_in_force::good_til_cancelled;
  decimal amount;
  decimal price;         // limit types
  decimal trigger_price; // trigger types
  trigger_source trigger = trigger_source::last_price;
  std::string label;
  bool post_only = false;
  bool reject_post_only = false;
  bool reduce_only = false;
  bool mmp = false;
  std::optional<std::int64_t> valid_until_ms;
};

/// What a client asks for with edit; what is not given stays.
struct edit_request {
  std::optional<decimal> amount; // the total, fills included
  std::optional<decimal> price;
  std::optional<bool> post_only;
  std::optional<bool> reject_post_only;
  std::optional<bool> reduce_only;
  std::optional<std::int64_t> valid_until_ms;
};

/// An order as its call left it, with the trades that the call made.
struct order_outcome {
  const order* placed = nullptr;
  std::vector<user_trade> trades;
};

using order_result = base::result<order_outcome, rpc_error>;

/// Where accounts place, edit and cancel: checks every rule, then lets the matching work. Each refusal is audited.
class order_entry {
public:
  order_entry(const exchange_options& options, listings& floor, order_store& orders, ledger& accounts, matching& engine,
              audit_sink& audit);

  [[nodiscard]] order_result place(order_request asked, base::moment now);
  [[nodiscard]] order_result edit(order& changing, const edit_request& asked, base::moment now);

  /// Sets off stop and take orders whose price has come, ends day orders.
  void watch(base::moment now);

private:
  rpc_error refuse(const order_request& asked, base::moment now);
  rpc_error refuse_edit(const order& changing, order_request& wish, base::moment now);
  [[nodiscard]] static bool is_late(const order_request& asked, base::moment now);
  [[nodiscard]] bool meets_own(const order_request& asked) const;
  [[nodiscard]] std::vector<user_trade> trades_since(std::uint64_t before, const order& taker);
  rpc_error check_shape(const order_request& asked) const;
  rpc_error check_limits(const order_request& asked);
  rpc_error check_reduce_only(order_request& asked);
  rpc_error check_band(const listing& at, side direction, decimal price) const;
  rpc_error check_funds(const order_request& asked, decimal price, decimal held_already);
  rpc_error slide_post_only(const listing& at, side direction, decimal& price, bool reject) const;
  void work(order& placed, base::moment now);
  void requeue(order& changing, decimal amount, decimal price, base::moment now);
  void audit_refusal(const order_request& asked, const rpc_error& why);
  void set_off(order& waiting, base::moment now);

  exchange_options options_;
  listings& floor_;
  order_store& orders_;
  ledger& accounts_;
  matching& engine_;
  audit_sink& audit_;
};

} // namespace cafnode::sim
