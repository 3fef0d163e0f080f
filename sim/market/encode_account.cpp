#include "sim/market/encode.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

json::object encoder::order_object(const order& of, std::int64_t user_id) {
  const auto& what = floor_.at(of.on).what;
  json::object made{{"order_id", of.id},
                    {"label", of.label},
                    {"user_id", user_id},
                    {"instrument_name", what.name},
                    {"direction", name_of(of.direction)},
                    {"order_type", name_of(of.type)},
                    {"time_in_force", name_of(of.tif)},
                    {"order_state", name_of(of.state)},
                    {"amount", number(of.amount)},
                    {"filled_amount", number(of.filled)},
                    {"average_price", number(average_of(what, of.filled, of.cost))},
                    {"contracts", number(what.contracts_of(of.amount))},
                    {"creation_timestamp", of.created_ms},
                    {"last_update_timestamp", of.updated_ms},
                    {"post_only", of.post_only},
                    {"reduce_only", of.reduce_only},
                    {"replaced", of.replaced},
                    {"mmp", of.mmp},
                    {"api", true},
                    {"web", false},
                    {"is_liquidation", false},
                    {"risk_reducing", false}};
  const bool market_trigger = of.type == order_type::stop_market || of.type == order_type::take_market;
  made["price"] = market_trigger && !of.triggered ? json::value("market_price") : number(of.price);
  if (of.post_only)
    made["reject_post_only"] = of.reject_post_only;
  if (!of.original_type.empty())
    made["original_order_type"] = of.original_type;
  if (!of.cancel_reason.empty())
    made["cancel_reason"] = of.cancel_reason;
  if (is_trigger(of.type)) {
    made["trigger"] = name_of(of.trigger);
    made["trigger_price"] = number(of.trigger_price);
    made["triggered"] = of.triggered;
  }
  return made;
}

json::object encoder::user_trade_object(const user_trade& made, std::int64_t user_id) {
  const auto& what = floor_.at(made.what.on).what;
  auto shown = trade_object(made.what);
  shown["direction"] = name_of(made.direction);
  shown["order_id"] = made.order_id;
  shown["order_type"] = name_of(made.type);
  shown["state"] = name_of(made.state);
  shown["fee"] = number(made.fee);
  shown["fee_currency"] = what.settlement;
  shown["liquidity"] = made.maker ? "M" : "T";
  shown["profit_loss"] = number(made.profit);
  shown["post_only"] = made.post_only;
  shown["reduce_only"] = made.reduce_only;
  shown["self_trade"] = made.self_trade;
  shown["mmp"] = made.mmp;
  shown["api"] = true;
  shown["risk_reducing"] = false;
  shown["matching_id"] = nullptr;
  shown["user_id"] = user_id;
  if (!made.label.empty())
    shown["label"] = made.label;
  if (!made.original_type.empty())
    shown["original_order_type"] = made.original_type;
  return shown;
}

json::object encoder::position_object(const ledger& money, const account& who, std::size_t on) {
  const auto& at = floor_.at(on);
  const auto found = who.positions.find(on);
  const position held = found == who.positions.end() ? position{} : found->second;
  const auto floating = money.profit_of(on, held, at.mark);
  const auto margin = money.margin_of(on, held, at.mark);
  json::object made{{"instrument_name", at.what.name},
                    {"kind", name_of(at.what.kind)},
                    {"direction", held.size.is_zero() ? "zero" : (held.size > decimal{} ? "buy" : "sell")},
                    {"size", number(held.size)},
                    {"average_price", number(average_of(at.what, held.size, held.cost))},
                    {"mark_price", number(at.mark)},
                    {"index_price", number(at.index)},
                    {"settlement_price", number(at.mark)},
                    {"floating_profit_loss", number(floating)},
                    {"realized_profit_loss", number(held.realized)},
                    {"total_profit_loss", number(saturating_add(floating, held.realized))},
                    {"initial_margin", number(margin)},
                    {"maintenance_margin", number(scale(margin, 1, 2))},
                    {"open_orders_margin", number({})}};
  const auto coins = at.what.style == pay_style::inverse ? divide(held.size, at.mark) : held.size;
  made["delta"] = number(coins);
  if (at.what.kind == instrument_kind::future) {
    made["size_currency"] = number(coins);
    made["leverage"] = at.what.leverage;
    made["estimated_liquidation_price"] = nullptr;
    if (at.what.period == "perpetual") {
      made["realized_funding"] = number({});
      made["interest_value"] = number({});
    }
  }
  return made;
}

json::object encoder::portfolio_object(const ledger& money, const account& who, const std::string& currency) {
  const auto marks = floor_.marks();
  const auto mine = wallet_of(who, currency);
  const auto equity = money.equity(who, currency, marks);
  const auto floating = money.unrealized(who, currency, marks);
  const auto positions = money.positions_margin(who, currency, marks);
  const auto available = std::max(decimal{}, money.available(who, currency, marks));
  const auto initial = saturating_add(positions, mine.held);
  json::object made{{"currency", currency},
                    {"balance", number(mine.balance)},
                    {"equity", number(equity)},
                    {"margin_balance", number(saturating_add(mine.balance, floating))},
                    {"available_funds", number(available)},
                    {"available_withdrawal_funds", number(available)},
                    {"initial_margin", number(initial)},
                    {"projected_initial_margin", number(initial)},
                    {"maintenance_margin", number(scale(positions, 1, 2))},
                    {"projected_maintenance_margin", number(scale(positions, 1, 2))},
                    {"session_upl", number(floating)},
                    {"futures_session_upl", number(floating)},
                    {"futures_pl", number(floating)},
                    {"total_pl", number(floating)},
                    {"margin_model", "segregated_sm"},
                    {"portfolio_margining_enabled", false},
                    {"cross_collateral_enabled", false}};
  for (const auto* name :
       {"session_rpl", "futures_session_rpl", "options_session_rpl", "options_session_upl", "options_pl",
        "options_value", "options_delta", "options_gamma", "options_vega", "options_theta", "delta_total",
        "projected_delta_total", "spot_reserve", "additional_reserve", "fee_balance", "locked_balance"})
    made[name] = number({});
  for (const auto* name : {"delta_total_map", "options_gamma_map", "options_vega_map", "options_theta_map",
                           "estimated_liquidation_ratio_map"})
    made[name] = json::object{};
  return made;
}

} // namespace cafnode::sim
