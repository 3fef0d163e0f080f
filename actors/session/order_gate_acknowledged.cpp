#include "actors/session/order_gate.hpp"

#include <fmt/format.h>

#include <utility>

// Exchanges that answer an order request with an acknowledgement, and tell what became of it by their stream.
namespace cafnode::session {

namespace {

bool was_rejected(const venues::order_report& report) {
  return report.state == venues::order_state::rejected;
}

std::string over_in_words(const venues::order_report& report) {
  return fmt::format("the exchange took the request; the order is over{}{}", report.cancel_reason.empty() ? "" : ": ",
                     report.cancel_reason);
}

} // namespace

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
  for (auto next = awaited_.begin(); next != awaited_.end();) {
    const auto at = next++;
    if (!at->second.acknowledged)
      continue;
    if (auto outcome = reported(at->second))
      take_awaited(at).promise.deliver(std::move(*outcome));
  }
}

/// What the exchange has said of the order since, if that tells what became of the request.
std::optional<order_outcome> order_gate::reported(const awaited& request) const {
  if (const auto* ended = context_->orders.find_ended(request.label); ended != nullptr) {
    if (ended->presumed)
      return std::nullopt;
    // What is over cannot be edited any more; what is cancelled, or filled before that, is what a cancel wants.
    const bool did =
        request.what == awaited::what::cancel || (request.what == awaited::what::place && !was_rejected(ended->report));
    return order_outcome{did ? outcome::done : outcome::refused, ended->report, 0,
                         did ? std::string{} : over_in_words(ended->report)};
  }
  const auto* known = context_->orders.find(request.label);
  if (known == nullptr || known->certainty != certainty::sure || request.what == awaited::what::cancel)
    return std::nullopt;
  const bool edited = known->report.amount == request.amount && known->report.price == request.price;
  if (request.what == awaited::what::edit && !edited)
    return std::nullopt;
  return order_outcome{outcome::done, known->report, 0, {}};
}

void order_gate::on_unreported(std::uint64_t token) {
  if (const auto at = awaited_.find(token); at != awaited_.end())
    give_up_report(at,
                   fmt::format("and told nothing of the order within {} ms", context_->config.gate.report_max.count()));
  after_news();
}

void order_gate::on_news_ended() {
  for (auto next = awaited_.begin(); next != awaited_.end();) {
    const auto at = next++;
    if (at->second.acknowledged)
      give_up_report(at, "and the connection ended before it told what became of the order");
  }
  after_news();
}

/// It was taken, and nothing is told of it: as if the answer had been lost.
void order_gate::give_up_report(awaited_requests::iterator at, std::string_view why) {
  auto request = take_awaited(at);
  settle_failure(request,
                 {0, 0, venues::disposition::unknown, fmt::format("the exchange acknowledged the request, {}", why)});
}

} // namespace cafnode::session
