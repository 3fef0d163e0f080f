#include "actors/session/order_gate.hpp"

#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::session {

namespace {

reconcile_limits with_labels_of(const session_context& context) {
  auto limits = context.config.reconcile;
  limits.label_head = context.config.name + ".";
  return limits;
}

} // namespace

order_gate::order_gate(caf::actor_config& config, std::shared_ptr<session_context> context)
    : process_base{config, context->config.path + "/order_gate"},
      context_{std::move(context)},
      policy_{context_->config.gate, context_->outside.budget},
      reconciliation_{context_->orders, with_labels_of(*context_)} {}

caf::behavior order_gate::behave() {
  process::tell(*this, context_->client, gate_up{caf::actor_cast<caf::actor>(this)});
  refresh_counters();
  look_later(look_every);
  return {
      [this](const place_order& wanted) { return on_place(wanted); },
      [this](const edit_order& wanted) { return on_edit(wanted); },
      [this](const cancel_order& wanted) { return on_cancel(wanted); },
      [this](list_orders) { return on_list(); },
      [this](const order_news& news) { on_news(news); },
      [this](begin_reconcile) { begin_reconciliation(); },
      [this](orders_allowed now) { allowed_ = now.allowed && !stopping_; },
  };
}

// -- requests ---------------------------------------------------------------------------------------------------------

caf::response_promise order_gate::refuse(caf::response_promise promise, std::string text) {
  order_outcome refused;
  refused.text = std::move(text);
  promise.deliver(std::move(refused));
  return promise;
}

caf::response_promise order_gate::on_place(const place_order& wanted) {
  auto promise = make_response_promise();
  if (const auto verdict = policy_.admit_order(allowed_, now().steady); verdict != gate_verdict::pass)
    return refuse(promise, explain(verdict));
  venues::order_request order;
  order.instrument = wanted.instrument;
  order.side = wanted.side;
  order.kind = wanted.kind;
  order.amount = wanted.amount;
  order.price = wanted.price;
  order.tif = wanted.tif;
  order.post_only = wanted.post_only;
  order.reduce_only = wanted.reduce_only;
  order.label = context_->labels.next();
  order.valid_until_ms = base::to_unix_ms(now().wall) + context_->config.gate.valid_for.count();
  if (!context_->orders.begin(order)) {
    policy_.answered();
    return refuse(promise, "this connection carries as many orders as it may: nothing was sent; cancel some first");
  }
  command({awaited::what::place, order.label, promise}, {next_token(), order});
  return promise;
}

caf::response_promise order_gate::on_edit(const edit_order& wanted) {
  auto promise = make_response_promise();
  const auto* known = find(wanted.label);
  if (known == nullptr || known->report.order_id.empty())
    return refuse(promise, "no open order of this connection has the label " + wanted.label);
  if (const auto verdict = policy_.admit_order(allowed_, now().steady); verdict != gate_verdict::pass)
    return refuse(promise, explain(verdict));
  venues::edit_request change;
  change.order_id = known->report.order_id;
  change.amount = wanted.amount;
  change.price = wanted.price;
  change.post_only = known->request.post_only;
  change.reduce_only = known->request.reduce_only;
  change.valid_until_ms = base::to_unix_ms(now().wall) + context_->config.gate.valid_for.count();
  command({awaited::what::edit, known->request.label, promise}, {next_token(), change});
  return promise;
}

caf::response_promise order_gate::on_cancel(const cancel_order& wanted) {
  auto promise = make_response_promise();
  const auto* known = find(wanted.label_or_id);
  if (known == nullptr)
    return refuse(promise, "no open order of this connection has the label or id " + wanted.label_or_id);
  if (known->report.order_id.empty())
    return refuse(promise, "the exchange has not confirmed this order yet: try again once it has");
  if (const auto verdict = policy_.admit_cancel(allowed_, now().steady); verdict != gate_verdict::pass)
    return refuse(promise, explain(verdict));
  command({awaited::what::cancel, known->request.label, promise}, {next_token(), cancel_by_id{known->report.order_id}});
  return promise;
}

order_list order_gate::on_list() const {
  order_list list;
  for (const auto& order : context_->orders.live())
    list.orders.push_back({order.report, order.certainty == certainty::in_doubt});
  for (const auto& order : context_->orders.ended())
    list.orders.push_back({order.report, false});
  return list;
}

const known_order* order_gate::find(const std::string& label_or_id) const {
  const auto* by_label = context_->orders.find(label_or_id);
  return by_label != nullptr ? by_label : context_->orders.find_by_id(label_or_id);
}

