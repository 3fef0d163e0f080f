#include "actors/session/stream_check.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

bool stands_as(const venues::order_report& one, const venues::order_report& other) {
  return one.order_id == other.order_id && one.state == other.state && one.filled == other.filled &&
         one.amount == other.amount && one.price == other.price;
}

bool untold(const venues::order_report& known, const std::vector<venues::order_report>& open) {
  const auto listed = std::find_if(open.begin(), open.end(),
                                   [&](const venues::order_report& one) { return one.order_id == known.order_id; });
  if (listed == open.end())
    return true;
  // A list that lags behind the stream says nothing against it.
  return listed->updated_ms >= known.updated_ms && !stands_as(*listed, known);
}

} // namespace

stream_verdict stream_check::listed(const std::vector<venues::order_report>& open, const order_table& orders) {
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
