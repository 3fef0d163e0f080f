#include "sim/market/market_flow.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr int ticks_max = 50;
const decimal cent = decimal::from_raw(decimal::one / 100);

/// One step of a walk that is drawn back to where it began.
decimal walked(decimal now, decimal home, std::int64_t chance, std::int64_t volatility) {
  const auto pull = scale(home - now, 1, 2'000);
  const auto moved = saturating_add(now, saturating_add(scale(now, chance * volatility, 100'000), pull));
  return std::max(floor_to(moved, cent), cent);
}

} // namespace

market_flow::market_flow(const exchange_options& options, listings& floor, matching& engine)
    : options_{options},
      floor_{floor},
      engine_{engine},
      chance_{options.seed},
      btc_{options.btc_price},
      eth_{options.eth_price},
      quotes_(floor.all().size()) {
  for (auto& each : floor_.all())
    price(*each);
}

void market_flow::step(base::moment now) {
  if (options_.market_tick_ms <= 0)
    return;
  const auto span = std::chrono::milliseconds{options_.market_tick_ms};
  if (!started_) {
    started_ = true;
    next_ = now.steady;
  }
  for (int done = 0; next_ <= now.steady; ++done) {
    if (done == ticks_max) {
      next_ = now.steady + span;
      return;
    }
    tick(now);
    next_ += span;
  }
}

void market_flow::tick(base::moment now) {
  walk();
  for (auto& each : floor_.all()) {
    price(*each);
    if (each->what.is_spread())
      continue; // without makers: what rests there is the accounts'
    requote(*each, now);
    if (chance_.chance(options_.taker_percent, 100))
      send_taker(*each, now);
  }
}

void market_flow::walk() {
  btc_ = walked(btc_, options_.btc_price, chance_.between(-1, 1), options_.volatility);
  eth_ = walked(eth_, options_.eth_price, chance_.between(-1, 1), options_.volatility);
}

/// A future stands a little over its index; an option is worth what it would pay out plus a part for time.
void market_flow::price(listing& at) const {
  const auto before = at.mark;
  at.index = at.what.index.starts_with("btc") ? btc_ : eth_;
  at.mark = scale(at.index, (at.what.is_spread() ? 0 : 1'000'000) + at.what.basis_ppm, 1'000'000);
  if (at.what.kind == instrument_kind::option) {
    const auto inside = at.what.call ? at.index - at.what.strike : at.what.strike - at.index;
    const auto distance = divide(absolute(at.index - at.what.strike), at.index);
    const auto time_value = std::max(decimal::from_raw(200'000), decimal::from_raw(3'000'000) - scale(distance, 1, 4));
    at.mark = saturating_add(std::max(decimal{}, divide(inside, at.index)), time_value);
  }
  if (at.mark != before)
    ++at.changes;
}

void market_flow::requote(listing& at, base::moment now) {
  const auto tick = at.what.tick_at(at.mark);
  const auto best_bid = floor_to(at.mark - tick, tick);
  const auto best_ask = best_bid + tick + tick;
  const auto depth = scale(tick, options_.levels, 1);
  auto& mine = quotes_[at.number];
  drop_stale(mine.bids, std::max(tick, best_bid - depth), best_bid, now);
  drop_stale(mine.asks, best_ask, best_ask + depth, now);
  for (int level = 0; level < options_.levels; ++level) {
    const auto offset = scale(tick, level, 1);
    if (best_bid > offset && !mine.bids.contains(best_bid - offset))
      quote(at, side::buy, best_bid - offset, now);
    if (!mine.asks.contains(best_ask + offset))
      quote(at, side::sell, best_ask + offset, now);
  }
  // Somewhere a maker changes its mind, so that a still index has a moving book, too.
  auto& levels = chance_.chance(1, 2) ? mine.bids : mine.asks;
  if (levels.empty())
    return;
  const auto chosen = std::next(levels.begin(), chance_.between(0, static_cast<std::int64_t>(levels.size()) - 1));
  const auto of = chosen->second->direction;
  const auto where = chosen->first;
  engine_.cancel(*chosen->second, "", now);
  levels.erase(chosen);
  quote(at, of, where, now);
}

void market_flow::drop_stale(std::map<decimal, std::unique_ptr<order>>& mine, decimal low, decimal high,
                             base::moment now) {
  for (auto each = mine.begin(); each != mine.end();) {
    const bool live = each->second->state == order_state::open;
    if (live && each->first >= low && each->first <= high) {
      ++each;
      continue;
    }
    if (live)
      engine_.cancel(*each->second, "", now);
    each = mine.erase(each);
  }
}

void market_flow::quote(listing& at, side of, decimal price, base::moment now) {
  if (!price.is_multiple_of(at.what.tick_at(price)))
    return;
  auto made = std::make_unique<order>();
  made->key = engine_.next_key();
  made->on = at.number;
  made->direction = of;
  made->price = price;
  made->amount = size_for(at.what);
  engine_.take(*made, price, now);
  if (made->state != order_state::open)
    return;
  engine_.rest(*made);
  auto& mine = quotes_[at.number];
  (of == side::buy ? mine.bids : mine.asks)[price] = std::move(made);
}

void market_flow::send_taker(listing& at, base::moment now) {
  order taker;
  taker.key = engine_.next_key();
  taker.on = at.number;
  taker.direction = chance_.chance(1, 2) ? side::buy : side::sell;
  taker.amount = std::max(at.what.min_amount, floor_to(scale(size_for(at.what), 1, 2), at.what.amount_step));
  engine_.take(taker,
               taker.direction == side::buy ? at.highest_price(options_.price_band_permille)
                                            : at.lowest_price(options_.price_band_permille),
               now);
}

decimal market_flow::size_for(const instrument& what) {
  return scale(what.amount_step, chance_.between(1, 500), 1);
}

} // namespace cafnode::sim
