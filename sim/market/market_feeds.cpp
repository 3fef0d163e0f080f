#include "sim/market/market_feeds.hpp"

#include "sim/market/exact_json.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

constexpr auto short_interval = std::chrono::milliseconds{100};

template<class Levels>
void collect_groups(const Levels& levels, side of, decimal group, std::size_t depth,
                    std::vector<std::pair<decimal, decimal>>& out) {
  for (const auto& [price, level] : levels) {
    const auto at = group.is_zero() ? price : of == side::buy ? floor_to(price, group) : ceil_to(price, group);
    if (!out.empty() && out.back().first == at)
      out.back().second = saturating_add(out.back().second, level.total);
    else if (out.size() == depth)
      return;
    else
      out.emplace_back(at, level.total);
  }
}

std::map<decimal, decimal> totals_of(const order_book& book, side of) {
  std::map<decimal, decimal> totals;
  const auto copy = [&](const auto& levels) {
    for (const auto& [price, level] : levels)
      totals[price] = level.total;
  };
  of == side::buy ? copy(book.bids()) : copy(book.asks());
  return totals;
}

} // namespace

market_feeds::market_feeds(const exchange_options& options, listings& floor, encoder& writer)
    : floor_{floor}, writer_{writer}, agg2_{std::chrono::milliseconds{options.agg2_ms}} {
  for (const auto& each : floor_.all())
    each->book.listen(
        [this, at = each.get()](side of, decimal price, decimal before, decimal) { on_level(*at, of, price, before); });
}

void market_feeds::subscribed(const std::string& name, const channel& what) {
  auto& opened = feeds_[name];
  if (++opened.listeners > 1)
    return;
  opened.what = what;
  if (!what.on.has_value())
    return;
  opened.change_id = floor_.at(*what.on).change_id;
  if (what.family == channel_family::book)
    books_[*what.on].push_back(&opened);
}

void market_feeds::unsubscribed(const std::string& name) {
  const auto found = feeds_.find(name);
  if (found == feeds_.end() || --found->second.listeners > 0)
    return;
  if (found->second.what.on.has_value())
    std::erase(books_[*found->second.what.on], &found->second);
  feeds_.erase(found);
}

void market_feeds::on_level(listing& at, side of, decimal price, decimal before) {
  at.change_id = ++change_ids_;
  ++at.changes;
  for (feed* each : books_[at.number])
    each->dirty.try_emplace({of, price}, before);
}

void market_feeds::on_trade(const trade& made) {
  json::value shown;
  for (auto& [name, each] : feeds_) {
    if (each.what.family != channel_family::trades || !each.what.covers(floor_.at(made.on)))
      continue;
    if (shown.is_null())
      shown = writer_.trade_object(made);
    if (each.pending.size() < pending_max)
      each.pending.push_back(shown);
  }
}

void market_feeds::announce(const std::string& name, const json::value& data, std::vector<notification>& out) {
  if (feeds_.contains(name))
    out.push_back({name, {}, write_exact(data)});
}

bool market_feeds::is_due(const feed& each, base::moment now) const {
  return now.steady - each.sent >= interval_of(each);
}

base::duration market_feeds::interval_of(const feed& each) const {
  switch (each.what.interval) {
  case feed_interval::raw:
    return {};
  case feed_interval::ms100:
    return short_interval;
  case feed_interval::agg2:
    return agg2_;
  }
  return {};
}

void market_feeds::take(base::moment now, std::vector<notification>& out) {
  for (auto& [name, each] : feeds_) {
    if (!is_due(each, now))
      continue;
    auto data = make(each, now);
    if (data.is_null())
      continue;
    // On its own grid, so that the steps of the caller do not stretch the interval.
    const auto grid = each.sent + interval_of(each);
    each.sent = now.steady - grid < interval_of(each) ? grid : now.steady;
    out.push_back({name, {}, write_exact(data)});
  }
}

json::value market_feeds::make(feed& each, base::moment now) {
  if (each.what.family == channel_family::trades)
    return each.pending.empty() ? json::value(nullptr) : json::value(std::exchange(each.pending, json::array{}));
  if (each.what.family == channel_family::price_index)
    return index_price(each, now);
  if (!each.what.on.has_value())
    return nullptr;
  const auto& at = floor_.at(*each.what.on);
  if (std::exchange(each.seen, at.changes) == at.changes)
    return nullptr;
  switch (each.what.family) {
  case channel_family::ticker:
    return writer_.ticker_object(at, base::to_unix_ms(now.wall));
  case channel_family::incremental_ticker:
    return ticker_change(each, at, now);
  case channel_family::quote:
    return quote(each, at, now);
  case channel_family::book:
    return book_change(each, at, now);
  case channel_family::grouped_book:
    return grouped_book(each, at, now);
  case channel_family::chart:
    return chart_bar(each, at);
  default:
    return nullptr;
  }
}

json::value market_feeds::book_change(feed& each, const listing& at, base::moment now) {
  json::array bids;
  json::array asks;
  for (const auto& [key, before] : each.dirty) {
    const auto after = at.book.amount_at(key.first, key.second);
    if (after == before)
      continue;
    const auto* action = before.is_zero() ? "new" : after.is_zero() ? "delete" : "change";
    (key.first == side::buy ? bids : asks)
        .push_back(json::array{action, writer_.number(key.second), writer_.number(after)});
  }
  each.dirty.clear();
  if (bids.empty() && asks.empty())
    return nullptr;
  const auto previous = std::exchange(each.change_id, at.change_id);
  return json::object{{"timestamp", base::to_unix_ms(now.wall)},
                      {"type", "change"},
                      {"change_id", at.change_id},
                      {"instrument_name", at.what.name},
                      {"bids", std::move(bids)},
                      {"asks", std::move(asks)},
                      {"prev_change_id", previous}};
}

