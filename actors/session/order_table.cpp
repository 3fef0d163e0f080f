#include "actors/session/order_table.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

venues::order_report not_yet_seen(const venues::order_request& request) {
  venues::order_report report;
  report.label = request.label;
  report.instrument = request.instrument;
  report.side = request.side;
  report.kind = request.kind;
  report.price = request.price;
  report.amount = request.amount;
  return report;
}

bool is_older(const venues::order_report& news, const venues::order_report& known) {
  if (news.filled < known.filled)
    return true;
  return news.updated_ms < known.updated_ms && !is_over(news.state);
}

bool lacks(const venues::order_report& report, unsigned fields) {
  return (report.lacks & fields) != 0;
}

/// What is known after `news` that may lack fields: those are as they were. An order whose state cannot be read, or
/// that is over without saying how much of it was filled, is in no state that anybody could act on.
venues::order_report completed(venues::order_report news, const venues::order_report& known) {
  using namespace venues;
  const auto keep = [&news](unsigned field, auto& value, const auto& before) {
    if (lacks(news, field))
      value = before;
  };
  news.label = known.label;
  keep(field_id, news.order_id, known.order_id);
  keep(field_instrument, news.instrument, known.instrument);
  keep(field_side, news.side, known.side);
  keep(field_price, news.price, known.price);
  keep(field_amount, news.amount, known.amount);
  keep(field_updated, news.updated_ms, known.updated_ms);
  if (lacks(news, field_filled) && news.state == order_state::filled && !news.amount.is_zero()) {
    news.filled = news.amount;
    news.lacks = static_cast<std::uint16_t>(news.lacks & ~unsigned{field_filled});
  }
  keep(field_filled, news.filled, known.filled);
  if (is_over(news.state) && lacks(news, field_filled))
    news.state = order_state::unknown;
  return news;
}

/// Whether a report leaves open what the order is, or how much of it was filled.
bool leaves_doubt(const venues::order_report& report) {
  return report.state == venues::order_state::unknown || lacks(report, venues::field_filled);
}

bool says_the_same(const venues::order_report& news, const venues::order_report& known) {
  return news.order_id == known.order_id && news.state == known.state && news.filled == known.filled &&
         news.amount == known.amount && news.price == known.price && news.updated_ms == known.updated_ms;
}

} // namespace

bool is_over(venues::order_state state) noexcept {
  return state == venues::order_state::filled || state == venues::order_state::cancelled ||
         state == venues::order_state::rejected;
}

order_table::order_table(order_limits limits) : limits_{limits} {
  CAFNODE_INVARIANT(limits.live_max > 0 && limits.ended_max > 0 && limits.trades_max > 0, "an order table needs room");
}

bool order_table::begin(const venues::order_request& request) {
  const std::lock_guard writing{writing_};
  CAFNODE_INVARIANT(!request.label.empty(), "an order without a label cannot be found again");
  CAFNODE_INVARIANT(!live_.contains(request.label) && !has_ended(request.label), "a label is used once");
  if (live_.size() >= limits_.live_max)
    return false;
  live_.emplace(request.label, known_order{request, not_yet_seen(request), certainty::asked});
  return true;
}

void order_table::refused(std::string_view label) {
  const std::lock_guard writing{writing_};
  const auto found = live_.find(label);
  if (found == live_.end())
    return;
  found->second.report.state = venues::order_state::rejected;
  found->second.presumed = true; // an error tells what was meant; a report of the order, what is
  end(found);
}

void order_table::acknowledged(std::string_view label, std::string_view order_id) {
  const std::lock_guard writing{writing_};
  if (const auto found = live_.find(label); found != live_.end() && found->second.report.order_id.empty())
    found->second.report.order_id = order_id;
}

void order_table::absent(std::string_view label) {
  const std::lock_guard writing{writing_};
  const auto found = live_.find(label);
  if (found == live_.end())
    return;
  CAFNODE_INVARIANT(found->second.certainty == certainty::in_doubt, "only what is in doubt can be proven absent");
  found->second.report.state = venues::order_state::rejected;
  found->second.presumed = true;
  end(found);
}

bool order_table::adopt(const venues::order_report& report) {
  const std::lock_guard writing{writing_};
  CAFNODE_INVARIANT(!report.label.empty(), "an order without a label is nobody's");
  if (is_over(report.state) || live_.contains(report.label) || has_ended(report.label) ||
      live_.size() >= limits_.live_max)
    return false;
  venues::order_request request;
  request.instrument = report.instrument;
  request.side = report.side;
  request.kind = report.kind;
  request.amount = report.amount;
  request.price = report.price;
  request.label = report.label;
  request.post_only = report.post_only;
  request.reduce_only = report.reduce_only;
  auto known = completed(report, not_yet_seen(request));
  const auto sure = leaves_doubt(known) ? certainty::in_doubt : certainty::sure;
  live_.emplace(report.label, known_order{std::move(request), std::move(known), sure});
  return true;
}

void order_table::forgotten(std::string_view label) {
  const std::lock_guard writing{writing_};
  const auto found = live_.find(label);
  if (found == live_.end())
    return;
  CAFNODE_INVARIANT(found->second.certainty == certainty::in_doubt, "only what is in doubt can be found forgotten");
  found->second.report.state = venues::order_state::cancelled;
  found->second.report.cancel_reason = "unknown to the exchange";
  found->second.presumed = true;
  end(found);
}

