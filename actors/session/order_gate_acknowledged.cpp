#include "actors/session/order_gate.hpp"

#include <fmt/format.h>

#include <vector>

// Exchanges that answer an order request with an acknowledgement, and tell what became of it by their stream.
namespace cafnode::session {

void order_gate::acknowledge(awaited_requests::iterator at, const venues::order_acknowledged& taken) {
  auto& request = at->second;
  if (request.acknowledged)
    return;
  request.acknowledged = true;
  ++acknowledged_;
  if (request.what == awaited::what::place)
    context_->orders.acknowledged(request.label, taken.order_id);
  request.report_timer = after(context_->config.gate.report_max, [this, token = at->first] { on_unreported(token); });
}

/// Those that the exchange has meanwhile told about, by whichever way.
void order_gate::settle_reported() {
  std::vector<awaited_requests::iterator> told;
  for (auto at = awaited_.begin(); at != awaited_.end(); ++at)
    if (at->second.acknowledged && reported(at->second))
      told.push_back(at);
  for (const auto at : told) {
    const auto request = take_awaited(at);
    auto promise = request.promise;
    promise.deliver(*reported(request));
  }
}

/// What the exchange has said of the order since, if that tells what became of the request.
std::optional<order_outcome> order_gate::reported(const awaited& request) const {
  if (const auto* ended = context_->orders.find_ended(request.label); ended != nullptr) {
    const bool placed = request.what != awaited::what::place || ended->report.state != venues::order_state::rejected;
    // What is over cannot be edited any more; what is cancelled, or filled before that, is what a cancel wants.
    const bool did = placed && request.what != awaited::what::edit;
    return order_outcome{did ? outcome::done : outcome::refused, ended->report, 0,
                         did ? std::string{}
                             : fmt::format("the exchange took the request; the order is over{}{}",
                                           ended->report.cancel_reason.empty() ? "" : ": ",
                                           ended->report.cancel_reason)};
  }
  const auto* known = context_->orders.find(request.label);
  if (known == nullptr || known->certainty != certainty::sure || request.what == awaited::what::cancel)
    return std::nullopt;
  if (request.what == awaited::what::edit &&
      (known->report.amount != request.amount || known->report.price != request.price))
    return std::nullopt;
  return order_outcome{outcome::done, known->report, 0, {}};
}

/// It was taken, and nothing was told of it: as if the answer had been lost.
void order_gate::on_unreported(std::uint64_t token) {
  const auto at = awaited_.find(token);
  if (at == awaited_.end())
    return;
  auto request = take_awaited(at);
  const auto text = fmt::format("the exchange acknowledged the request, and told nothing of the order within {} ms",
                                context_->config.gate.report_max.count());
  settle_failure(request, {0, 0, venues::disposition::unknown, text});
  refresh_counters();
  if (stopping_ && awaited_.empty())
    stop(*stopping_);
}

} // namespace cafnode::session
