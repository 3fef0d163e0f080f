#include "actors/session/order_gate.hpp"

#include "runtime/process/tell.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

std::optional<base::decimal> value_unless(bool unreadable, base::decimal value) {
  return unreadable ? std::nullopt : std::optional{value};
}

constexpr base::backoff_config list_pauses{std::chrono::milliseconds{250}, std::chrono::seconds{10}, 50};

reconcile_limits with_labels_of(const session_context& context) {
  auto limits = context.config.reconcile;
  limits.label_head = context.labels.head();
  return limits;
}

} // namespace

order_gate::order_gate(caf::actor_config& config, std::shared_ptr<session_context> context)
    : process_base{config, context->config.path + "/order_gate"},
      context_{std::move(context)},
      policy_{context_->config.gate, context_->spending},
      reconciliation_{context_->orders, with_labels_of(*context_)},
      list_pauses_{list_pauses},
      chance_{std::hash<std::string>{}(context_->config.path)} {}

caf::behavior order_gate::behave() {
  context_->gate = caf::actor_cast<caf::actor>(this);
  process::tell(*this, context_->client, gate_up{context_->gate});
  refresh_counters();
  look_later(look_every);
  return {
      [this](const place_order& wanted) {
        return on_order({wanted, make_response_promise(), now()});
      },
      [this](const edit_order& wanted) {
        return on_order({wanted, make_response_promise(), now()});
      },
      [this](const cancel_order& wanted) {
        return on_cancel({wanted, make_response_promise(), now()});
      },
      [this](list_orders) { return on_list(); },
      [this](const order_news& news) { on_news(news); },
      [this](news_ended) { on_news_ended(); },
      [this](orders_held asked) { on_held(asked); },
      [this](limits_changed) { policy_.use(context_->config.gate); },
      [this](begin_reconcile) { begin_reconciliation(); },
      [this](orders_allowed now) { allow(now.allowed && !stopping_); },
  };
}

// -- answers ----------------------------------------------------------------------------------------------------------

void order_gate::on_news(const order_news& news) {
  if (const auto request = awaited_.find(news.token); request != awaited_.end()) {
    if (const auto* taken = std::get_if<venues::order_acknowledged>(&news.what))
      acknowledge(request, *taken);
    else
      settle(take_awaited(request), news);
  } else if (const auto question = asked_.find(news.token); question != asked_.end()) {
    const auto asked = std::move(question->second);
    asked_.erase(question);
    answered(asked, news);
  } else if (news.token != 0 && news.token == look_token_) {
    on_look(news);
  } else {
    unasked(news);
  }
  if (acknowledged_ > 0)
    settle_reported();
  after_news();
}

void order_gate::after_news() {
  refresh_counters();
  if (stopping_ && awaited_.empty())
    stop(*stopping_);
}

order_gate::awaited order_gate::take_awaited(awaited_requests::iterator at) {
  auto request = std::move(at->second);
  awaited_.erase(at);
  acknowledged_ -= request.acknowledged ? 1 : 0;
  policy_.answered();
  return request;
}

void order_gate::settle(awaited request, const order_news& news) {
  if (const auto* unsent = std::get_if<not_sent>(&news.what)) {
    if (request.what == awaited::what::place)
      context_->orders.refused(request.label);
    refuse(request.promise, unsent->why + ": nothing was sent");
  } else if (const auto* accepted = std::get_if<venues::order_accepted>(&news.what)) {
    settle_acceptance(request, *accepted);
  } else if (const auto* failed = std::get_if<venues::request_failed>(&news.what)) {
    settle_failure(request, *failed);
  }
}

void order_gate::settle_acceptance(awaited& request, const venues::order_accepted& accepted) {
  auto order = accepted.order;
  if ((order.lacks & venues::field_label) != 0)
    order.label = request.label;
  take(order, "answer");
  for (const auto& fill : accepted.fills)
    take(fill);
  // It was done; what the order is now is not known before the exchange says it in words that can be read.
  const bool readable = (order.lacks & (venues::field_state | venues::field_filled)) == 0;
  order_outcome answer{readable ? outcome::done : outcome::in_doubt, std::move(order), 0, {}};
  if (!readable)
    answer.text = "the exchange accepted it and said more than can be read: what became of it is being found out";
  if (const auto* known = context_->orders.find(request.label); known != nullptr && !readable)
    answer.order = known->report;
  request.promise.deliver(std::move(answer));
}

