#include "actors/session/stream_check.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

// What the stream tells of; without them a listed order says nothing against it.
constexpr std::uint16_t needed =
    venues::field_state | venues::field_price | venues::field_amount | venues::field_filled | venues::field_updated;

bool stands_as(const venues::order_report& one, const venues::order_report& other) {
  return one.order_id == other.order_id && one.state == other.state && one.filled == other.filled &&
         one.amount == other.amount && one.price == other.price;
}

// An order with younger news may be missing from a list that lags.
constexpr std::int64_t lag_max_ms = 10'000;

bool untold(const venues::order_report& known, const venues::orders_listed& open) {
  const auto listed = std::find_if(open.orders.begin(), open.orders.end(),
                                   [&](const venues::order_report& one) { return one.order_id == known.order_id; });
  if (listed == open.orders.end())
    return open.unreadable == 0 && (open.exchange_ms == 0 || open.exchange_ms - known.updated_ms >= lag_max_ms);
  if ((listed->lacks & needed) != 0 || stands_as(*listed, known))
    return false;
  // A list that lags behind the stream says nothing against it, nor does one that words the same otherwise.
  return listed->updated_ms > known.updated_ms || listed->filled > known.filled;
}

} // namespace

stream_verdict stream_check::listed(const venues::orders_listed& open, const order_table& orders) {
  std::map<std::string, venues::order_report> found;
  bool muted = false;
  for (const auto& order : orders.live()) {
    if (order.certainty != certainty::sure || order.report.order_id.empty() || !untold(order.report, open))
      continue;
    const auto before = suspects_.find(order.request.label);
    muted = muted || (before != suspects_.end() && stands_as(before->second, order.report) &&
                      before->second.updated_ms == order.report.updated_ms);
    found.emplace(order.request.label, order.report);
  }
  suspects_ = std::move(found);
  if (suspects_.empty())
    return stream_verdict::agrees;
  return muted ? stream_verdict::muted : stream_verdict::doubtful;
}

} // namespace cafnode::session