void order_gate::command(awaited request, order_command wanted) {
  awaited_.emplace(wanted.token, std::move(request));
  process::tell(*this, context_->client, std::move(wanted));
  refresh_counters();
}

// -- answers ----------------------------------------------------------------------------------------------------------

void order_gate::on_news(const order_news& news) {
  if (const auto request = awaited_.find(news.token); request != awaited_.end()) {
    auto answered_request = std::move(request->second);
    awaited_.erase(request);
    policy_.answered();
    settle(std::move(answered_request), news);
  } else if (const auto question = asked_.find(news.token); question != asked_.end()) {
    const auto asked = std::move(question->second);
    asked_.erase(question);
    answered(asked, news);
  } else if (news.token != 0 && news.token == look_token_) {
    on_look(news);
  } else {
    unasked(news);
  }
  refresh_counters();
  if (stopping_ && awaited_.empty())
    stop(*stopping_);
}

void order_gate::settle(awaited request, const order_news& news) {
  if (const auto* unsent = std::get_if<not_sent>(&news.what)) {
    if (request.what == awaited::what::place)
      context_->orders.refused(request.label);
    refuse(request.promise, unsent->why + ": nothing was sent");
  } else if (const auto* accepted = std::get_if<venues::order_accepted>(&news.what)) {
    take(accepted->order, "answer");
    for (const auto& fill : accepted->fills)
      take(fill);
    request.promise.deliver(order_outcome{outcome::done, accepted->order, 0, {}});
  } else if (const auto* failed = std::get_if<venues::request_failed>(&news.what)) {
    settle_failure(request, *failed);
  }
}

void order_gate::settle_failure(awaited& request, const venues::request_failed& failed) {
  using venues::disposition;
  if (failed.disposition == disposition::back_off)
    policy_.drain(now().steady);
  const bool unknown = failed.disposition == disposition::unknown;
  // An edit or a cancel that met no open order: what became of it has to be asked.
  const bool lost_race = failed.disposition == disposition::gone && request.what != awaited::what::place;
  order_outcome answer{unknown ? outcome::in_doubt : outcome::refused, {}, failed.code, failed.text};
  if (const auto* known = context_->orders.find(request.label); known != nullptr)
    answer.order = known->report;
  if (unknown || lost_race) {
    context_->orders.doubt(request.label);
    context_->notify(kind::order_in_doubt, now(), failed.text, {{"label", request.label}});
    ask_later(0);
  } else if (request.what == awaited::what::place) {
    context_->orders.refused(request.label);
  }
  request.promise.deliver(std::move(answer));
}

void order_gate::unasked(const order_news& news) {
  if (news.token == 0) {
    stream_spoke_ = true;
    stream_doubted_ = false;
  }
  if (const auto* updated = std::get_if<venues::order_updated>(&news.what))
    take(updated->order, "stream");
  else if (const auto* filled = std::get_if<venues::filled>(&news.what))
    take(filled->fill);
  else if (const auto* accepted = std::get_if<venues::order_accepted>(&news.what))
    take(accepted->order, "answer to an earlier gate");
}

void order_gate::take(const venues::order_report& report, std::string_view source) {
  const auto effect = context_->orders.apply(report);
  if (effect == report_effect::duplicate)
    cancel_duplicate(report.order_id);
  if (effect != report_effect::changed)
    return;
  constexpr std::array<std::string_view, 7> states{"open",        "filled",    "rejected", "cancelled",
                                                   "untriggered", "triggered", "unknown"};
  context_->notify(kind::order_changed, now(), report.cancel_reason,
                   {{"label", report.label},
                    {"order_id", report.order_id},
                    {"state", std::string{states.at(static_cast<std::size_t>(report.state))}},
                    {"filled", report.filled.to_string()},
                    {"source", std::string{source}}});
}

void order_gate::take(const venues::fill_report& fill) {
  if (!context_->orders.apply(fill))
    return;
  context_->notify(kind::fill_seen, now(), "filled",
                   {{"trade_id", fill.trade_id},
                    {"label", fill.label},
                    {"price", fill.price.to_string()},
                    {"amount", fill.amount.to_string()}});
}

void order_gate::cancel_duplicate(const std::string& order_id) {
  context_->notify(kind::order_in_doubt, now(), "a second order carries a label of ours: it is cancelled",
                   {{"order_id", order_id}});
  process::tell(*this, context_->client, order_command{next_token(), cancel_by_id{order_id}});
}

// -- reconciliation ---------------------------------------------------------------------------------------------------

void order_gate::begin_reconciliation() {
  allowed_ = false;
  announced_ = false;
  verified_ = false;
  asked_.clear();
  stream_check_.reset();
  look_token_ = 0;
  reconciliation_.start();
  pump();
}