json::object market_feeds::book_snapshot(const feed* active, const listing& at, base::moment now) {
  json::object made{{"timestamp", base::to_unix_ms(now.wall)},
                    {"type", "snapshot"},
                    {"change_id", active == nullptr ? at.change_id : active->change_id},
                    {"instrument_name", at.what.name}};
  for (const auto of : {side::buy, side::sell}) {
    auto totals = totals_of(at.book, of);
    if (active != nullptr)
      for (const auto& [key, before] : active->dirty)
        if (key.first == of)
          totals[key.second] = before;
    std::erase_if(totals, [](const auto& level) { return level.second.is_zero(); });
    json::array levels;
    const auto add = [&](const auto& level) {
      levels.push_back(json::array{"new", writer_.number(level.first), writer_.number(level.second)});
    };
    if (of == side::buy)
      std::for_each(totals.rbegin(), totals.rend(), add);
    else
      std::for_each(totals.begin(), totals.end(), add);
    made[of == side::buy ? "bids" : "asks"] = std::move(levels);
  }
  return made;
}

json::array market_feeds::window(const order_book& book, side of, decimal group, std::size_t depth) {
  std::vector<std::pair<decimal, decimal>> groups;
  of == side::buy ? collect_groups(book.bids(), of, group, depth, groups)
                  : collect_groups(book.asks(), of, group, depth, groups);
  json::array levels;
  for (const auto& [price, total] : groups)
    levels.push_back(json::array{writer_.number(price), writer_.number(total)});
  return levels;
}

json::value market_feeds::grouped_book(feed& each, const listing& at, base::moment now) {
  // The group counts ticks of the instrument.
  const auto group = scale(at.what.tick, each.what.group.raw(), decimal::one);
  json::object made{{"instrument_name", at.what.name}};
  made["bids"] = window(at.book, side::buy, group, each.what.depth);
  made["asks"] = window(at.book, side::sell, group, each.what.depth);
  auto text = write_exact(made);
  if (text == each.text)
    return nullptr;
  each.text = std::move(text);
  made["timestamp"] = base::to_unix_ms(now.wall);
  made["change_id"] = at.change_id;
  return made;
}

json::value market_feeds::ticker_change(feed& each, const listing& at, base::moment now) {
  auto full = writer_.ticker_object(at, base::to_unix_ms(now.wall));
  if (each.shown.empty()) {
    each.shown = std::move(full);
    return nullptr;
  }
  json::object changed;
  for (const auto& field : full)
    if (const auto* before = each.shown.if_contains(field.key()); before == nullptr || *before != field.value())
      changed[field.key()] = field.value();
  each.shown = std::move(full);
  if (changed.size() <= 1) // the timestamp alone
    return nullptr;
  changed["type"] = "change";
  changed["instrument_name"] = at.what.name;
  return changed;
}

json::value market_feeds::quote(feed& each, const listing& at, base::moment now) {
  auto made = writer_.quote_object(at, 0);
  if (made == each.shown)
    return nullptr;
  each.shown = made;
  made["timestamp"] = base::to_unix_ms(now.wall);
  return made;
}

json::value market_feeds::index_price(feed& each, base::moment now) {
  for (const auto& at : floor_.all()) {
    if (at->what.index != each.what.index)
      continue;
    auto text = at->index.to_string();
    if (text == each.text)
      return nullptr;
    each.text = std::move(text);
    return json::object{{"timestamp", base::to_unix_ms(now.wall)},
                        {"price", writer_.number(at->index)},
                        {"index_name", each.what.index}};
  }
  return nullptr;
}

json::value market_feeds::chart_bar(feed& each, const listing& at) {
  if (at.candles.empty())
    return nullptr;
  const auto span = each.what.minutes * 60'000;
  const auto start = at.candles.back().start_ms - at.candles.back().start_ms % span;
  candle bar;
  for (const auto& minute : at.candles) {
    if (minute.start_ms < start)
      continue;
    if (bar.open.is_zero())
      bar = {start, minute.open, minute.high, minute.low, {}, {}, {}};
    bar.high = std::max(bar.high, minute.high);
    bar.low = std::min(bar.low, minute.low);
    bar.close = minute.close;
    bar.volume = saturating_add(bar.volume, minute.volume);
    bar.cost = saturating_add(bar.cost, minute.cost);
  }
  json::object made{{"tick", start},
                    {"open", writer_.number(bar.open)},
                    {"high", writer_.number(bar.high)},
                    {"low", writer_.number(bar.low)},
                    {"close", writer_.number(bar.close)},
                    {"volume", writer_.number(bar.volume)},
                    {"cost", writer_.number(bar.cost)}};
  if (made == each.shown)
    return nullptr;
  each.shown = made;
  return made;
}

std::string market_feeds::snapshot(const std::string& name, const channel& what, base::moment now) {
  if (!what.on.has_value())
    return {};
  const auto& at = floor_.at(*what.on);
  const auto found = feeds_.find(name);
  feed* const active = found == feeds_.end() ? nullptr : &found->second;
  if (what.family == channel_family::book)
    return write_exact(book_snapshot(active, at, now));
  if (what.family != channel_family::incremental_ticker)
    return {};
  auto made = active != nullptr && !active->shown.empty() ? active->shown
                                                          : writer_.ticker_object(at, base::to_unix_ms(now.wall));
  if (active != nullptr && active->shown.empty())
    active->shown = made;
  made["type"] = "snapshot";
  return write_exact(made);
}

} // namespace cafnode::sim
