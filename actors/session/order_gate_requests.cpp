#include "actors/session/order_gate.hpp"
#include "runtime/process/tell.hpp"

#include <algorithm>
#include <utility>

// What is asked of the gate, up to where the client has it.
namespace cafnode::session {

caf::response_promise order_gate::refuse(caf::response_promise promise, std::string text) {
  order_outcome refused;
  refused.text = std::move(text);
  promise.deliver(std::move(refused));
  return promise;
}

// -- one after the other, as the budget lets them; cancels first -----------------------------------------------------

caf::response_promise order_gate::on_order(order_wish wish) {
  auto promise = wish.promise;
  if (policy_.in_flight() + line_.size() >= context_->config.gate.in_flight_max)
    return refuse(promise, explain(gate_verdict::too_many_asked));
  line_.push_back(std::move(wish));
  serve_line();
  return promise;
}

caf::response_promise order_gate::on_cancel(order_wish wish) {
  auto promise = wish.promise;
  if (auto fault = why_not(std::get<cancel_order>(wish.wanted)); !fault.empty())
    return refuse(promise, std::move(fault));
  if (cancels_.size() >= context_->config.gate.in_flight_max)
    return refuse(promise, explain(gate_verdict::too_many_asked));
  cancels_.push_back(std::move(wish));
  serve_line();
  return promise;
}

/// Empty when the order can be cancelled. While a cancel waits the order may end.
std::string order_gate::why_not(const cancel_order& wanted) const {
  const auto* known = find(wanted.label_or_id);
  if (known == nullptr)
    return "no open order of this connection has the label or id " + wanted.label_or_id;
  return known->report.order_id.empty() ? "the exchange has not confirmed this order yet: try again once it has" : "";
}

gate_verdict order_gate::admit(const order_wish& wish, base::time_point at) {
  if (std::holds_alternative<place_order>(wish.wanted) && context_->outside.record->orders_held())
    return gate_verdict::held;
  return std::holds_alternative<cancel_order>(wish.wanted) ? policy_.admit_cancel(allowed_, at)
                                                           : policy_.admit_order(allowed_, at);
}

void order_gate::serve_line() {
  while (!cancels_.empty() || !line_.empty()) {
    auto& first = cancels_.empty() ? line_ : cancels_;
    const auto at = now().steady;
    if (waits_until(first.front()) < at)
      return go_on_waiting(at);
    const auto verdict = admit(first.front(), at);
    if (verdict == gate_verdict::over_rate)
      return go_on_waiting(at);
    const auto wish = std::move(first.front());
    first.pop_front();
    if (verdict == gate_verdict::pass)
      std::visit([&](const auto& wanted) { send(wanted, wish); }, wish.wanted);
    else
      refuse(wish.promise, explain(verdict));
  }
  line_timer_.cancel();
}

void order_gate::go_on_waiting(base::time_point at) {
  auto next = at + (cancels_.empty() ? policy_.order_wait(at) : policy_.cancel_wait(at));
  for (auto* waiting : {&cancels_, &line_}) {
    std::deque<order_wish> still;
    for (auto& wish : std::exchange(*waiting, {})) {
      const auto until = waits_until(wish);
      if (until <= at) {
        refuse(wish.promise, explain(gate_verdict::over_rate));
        continue;
      }
      next = std::min(next, until);
      still.push_back(std::move(wish));
    }
    *waiting = std::move(still);
  }
  if (cancels_.empty() && line_.empty())
    line_timer_.cancel();
  else
    line_timer_ = after(next - at, [this] { serve_line(); });
}

/// It is sent while it is still what was asked for, prices move, with time left for its way to the exchange, and while
/// somebody waits for what becomes of it.
base::time_point order_gate::waits_until(const order_wish& wish) const {
  const auto patience = std::visit([](const auto& wanted) { return wanted.waits_at_most; }, wish.wanted);
  return wish.asked.steady + std::min<base::duration>({budget_wait_max, patience, context_->config.gate.valid_for / 2});
}

std::int64_t order_gate::valid_until_ms(const order_wish& wish) const {
  return base::to_unix_ms(wish.asked.wall) + context_->config.gate.valid_for.count();
}

void order_gate::send(const place_order& wanted, const order_wish& wish) {
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
  order.valid_until_ms = valid_until_ms(wish);
  if (!context_->orders.begin(order)) {
    policy_.unsent(now().steady);
    refuse(wish.promise, "this connection carries as many orders as it may: nothing was sent; cancel some first");
    return;
  }
  command({awaited::what::place, order.label, wish.promise}, {next_token(), order});
}

void order_gate::send(const edit_order& wanted, const order_wish& wish) {
  const auto* known = find(wanted.label);
  if (known == nullptr || known->report.order_id.empty()) {
    policy_.unsent(now().steady);
    refuse(wish.promise, "no open order of this connection has the label " + wanted.label);
    return;
  }
  venues::edit_request change;
  change.order_id = known->report.order_id;
  change.amount = wanted.amount;
  change.price = wanted.price;
  change.post_only = known->request.post_only;
  change.reduce_only = known->request.reduce_only;
  change.valid_until_ms = valid_until_ms(wish);
  command({awaited::what::edit, known->request.label, wish.promise, wanted.amount, wanted.price},
          {next_token(), change});
}

void order_gate::send(const cancel_order& wanted, const order_wish& wish) {
  if (auto fault = why_not(wanted); !fault.empty()) {
    policy_.unsent(now().steady);
    refuse(wish.promise, std::move(fault));
    return;
  }
  const auto* known = find(wanted.label_or_id);
  command({awaited::what::cancel, known->request.label, wish.promise},
          {next_token(), cancel_by_id{known->report.order_id}});
}

/// What waits is refused once the connection is not live any more.
void order_gate::allow(bool allowed) {
  allowed_ = allowed;
  serve_line();
}

// -- the rest ---------------------------------------------------------------------------------------------------------

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

} // namespace cafnode::session
