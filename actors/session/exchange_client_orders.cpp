#include "actors/session/counting.hpp"
#include "actors/session/exchange_client.hpp"
#include "runtime/process/tell.hpp"

// The side of the client that faces the order gate.
namespace cafnode::session {

void exchange_client::on_gate_up(const caf::actor& gate) {
  if (gate == gate_)
    return;
  unwatch(gate_watch_);
  gate_ = gate;
  context_->outside.record->set_gate(gate);
  gate_watch_ = watch(gate, [this](const caf::error&) { gate_ = nullptr; });
  if (phase_.current() == phase::live)
    advance(phase::reconciling, "the order gate was restarted");
  if (resumed_ && phase_.current() == phase::reconciling)
    ask_for_reconciliation();
}

void exchange_client::ask_for_reconciliation() {
  if (!context_->config.has_orders)
    on_reconciled({});
  else if (gate_)
    process::tell(*this, gate_, begin_reconcile{});
}

void exchange_client::on_reconciled(const reconcile_summary& summary) {
  if (phase_.current() != phase::reconciling)
    return;
  const auto took = now().steady - phase_.since();
  if (context_->config.has_orders)
    context_->notify(fact::reconciled{summary, took}, now(), "what became of the orders is known");
  context_->was_live = true;
  context_->refusals.accepted();
  context_->spending.end_turn(now().steady);
  // Before others can see that it is live: what they ask for then finds the gate open.
  if (gate_)
    process::tell(*this, gate_, orders_allowed{true});
  advance(phase::live, "reconciled");
  links_.proven();
  count(counters_.lives);
}

void exchange_client::on_stream_muted(const private_stream_muted& muted) {
  if (phase_.current() != phase::live)
    return;
  // What the orders are is asked first, on the same connection; only a stream that stays muted costs it.
  if (muted.again)
    return give_up(process::reason_code::peer_unavailable, "private stream silent", 0, muted.text);
  advance(phase::reconciling, "the private stream fell silent");
  ask_for_reconciliation();
}

void exchange_client::on_command(const order_command& command) {
  got_on();
  const bool is_query = std::holds_alternative<query>(command.what);
  const bool may = links_ && resumed_ && !stopping_ && (is_query || phase_.current() == phase::live);
  const auto request = may ? submit(command) : 0;
  const auto cost = is_query ? venues::credits{0, context_->config.query_credits, 0} : venues::credits{1, 0, 0};
  context_->spending.handed_on(cost, request != 0, now().steady);
  settle_spending();
  if (request == 0) {
    tell_gate(
        {command.token, not_sent{may ? "too many requests wait for their answers" : "the connection is not live"}});
    return;
  }
  tokens_.emplace(request, command.token);
  arm_tick();
}

venues::request_id exchange_client::submit(const order_command& command) {
  struct to_machine {
    exchange_client& self;

    venues::request_id operator()(const venues::order_request& order) const {
      count(self.counters_.orders_sent);
      return self.machine_->place(order, self.now(), self);
    }

    venues::request_id operator()(const venues::edit_request& change) const {
      return self.machine_->edit(change, self.now(), self);
    }

    venues::request_id operator()(const cancel_by_id& cancel) const {
      return self.machine_->cancel(cancel.order_id, self.now(), self);
    }

    venues::request_id operator()(const query& question) const { return self.submit(question); }
  };

  return std::visit(to_machine{*this}, command.what);
}

venues::request_id exchange_client::submit(const query& question) {
  switch (question.kind) {
  case query_kind::open_orders:
    return machine_->list_open_orders(now(), *this);
  case query_kind::by_label:
    return machine_->query_label(question.label, question.instrument, now(), *this);
  case query_kind::by_id:
    return machine_->query_order(question.order_id, now(), *this);
  case query_kind::fills_of_order:
    return machine_->list_fills_of_order(question.order_id, now(), *this);
  case query_kind::positions:
    return machine_->list_positions(now(), *this);
  }
  return 0;
}

void exchange_client::tell_gate(order_news news) {
  if (news.token != 0)
    got_on();
  // Without a gate the news is not lost: the next one asks about everything before the connection is live again.
  if (gate_)
    process::tell(*this, gate_, std::move(news));
}

} // namespace cafnode::session
