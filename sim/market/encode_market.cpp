#include "sim/market/encode.hpp"
#include "sim/market/exact_json.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// What the last day's trades add up to.
struct day_stats {
  decimal open;
  decimal high;
  decimal low;
  decimal volume;
  decimal cost;
};

day_stats stats_of(const listing& at, std::int64_t now_ms) {
  day_stats sum;
  for (const auto& bar : at.candles) {
    if (bar.start_ms < now_ms - day_ms)
      continue;
    if (sum.open.is_zero())
      sum = {bar.open, bar.high, bar.low, {}, {}};
    sum.high = std::max(sum.high, bar.high);
    sum.low = std::min(sum.low, bar.low);
    sum.volume = saturating_add(sum.volume, bar.volume);
    sum.cost = saturating_add(sum.cost, bar.cost);
  }
  return sum;
}

decimal price_change(const day_stats& sum, decimal last) {
  if (sum.open.is_zero())
    return {};
  return floor_to(scale(last - sum.open, whole(100).raw(), sum.open.raw()), decimal::from_raw(decimal::one / 10'000));
}

} // namespace

const std::vector<std::string>& currencies() {
  static const std::vector<std::string> all{"BTC", "ETH", "USDC", "USDT"};
  return all;
}

json::value encoder::number(decimal value) {
  auto plain = plain_text(value);
  if (exponent_percent_ > 0) {
    auto exponent = exponent_text(value);
    if (exponent.size() < plain.size() && (exponent_percent_ >= 100 || chance_.chance(exponent_percent_, 100)))
      return marked_number(exponent);
  }
  return marked_number(plain);
}

json::array encoder::levels(const order_book& book, side of, std::size_t depth) {
  json::array all;
  const auto add = [&](const auto& levels) {
    for (const auto& [price, level] : levels) {
      if (all.size() >= depth)
        break;
      all.push_back(json::array{number(price), number(level.total)});
    }
  };
  of == side::buy ? add(book.bids()) : add(book.asks());
  return all;
}

json::object encoder::instrument_object(const instrument& what) {
  json::object made{{"instrument_name", what.name},
                    {"instrument_id", what.id},
                    {"kind", name_of(what.kind)},
                    {"base_currency", what.base},
                    {"quote_currency", what.quote},
                    {"counter_currency", what.counter},
                    {"settlement_currency", what.settlement},
                    {"price_index", what.index},
                    {"tick_size", number(what.tick)},
                    {"min_trade_amount", number(what.min_amount)},
                    {"contract_size", number(what.contract)},
                    {"lot_size", 1},
                    {"maker_commission", number(what.maker_fee)},
                    {"taker_commission", number(what.taker_fee)},
                    {"block_trade_commission", number(what.taker_fee)},
                    {"block_trade_min_trade_amount", number(what.max_amount)},
                    {"block_trade_tick_size", number(what.tick)},
                    {"is_active", true},
                    {"state", "open"},
                    {"creation_timestamp", what.created_ms},
                    {"expiration_timestamp", what.expires_ms},
                    {"underlying_type", "crypto"},
                    {"index_id", what.index.starts_with("btc") ? 1'000'033 : 1'000'034},
                    {"product_group", what.settlement},
                    {"instrument_type", what.style == pay_style::linear && what.kind != instrument_kind::option
                                            ? "linear"
                                            : (what.style == pay_style::spot ? "linear" : "reversed")}};
  json::array steps;
  for (const auto& step : what.tick_steps)
    steps.push_back(json::object{{"above_price", number(step.above)}, {"tick_size", number(step.tick)}});
  made["tick_size_steps"] = std::move(steps);
  if (what.kind != instrument_kind::spot)
    made["settlement_period"] = what.period;
  if (what.kind == instrument_kind::future) {
    made["future_type"] = what.style == pay_style::inverse ? "reversed" : "linear";
    made["max_leverage"] = what.leverage;
    made["max_non_default_leverage"] = what.leverage;
    made["max_liquidation_commission"] = number(decimal::from_raw(750'000));
  }
  if (what.kind == instrument_kind::option) {
    made["strike"] = number(what.strike);
    made["option_type"] = what.call ? "call" : "put";
  }
  return made;
}

json::object encoder::ticker_object(const listing& at, std::int64_t now_ms) {
  json::object made{{"timestamp", now_ms},
                    {"state", "open"},
                    {"instrument_name", at.what.name},
                    {"open_interest", number(at.open_interest)},
                    {"index_price", number(at.index)},
                    {"estimated_delivery_price", number(at.index)},
                    {"mark_price", number(at.mark)},
                    {"settlement_price", number(at.mark)},
                    {"min_price", number(at.lowest_price(band_))},
                    {"max_price", number(at.highest_price(band_))},
                    {"best_bid_price", number(at.book.best_price(side::buy))},
                    {"best_bid_amount", number(at.book.best_amount(side::buy))},
                    {"best_ask_price", number(at.book.best_price(side::sell))},
                    {"best_ask_amount", number(at.book.best_amount(side::sell))}};
  made["last_price"] = at.last.is_zero() ? json::value(nullptr) : number(at.last);
  add_stats(made, at, now_ms);
  if (at.what.period == "perpetual") {
    made["current_funding"] = number({});
    made["funding_8h"] = number({});
    made["interest_value"] = number({});
  }
  if (at.what.kind == instrument_kind::option)
    add_option_fields(made, at);
  return made;
}

void encoder::add_stats(json::object& ticker, const listing& at, std::int64_t now_ms) {
  const auto sum = stats_of(at, now_ms);
  const bool traded = !sum.open.is_zero();
  const auto or_null = [&](decimal value) { return traded ? number(value) : json::value(nullptr); };
  json::object stats;
  stats["high"] = or_null(sum.high);
  stats["low"] = or_null(sum.low);
  stats["price_change"] = or_null(price_change(sum, at.last));
  stats["volume"] = number(sum.volume);
  stats["volume_usd"] = number(at.what.kind == instrument_kind::option ? multiply(sum.volume, at.index) : sum.cost);
  if (at.what.kind == instrument_kind::future)
    stats["volume_notional"] = number(sum.cost);
  ticker["stats"] = std::move(stats);
}

void encoder::add_option_fields(json::object& ticker, const listing& at) {
  const auto hundredths = [this](std::int64_t value) {
    return number(decimal::from_raw(value * (decimal::one / 100)));
  };
  const bool inside = at.what.call == (at.index > at.what.strike);
  ticker["bid_iv"] = hundredths(4'850);
  ticker["ask_iv"] = hundredths(5'150);
  ticker["mark_iv"] = hundredths(5'000);
  ticker["interest_rate"] = number({});
  ticker["underlying_price"] = number(at.index);
  ticker["underlying_index"] = at.what.name.substr(0, at.what.name.find('-', 4));
  ticker["greeks"] = json::object{{"delta", hundredths((inside ? 65 : 35) * (at.what.call ? 1 : -1))},
                                  {"gamma", number(decimal::from_raw(2'000))},
                                  {"vega", hundredths(1'800)},
                                  {"theta", hundredths(-5'000)},
                                  {"rho", hundredths(at.what.call ? 130 : -130)}};
}

json::object encoder::book_object(const listing& at, std::int64_t now_ms, std::size_t depth) {
  auto made = ticker_object(at, now_ms);
  made["bids"] = levels(at.book, side::buy, depth);
  made["asks"] = levels(at.book, side::sell, depth);
  made["change_id"] = at.change_id;
  return made;
}

json::object encoder::quote_object(const listing& at, std::int64_t now_ms) {
  return {{"timestamp", now_ms},
          {"instrument_name", at.what.name},
          {"best_bid_price", number(at.book.best_price(side::buy))},
          {"best_bid_amount", number(at.book.best_amount(side::buy))},
          {"best_ask_price", number(at.book.best_price(side::sell))},
          {"best_ask_amount", number(at.book.best_amount(side::sell))}};
}

json::object encoder::summary_object(const listing& at, std::int64_t now_ms) {
  const auto sum = stats_of(at, now_ms);
  const auto bid = at.book.best_price(side::buy);
  const auto ask = at.book.best_price(side::sell);
  const bool has_bid = at.book.has(side::buy), has_ask = at.book.has(side::sell);
  const auto or_null = [this](bool has, decimal value) { return has ? number(value) : json::value(nullptr); };
  json::object made{{"instrument_name", at.what.name},
                    {"base_currency", at.what.base},
                    {"quote_currency", at.what.quote},
                    {"creation_timestamp", now_ms},
                    {"open_interest", number(at.open_interest)},
                    {"mark_price", number(at.mark)},
                    {"estimated_delivery_price", number(at.index)},
                    {"volume", number(sum.volume)},
                    {"volume_usd", number(sum.cost)}};
  made["bid_price"] = or_null(has_bid, bid);
  made["ask_price"] = or_null(has_ask, ask);
  made["mid_price"] = or_null(has_bid && has_ask, scale(bid + ask, 1, 2));
  made["last"] = or_null(at.trade_seq > 0, at.last);
  made["high"] = or_null(!sum.high.is_zero(), sum.high);
  made["low"] = or_null(!sum.low.is_zero(), sum.low);
  made["price_change"] = sum.open.is_zero() ? json::value(nullptr) : number(price_change(sum, at.last));
  if (at.what.kind == instrument_kind::option) {
    made["underlying_price"] = number(at.index);
    made["underlying_index"] = at.what.name.substr(0, at.what.name.find('-', 4));
    made["interest_rate"] = number({});
    made["mark_iv"] = number(whole(50));
  }
  return made;
}

json::object encoder::trade_object(const trade& made) {
  const auto& what = floor_.at(made.on).what;
  json::object shown{{"timestamp", made.at_ms},
                     {"trade_id", made.id},
                     {"trade_seq", made.seq},
                     {"instrument_name", what.name},
                     {"direction", name_of(made.direction)},
                     {"price", number(made.price)},
                     {"amount", number(made.amount)},
                     {"index_price", number(made.index_price)},
                     {"mark_price", number(made.mark_price)},
                     {"tick_direction", made.tick_direction}};
  if (what.kind != instrument_kind::spot)
    shown["contracts"] = number(what.contracts_of(made.amount));
  return shown;
}

} // namespace cafnode::sim
