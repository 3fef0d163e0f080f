#include "sim/market/user_feeds.hpp"

#include "sim/market/exact_json.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

constexpr auto short_interval = std::chrono::milliseconds{100};

/// Replaces what is known of an order, or adds it.
void put(std::vector<std::pair<std::uint64_t, json::value>>& orders, std::uint64_t key, json::value shown) {
  const auto known = std::find_if(orders.begin(), orders.end(), [&](const auto& each) { return each.first == key; });
  if (known != orders.end())
    known->second = std::move(shown);
  else
    orders.emplace_back(key, std::move(shown));
}

json::array orders_of(const std::vector<std::pair<std::uint64_t, json::value>>& orders) {
  json::array all;
  for (const auto& [key, shown] : orders)
    all.push_back(shown);
  return all;
}

} // namespace

void user_feeds::subscribed(const std::string& name, const channel& what) {
  auto& opened = feeds_[name];
  ++opened.listeners;
  opened.what = what;
}

void user_feeds::unsubscribed(const std::string& name) {
  const auto found = feeds_.find(name);
  if (found != feeds_.end() && --found->second.listeners == 0)
    feeds_.erase(found);
}

void user_feeds::on_order(const order& changed) {
  if (!feeds_.empty())
    put(step_[changed.account][changed.on].orders, changed.key,
        writer_.order_object(changed, money_.of(changed.account)->user_id));
}

void user_feeds::on_user_trade(const user_trade& made) {
  if (!feeds_.empty())
    step_[made.account][made.what.on].trades.push_back(
        writer_.user_trade_object(made, money_.of(made.account)->user_id));
}

void user_feeds::end_step(std::vector<notification>& out) {
  if (step_.empty())
    return;
  const auto step = std::exchange(step_, {});
  for (const auto& [account, all] : step)
    for (auto& [name, each] : feeds_) {
      if (each.what.family == channel_family::user_portfolio) {
        each.stale.insert(account);
        continue;
      }
      if (each.what.family == channel_family::user_silent)
        continue;
      happenings covered;
      merge(covered, all, each.what);
      if (each.what.interval == feed_interval::raw)
        send(name, each.what, account, covered, out);
      else if (!covered.empty())
        merge(each.waiting[account], covered, each.what);
    }
}

void user_feeds::merge(happenings& into, const happenings& from, const channel& what) {
  for (const auto& [on, each] : from) {
    if (!what.covers(floor_.at(on)))
      continue;
    auto& sum = into[on];
    for (const auto& [key, shown] : each.orders)
      if (sum.orders.size() < waiting_max)
        put(sum.orders, key, shown);
    for (const auto& shown : each.trades)
      if (sum.trades.size() < waiting_max)
        sum.trades.push_back(shown);
  }
}

void user_feeds::take(base::moment now, std::vector<notification>& out) {
  for (auto& [name, each] : feeds_) {
    const auto interval = each.what.interval == feed_interval::agg2 ? agg2_ : base::duration{short_interval};
    if (now.steady - each.sent < interval || (each.waiting.empty() && each.stale.empty()))
      continue;
    each.sent = now.steady;
    for (const auto& [account, all] : std::exchange(each.waiting, {}))
      send(name, each.what, account, all, out);
    send_portfolio(name, each, out);
  }
}

void user_feeds::send(const std::string& name, const channel& what, const std::string& account, const happenings& all,
                      std::vector<notification>& out) {
  json::array orders;
  json::array trades;
  for (const auto& [on, each] : all) {
    for (const auto& [key, shown] : each.orders)
      orders.push_back(shown);
    for (const auto& shown : each.trades)
      trades.push_back(shown);
    if (what.family == channel_family::user_changes)
      out.push_back({name, account, write_exact(changes_of(account, on, each))});
  }
  if (what.family == channel_family::user_trades && !trades.empty())
    out.push_back({name, account, write_exact(trades)});
  if (what.family != channel_family::user_orders || orders.empty())
    return;
  if (what.interval != feed_interval::raw)
    return out.push_back({name, account, write_exact(orders)});
  for (const auto& shown : orders)
    out.push_back({name, account, write_exact(shown)});
}

json::object user_feeds::changes_of(const std::string& account, std::size_t on, const happening& each) {
  json::object made{{"instrument_name", floor_.at(on).what.name}};
  made["orders"] = orders_of(each.orders);
  made["trades"] = each.trades;
  json::array positions;
  if (!each.trades.empty() && floor_.at(on).what.kind != instrument_kind::spot && !floor_.at(on).what.is_spread())
    positions.push_back(writer_.position_object(money_, *money_.of(account), on));
  made["positions"] = std::move(positions);
  return made;
}

void user_feeds::send_portfolio(const std::string& name, feed& each, std::vector<notification>& out) {
  for (const auto& account : std::exchange(each.stale, {}))
    for (const auto& currency : currencies())
      if (each.what.currency == "any" || each.what.currency == currency)
        out.push_back({name, account, write_exact(writer_.portfolio_object(money_, *money_.of(account), currency))});
}

} // namespace cafnode::sim