void order_gate::settle_failure(awaited& request, const venues::request_failed& failed) {
  using venues::disposition;
  if (failed.disposition == disposition::back_off)
    policy_.drain(now().steady);
  const bool unknown = failed.disposition == disposition::unknown;
  // An edit or a cancel that met no open order: what became of it has to be asked.
  const bool lost_race = failed.disposition == disposition::gone && request.what != awaited::what::place;
  order_outcome answer{unknown ? outcome::in_doubt : outcome::refused, {}, failed.code, failed.text};
  answer.order.label = request.label;
  const auto* ended = context_->orders.find_ended(request.label);
  if (const auto* known = ended != nullptr ? ended : context_->orders.find(request.label); known != nullptr)
    answer.order = known->report;
  if (unknown && ended != nullptr && !ended->presumed && request.what != awaited::what::edit) {
    // The stream has told what the answer would have.
    answer.outcome = outcome::done;
    answer.text.clear();
  } else if (unknown || lost_race) {
    context_->orders.doubt(request.label);
    context_->notify(fact::order_in_doubt{request.label}, now(), failed.text);
    ask_later(0);
  } else if (request.what == awaited::what::place && context_->orders.has_spoken_of(request.label)) {
    // The exchange contradicts itself: its report of the order says what is, an error only what was meant.
    answer.outcome = outcome::in_doubt;
    context_->orders.doubt(request.label);
    context_->notify(fact::order_in_doubt{request.label}, now(), failed.text);
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

bool order_gate::is_ours(const venues::order_report& report) const {
  return report.label.starts_with(context_->labels.head());
}

void order_gate::take(const venues::order_report& news, std::string_view source) {
  auto report = news;
  if (const auto* known = report.label.empty() ? context_->orders.find_by_id(report.order_id) : nullptr;
      known != nullptr)
    report.label = known->request.label;
  auto effect = context_->orders.apply(report);
  // One that a process before this one sent, and that was late: it was in no list yet.
  if (effect == report_effect::foreign && is_ours(report) && context_->orders.adopt(report))
    effect = report_effect::changed;
  if (effect == report_effect::duplicate)
    cancel_duplicate(report.order_id);
  if (effect != report_effect::changed)
    return;
  if (const auto* known = context_->orders.find(report.label); known != nullptr) {
    report = known->report;
    if (known->certainty == certainty::in_doubt)
      ask_later(0);
  }
  context_->notify(fact::order_changed{report.label, report.order_id, report.state, report.filled, source}, now(),
                   report.cancel_reason);
}

void order_gate::take(const venues::fill_report& fill) {
  if (!context_->orders.apply(fill))
    return;
  context_->notify(fact::fill_seen{fill.trade_id, fill.label,
                                   value_unless(fill.lacks & venues::field_price, fill.price),
                                   value_unless(fill.lacks & venues::field_amount, fill.amount)},
                   now(), "filled");
}

void order_gate::cancel_duplicate(const std::string& order_id) {
  context_->notify(fact::order_in_doubt{std::nullopt, order_id}, now(),
                   "a second order carries a label of ours: it is cancelled");
  process::tell(*this, context_->client, order_command{next_token(), cancel_by_id{order_id}});
}

// -- reconciliation ---------------------------------------------------------------------------------------------------

void order_gate::begin_reconciliation() {
  allow(false);
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
      pump_timer_ = after(policy_.query_wait(credits, at), [this] { pump(); });
      if (!announced_)
        process::tell(*this, context_->client, reconcile_waits{});
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
      reconciliation_.label_answered(asked, orders->orders, orders->exchange_ms, orders->unreadable);
  } else if (const auto* fills = std::get_if<venues::fills_listed>(&news.what)) {
    for (const auto& fill : fills->fills)
      take(fill);
    reconciliation_.fills_answered(asked);
  } else if (std::holds_alternative<venues::positions_listed>(news.what)) {
    reconciliation_.positions_answered();
  } else if (const auto* failed = std::get_if<venues::request_failed>(&news.what);
             failed != nullptr && asked.kind == query_kind::by_id && failed->disposition == venues::disposition::gone) {
    if (reconciliation_.id_unknown(asked))
      context_->notify(
          fact::order_in_doubt{asked.label, asked.order_id}, now(),
          "the exchange acknowledged this order and no longer knows it: it is over, but what it traded since "
          "its last news is not known; compare the position");
  } else {
    reconciliation_.failed(asked);
    list_later(news);
  }
  if (reconciliation_.running())
    pump();
  else
    end_round();
}

/// The open orders could not be listed: without them nothing is reconciled, so they are asked for until they are.
void order_gate::list_later(const order_news& news) {
  if (!reconciliation_.is_held_back() || list_timer_.armed())
    return;
  const auto wait = list_pauses_.next(chance_);
  const auto* failed = std::get_if<venues::request_failed>(&news.what);
  context_->notify(fact::upkeep_failed{wait}, now(),
                   (failed != nullptr ? failed->text : std::string{"the open orders could not be asked for"}) +
                       "; asked again, no order is taken before that is answered");
  list_timer_ = after(wait, [this] {
    reconciliation_.list_again();
    pump();
  });
}

void order_gate::end_round() {
  list_pauses_.reset();
  const auto& summary = reconciliation_.summary();
  if (!announced_) {
    announced_ = true;
    process::tell(*this, context_->client, reconciled{summary});
  }
  // Only now: before the connection is live the client sends no cancel.
  for (const auto& order_id : reconciliation_.take_duplicates())
    cancel_duplicate(order_id);
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

void order_gate::on_held(orders_held asked) {
  serve_line(); // what waits there is refused now
  refresh_counters();
  context_->outside.record->counters.holds_seen.store(asked.number);
}

void order_gate::on_stop(const caf::error& reason) {
  allow(false);
  stopping_ = reason;
  if (awaited_.empty()) {
    stop(reason);
    return;
  }
  drain_timer_ = after(context_->config.drain_max, [this] { stop(*stopping_); });
}

void order_gate::on_end(const caf::error&) {
  session_context::leave(context_->gate, *this);
  allow(false);
  for (auto& [token, request] : awaited_) {
    order_outcome answer{outcome::in_doubt, {}, 0, "the order gate ended before the exchange answered"};
    answer.order.label = request.label;
    const auto* ended = context_->orders.find_ended(request.label);
    if (const auto* known = ended != nullptr ? ended : context_->orders.find(request.label); known != nullptr)
      answer.order = known->report;
    context_->orders.doubt(request.label);
    request.promise.deliver(std::move(answer));
  }
  awaited_.clear();
  refresh_counters();
}

} // namespace cafnode::session
