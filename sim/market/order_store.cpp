#include "sim/market/order_store.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

std::vector<order*> values_of(const std::map<std::uint64_t, order*>& orders) {
  std::vector<order*> all;
  all.reserve(orders.size());
  for (const auto& [key, each] : orders)
    all.push_back(each);
  return all;
}

} // namespace

order& order_store::add(order created) {
  const auto id = created.id;
  auto& kept = by_id_[id];
  CAFNODE_INVARIANT(kept == nullptr, "an order id was given twice");
  kept = std::make_unique<record>(record{std::move(created), {}});
  order& placed = kept->now;
  auto& mine = accounts_[placed.account];
  mine.live.emplace(placed.key, &placed);
  by_connection_[placed.connection].emplace(placed.key, &placed);
  if (is_trigger(placed.type) || placed.tif == time_in_force::good_til_day)
    waiting_.emplace(placed.key, &placed);
  if (!placed.label.empty()) {
    mine.labels[placed.label].push_back(&placed);
    if (mine.label_uses.size() < label_uses_max)
      ++mine.label_uses[placed.label];
  }
  return placed;
}

order* order_store::find(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second->now;
}

std::vector<order*> order_store::live(const std::string& account) {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? std::vector<order*>{} : values_of(found->second.live);
}

std::vector<order*> order_store::live_of_connection(std::uint64_t connection) {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? std::vector<order*>{} : values_of(found->second);
}

std::size_t order_store::live_count(const std::string& account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? 0 : found->second.live.size();
}

std::vector<order*> order_store::with_label(const std::string& account, const std::string& label) {
  const auto found = accounts_.find(account);
  if (found == accounts_.end())
    return {};
  const auto used = found->second.labels.find(label);
  return used == found->second.labels.end() ? std::vector<order*>{} : used->second;
}

std::vector<order*> order_store::all_live() {
  std::vector<order*> all;
  for (const auto& [name, mine] : accounts_)
    for (const auto& [key, each] : mine.live)
      all.push_back(each);
  return all;
}

std::vector<order*> order_store::waiting() {
  return values_of(waiting_);
}

const std::deque<order*>& order_store::closed(const std::string& account) {
  static const std::deque<order*> none;
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? none : found->second.closed;
}

bool order_store::is_remembered(const order& asked, base::moment now) const {
  return asked.is_live() || now.steady - asked.closed_at < options_.order_retention + lag_;
}

void order_store::about_to_change(const order& changing, base::moment now) {
  auto& past = by_id_.at(changing.id)->past;
  const auto is_old = [now](const past_state& each) { return each.until < now.steady - lag_max; };
  const auto kept = std::find_if_not(past.begin(), past.end(), is_old);
  past.erase(past.begin(), kept != past.begin() || past.size() < past_max ? kept : past.begin() + 1);
  past.push_back({now.steady, changing});
}

void order_store::retire(order& closed, base::moment now) {
  closed.closed_at = now.steady;
  auto& mine = accounts_[closed.account];
  mine.live.erase(closed.key);
  waiting_.erase(closed.key);
  const auto owned = by_connection_.find(closed.connection);
  if (owned != by_connection_.end()) {
    owned->second.erase(closed.key);
    if (owned->second.empty())
      by_connection_.erase(owned);
  }
  mine.closed.push_back(&closed);
  mine.with_past.push_back(closed.id);
  drop_old_past(mine, now);
  while (mine.closed.size() > std::max(options_.closed_orders_max, closed_min))
    forget(mine, *mine.closed.front());
}

/// What orders once were is of no use when no lagging query can look back so far.
void order_store::drop_old_past(drawer& of, base::moment now) {
  for (; !of.with_past.empty(); of.with_past.pop_front()) {
    const auto found = by_id_.find(of.with_past.front());
    if (found == by_id_.end())
      continue;
    if (now.steady - found->second->now.closed_at <= lag_max)
      return;
    found->second->past = {};
  }
}

void order_store::forget(drawer& of, order& closed) {
  of.closed.pop_front();
  const auto used = of.labels.find(closed.label);
  if (used != of.labels.end()) {
    std::erase(used->second, &closed);
    if (used->second.empty())
      of.labels.erase(used);
  }
  by_id_.erase(std::string{closed.id});
}

const order* order_store::as_seen(const order& asked, base::moment now) const {
  if (lag_.count() == 0)
    return &asked;
  const auto seen_at = now.steady - lag_;
  if (asked.created_at > seen_at)
    return nullptr;
  const auto found = by_id_.find(asked.id);
  if (found == by_id_.end())
    return &asked;
  for (const auto& past : found->second->past)
    if (past.until > seen_at)
      return &past.was;
  return &asked;
}

std::map<std::pair<std::string, std::string>, std::size_t> order_store::reused_labels() const {
  std::map<std::pair<std::string, std::string>, std::size_t> reused;
  for (const auto& [name, mine] : accounts_)
    for (const auto& [label, count] : mine.label_uses)
      if (count > 1)
        reused[{name, label}] = count;
  return reused;
}

} // namespace cafnode::sim