void order_gate::pump() {
  const auto credits = context_->config.query_credits;
  while (auto question = reconciliation_.next()) {
    const auto at = now().steady;
    if (policy_.admit_query(credits, at) != gate_verdict::pass) {
      reconciliation_.put_back(std::move(*question));
      const auto wait = std::max<base::duration>(policy_.query_wait(credits, at), std::chrono::milliseconds{1});
      pump_timer_ = after(wait, [this] { pump(); });
      break;
    }
    const auto token = next_token();
    asked_.emplace(token, *question);
    process::tell(*this, context_->client, order_command{token, std::move(*question)});
  }
  refresh_counters();
}

void order_gate::answered(const query& asked, const order_news& news) {
  if (const auto* orders = std::get_if<venues::orders_listed>(&news.what)) {
    if (asked.kind == query_kind::open_orders)
      reconciliation_.open_orders_answered(orders->orders);
    else
      reconciliation_.label_answered(asked, orders->orders, orders->exchange_ms);
  } else if (const auto* fills = std::get_if<venues::fills_listed>(&news.what)) {
    for (const auto& fill : fills->fills)
      take(fill);
    reconciliation_.fills_answered(asked);
  } else if (std::holds_alternative<venues::positions_listed>(news.what)) {
    reconciliation_.positions_answered();
  } else if (const auto* failed = std::get_if<venues::request_failed>(&news.what);
             failed != nullptr && asked.kind == query_kind::by_id && failed->disposition == venues::disposition::gone) {
    context_->notify(
        kind::order_in_doubt, now(),
        "the exchange acknowledged this order and no longer knows it: it is over, but what it traded since "
        "its last news is not known; compare the position",
        {{"label", asked.label}, {"order_id", asked.order_id}});
    reconciliation_.id_unknown(asked);
  } else {
    reconciliation_.failed(asked);
  }
  if (reconciliation_.running())
    pump();
  else
    end_round();
}

void order_gate::end_round() {
  for (const auto& order_id : reconciliation_.take_duplicates())
    cancel_duplicate(order_id);
  const auto& summary = reconciliation_.summary();
  if (!announced_) {
    announced_ = true;
    process::tell(*this, context_->client, reconciled{summary});
  }
  if (!verified_ && summary.adopted > 0) {
    verified_ = true;
    proof_timer_ = after(context_->config.reconcile.absence_margin, [this] {
      if (!reconciliation_.running())
        reconciliation_.verify();
      pump();
    });
    return;
  }
  if (const auto proof = reconciliation_.next_proof_ms())
    ask_later(*proof);
}

void order_gate::ask_later(std::int64_t proof_ms) {
  if (!announced_ || reconciliation_.running() || proof_timer_.armed())
    return;
  // Without a fence there is no moment of proof: ask again now and then, since the exchange may still speak of it.
  constexpr std::chrono::milliseconds soonest{250};
  constexpr std::chrono::milliseconds latest{30'000};
  const std::chrono::milliseconds wait{
      std::clamp(proof_ms - base::to_unix_ms(now().wall), soonest.count(), latest.count())};
  proof_timer_ = after(wait, [this] {
    if (!reconciliation_.running())
      reconciliation_.resume();
    pump();
  });
}

// -- ends -------------------------------------------------------------------------------------------------------------

void order_gate::refresh_counters() {
  auto& counters = context_->outside.record->counters;
  const auto at = now().steady;
  const auto doubts = context_->orders.doubt_count();
  counters.orders_in_doubt.store(static_cast<std::uint32_t>(doubts), std::memory_order_relaxed);
  counters.orders_open.store(static_cast<std::uint32_t>(context_->orders.live_count() - doubts),
                             std::memory_order_relaxed);
  counters.matching_left.store(policy_.matching_left(at), std::memory_order_relaxed);
  counters.credits_left.store(policy_.credits_left(at), std::memory_order_relaxed);
}

void order_gate::on_stop(const caf::error& reason) {
  allowed_ = false;
  stopping_ = reason;
  if (awaited_.empty()) {
    stop(reason);
    return;
  }
  drain_timer_ = after(context_->config.drain_max, [this] { stop(*stopping_); });
}

void order_gate::on_end(const caf::error&) {
  for (auto& [token, request] : awaited_) {
    order_outcome answer{outcome::in_doubt, {}, 0, "the order gate ended before the exchange answered"};
    if (const auto* known = context_->orders.find(request.label); known != nullptr)
      answer.order = known->report;
    context_->orders.doubt(request.label);
    request.promise.deliver(std::move(answer));
  }
  awaited_.clear();
  refresh_counters();
}

} // namespace cafnode::session
