#include "sim/market/listing.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t candles_max = 1'440;

/// Both measures of a trade's size: {base coin, quote currency}.
std::pair<decimal, decimal> sizes_of(const instrument& what, const trade& made) {
  if (what.style == pay_style::inverse)
    return {divide(made.amount, made.price), made.amount};
  return {made.amount, multiply(made.amount, made.price)};
}

} // namespace

decimal listing::lowest_price(std::int64_t band_permille) const {
  if (what.kind == instrument_kind::option)
    return what.tick;
  if (what.is_spread())
    return floor_to(mark, what.tick) - floor_to(scale(index, band_permille, 1'000), what.tick);
  return std::max(what.tick, floor_to(scale(mark, 1'000 - band_permille, 1'000), what.tick));
}

decimal listing::highest_price(std::int64_t band_permille) const {
  if (what.kind == instrument_kind::option)
    return ceil_to(saturating_add(scale(mark, 3, 2), decimal::from_raw(decimal::one / 50)),
                   what.tick_steps.empty() ? what.tick : what.tick_steps.back().tick);
  if (what.is_spread())
    return saturating_add(ceil_to(mark, what.tick), ceil_to(scale(index, band_permille, 1'000), what.tick));
  return ceil_to(scale(mark, 1'000 + band_permille, 1'000), what.tick);
}

void listing::record(const trade& made) {
  trades.add(made);
  const auto start = made.at_ms - made.at_ms % minute_ms;
  if (candles.empty() || candles.back().start_ms != start)
    candles.push_back({start, made.price, made.price, made.price, made.price, {}, {}});
  while (candles.size() > candles_max)
    candles.pop_front();
  auto& bar = candles.back();
  bar.high = std::max(bar.high, made.price);
  bar.low = std::min(bar.low, made.price);
  bar.close = made.price;
  const auto [coins, cost] = sizes_of(what, made);
  bar.volume = saturating_add(bar.volume, coins);
  bar.cost = saturating_add(bar.cost, cost);
  last = made.price;
  ++changes;
}

listings::listings(base::moment start, const exchange_options& options)
    : instruments_{default_instruments(start, options.btc_price)} {
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    all_.push_back(std::make_unique<listing>(instruments_[i], i, options.tape_max));
    by_name_.emplace(instruments_[i].name, i);
  }
}

const listing* listings::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : all_[found->second].get();
}

listing* listings::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : all_[found->second].get();
}

std::vector<decimal> listings::marks() const {
  std::vector<decimal> prices;
  prices.reserve(all_.size());
  for (const auto& each : all_)
    prices.push_back(each->mark);
  return prices;
}

} // namespace cafnode::sim