report_effect order_table::apply(const venues::order_report& report) {
  const std::lock_guard writing{writing_};
  auto found = find_reported(report);
  if (found == live_.end())
    found = take_back(report);
  if (found == live_.end())
    return has_ended(report.label) ? report_effect::stale : report_effect::foreign;
  auto& known = found->second;
  if (!known.report.order_id.empty() && !report.order_id.empty() && known.report.order_id != report.order_id)
    return report_effect::duplicate;
  auto news = completed(report, known.report);
  // A lagging answer may be older than what is known: it clears no doubt.
  if (is_older(news, known.report))
    return report_effect::stale;
  const bool was_sure = known.certainty == certainty::sure;
  const bool same = says_the_same(news, known.report);
  const bool doubtful = leaves_doubt(news);
  known.certainty = doubtful ? certainty::in_doubt : certainty::sure;
  if (same && (was_sure || doubtful))
    return report_effect::stale;
  known.report = std::move(news);
  if (is_over(known.report.state))
    end(found);
  return report_effect::changed;
}

bool order_table::apply(const venues::fill_report& fill) {
  if (trades_.contains(fill.trade_id))
    return false;
  if (trades_.size() >= limits_.trades_max) {
    trades_.erase(trades_in_order_.front());
    trades_in_order_.pop_front();
  }
  trades_.insert(fill.trade_id);
  trades_in_order_.push_back(fill.trade_id);
  return true;
}

void order_table::doubt(std::string_view label) {
  const std::lock_guard writing{writing_};
  if (const auto found = live_.find(label); found != live_.end())
    found->second.certainty = certainty::in_doubt;
}

void order_table::doubt_all() {
  const std::lock_guard writing{writing_};
  for (auto& [label, order] : live_)
    order.certainty = certainty::in_doubt;
}

bool order_table::has_spoken_of(std::string_view label) const {
  const auto* known = find(label);
  return known != nullptr && !known->report.order_id.empty();
}

const known_order* order_table::find(std::string_view label) const {
  const auto found = live_.find(label);
  return found == live_.end() ? nullptr : &found->second;
}

const known_order* order_table::find_by_id(std::string_view order_id) const {
  const auto found = std::find_if(live_.begin(), live_.end(),
                                  [&](const auto& entry) { return entry.second.report.order_id == order_id; });
  return order_id.empty() || found == live_.end() ? nullptr : &found->second;
}

void order_table::doubt_acknowledged() {
  const std::lock_guard writing{writing_};
  for (auto& [label, order] : live_)
    if (order.certainty == certainty::sure)
      order.certainty = certainty::in_doubt;
}

order_copy order_table::copy() const {
  const std::lock_guard writing{writing_};
  return {live(), ended()};
}

std::vector<known_order> order_table::live() const {
  std::vector<known_order> orders;
  orders.reserve(live_.size());
  for (const auto& [label, order] : live_)
    orders.push_back(order);
  return orders;
}

std::vector<known_order> order_table::in_doubt() const {
  auto orders = live();
  std::erase_if(orders, [](const known_order& order) { return order.certainty != certainty::in_doubt; });
  return orders;
}

std::size_t order_table::doubt_count() const noexcept {
  return static_cast<std::size_t>(std::count_if(
      live_.begin(), live_.end(), [](const auto& entry) { return entry.second.certainty == certainty::in_doubt; }));
}

/// A report that lacks its label is known by its id.
order_table::live_map::iterator order_table::find_reported(const venues::order_report& report) {
  if (!report.label.empty())
    return live_.find(report.label);
  const auto* known = find_by_id(report.order_id);
  return known == nullptr ? live_.end() : live_.find(known->request.label);
}

/// The exchange speaks of an order that was only presumed to be over: its queries had lagged.
order_table::live_map::iterator order_table::take_back(const venues::order_report& report) {
  const auto is_it = [&report](const known_order& order) {
    // An order that was refused has no id, and a report without label and id is nobody's.
    return order.presumed &&
           (report.label.empty() ? !report.order_id.empty() && order.report.order_id == report.order_id
                                 : order.request.label == report.label);
  };
  const auto found = std::find_if(ended_.begin(), ended_.end(), is_it);
  if (found == ended_.end())
    return live_.end();
  auto order = std::move(*found);
  ended_.erase(found);
  order.presumed = false;
  order.certainty = certainty::in_doubt;
  order.report.state = venues::order_state::unknown;
  order.report.cancel_reason.clear();
  const auto label = order.request.label;
  return live_.emplace(label, std::move(order)).first;
}

void order_table::end(live_map::iterator found) {
  found->second.certainty = certainty::sure;
  if (ended_.size() >= limits_.ended_max)
    ended_.pop_front();
  ended_.push_back(std::move(found->second));
  live_.erase(found);
}

const known_order* order_table::find_ended(std::string_view label) const {
  const auto found = std::find_if(ended_.begin(), ended_.end(),
                                  [&](const known_order& order) { return order.request.label == label; });
  return found == ended_.end() ? nullptr : &*found;
}

} // namespace cafnode::session
