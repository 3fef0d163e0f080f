#include "actors/session/reconciliation.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cafnode::session {

namespace {

/// When the exchange last spoke of the order, by its own clock. Of one that it has only acknowledged, the latest that
/// this can have been.
std::int64_t spoken_ms(const known_order& order) noexcept {
  return order.report.updated_ms != 0 ? order.report.updated_ms : order.request.valid_until_ms;
}

std::string name_of(const query& question) {
  return std::to_string(static_cast<int>(question.kind)) + question.label + question.order_id;
}

} // namespace

void reconciliation::begin_round() {
  summary_ = {};
  attempts_.clear();
  to_ask_.clear();
  in_flight_ = 0;
  must_list_ = held_back_ = false;
}

void reconciliation::start() {
  begin_round();
  must_list_ = true;
  orders_->doubt_all();
  ask({query_kind::open_orders, {}, {}, {}});
  ask({query_kind::positions, {}, {}, {}});
}

void reconciliation::verify() {
  CAFNODE_INVARIANT(!running(), "a reconciliation begins a round after the last, not inside it");
  begin_round();
  orders_->doubt_acknowledged();
  ask({query_kind::open_orders, {}, {}, {}});
}

void reconciliation::resume() {
  CAFNODE_INVARIANT(!running(), "a reconciliation begins a round after the last, not inside it");
  begin_round();
  ask_about_doubts();
}

std::optional<query> reconciliation::next() {
  if (to_ask_.empty() || in_flight_ >= limits_.in_flight_max)
    return std::nullopt;
  auto question = std::move(to_ask_.front());
  to_ask_.pop_front();
  ++in_flight_;
  return question;
}

void reconciliation::put_back(query unsent) {
  CAFNODE_INVARIANT(in_flight_ > 0, "a question came back that was never taken");
  --in_flight_;
  to_ask_.push_front(std::move(unsent));
}

void reconciliation::ask(query question) {
  to_ask_.push_back(std::move(question));
}

void reconciliation::ask_about_doubts() {
  for (const auto& order : orders_->in_doubt())
    ask({query_kind::by_label, order.request.label, order.request.instrument, {}});
  summary_.in_doubt = orders_->doubt_count();
}

bool reconciliation::is_ours(const venues::order_report& report) const {
  return !limits_.label_head.empty() && report.label.starts_with(limits_.label_head);
}

void reconciliation::take_over(const venues::order_report& report) {
  switch (orders_->apply(report)) {
  case report_effect::foreign:
    if (is_ours(report) && orders_->adopt(report))
      ++summary_.adopted;
    else
      ++summary_.foreign;
    break;
  case report_effect::duplicate:
    duplicates_.push_back(report.order_id);
    break;
  case report_effect::changed:
  case report_effect::stale:
    if (is_over(report.state))
      ++summary_.ended;
    else
      ++summary_.adopted;
    break;
  }
}

void reconciliation::open_orders_answered(const std::vector<venues::order_report>& orders) {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
  for (const auto& report : orders)
    take_over(report);
  // Only now: most doubts have just ended.
  ask_about_doubts();
}

void reconciliation::label_answered(const query& asked, std::vector<venues::order_report> orders,
                                    std::int64_t exchange_ms, std::size_t unreadable) {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
  const auto* known = orders_->find(asked.label);
  // An order that is there and cannot be read is not absent.
  const bool none = orders.empty() && unreadable == 0;
  if (known != nullptr && none && known->certainty == certainty::in_doubt && exchange_ms >= proof_ms(*known)) {
    orders_->absent(asked.label);
    ++summary_.absent;
  } else if (known != nullptr && none && !known->report.order_id.empty() &&
             exchange_ms >= spoken_ms(*known) + limits_.absence_margin.count()) {
    ask({query_kind::by_id, asked.label, asked.instrument, known->report.order_id, exchange_ms});
  }
  for (auto& report : orders) {
    // It is the answer to that label.
    if ((report.lacks & venues::field_label) != 0)
      report.label = asked.label;
    take_over(report);
    if (is_over(report.state) && !report.filled.is_zero())
      ask({query_kind::fills_of_order, report.label, report.instrument, report.order_id});
  }
  summary_.in_doubt = orders_->doubt_count();
}

bool reconciliation::id_unknown(const query& asked) {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
  const auto* known = orders_->find(asked.label);
  if (known == nullptr || known->certainty != certainty::in_doubt ||
      asked.at_ms < spoken_ms(*known) + limits_.forget_margin.count())
    return false;
  orders_->forgotten(asked.label);
  ++summary_.forgotten;
  summary_.in_doubt = orders_->doubt_count();
  return true;
}

void reconciliation::fills_answered(const query&) {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
}

void reconciliation::positions_answered() {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
}

void reconciliation::failed(const query& asked) {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer came to a question that was never taken");
  --in_flight_;
  if (asked.kind == query_kind::open_orders && must_list_) {
    held_back_ = true;
    return;
  }
  if (++attempts_[name_of(asked)] < limits_.attempts_max)
    ask(asked);
}

void reconciliation::list_again() {
  if (std::exchange(held_back_, false))
    ask({query_kind::open_orders, {}, {}, {}});
}

std::int64_t reconciliation::proof_ms(const known_order& order) const {
  // Seen once by the exchange, or sent without a fence: only the exchange's own word ends it.
  if (!order.report.order_id.empty() || order.request.valid_until_ms == 0)
    return std::numeric_limits<std::int64_t>::max();
  return order.request.valid_until_ms + limits_.absence_margin.count();
}

std::optional<std::int64_t> reconciliation::next_proof_ms() const {
  std::optional<std::int64_t> first;
  for (const auto& order : orders_->in_doubt())
    first = std::min(first.value_or(std::numeric_limits<std::int64_t>::max()), proof_ms(order));
  return first;
}

std::vector<std::string> reconciliation::take_duplicates() {
  return std::exchange(duplicates_, {});
}

} // namespace cafnode::session
