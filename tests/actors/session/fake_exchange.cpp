#include "tests/actors/session/fake_exchange.hpp"

#include <algorithm>

namespace cafnode::test {

using namespace venues;

namespace {

constexpr credits order_cost{1, 0, 0};

template<class Answer>
request_id request_of(const Answer& answer) {
  if constexpr (requires { answer.request; })
    return answer.request;
  else
    return 0;
}

} // namespace

void fake_machine::open(base::moment, outbox& out) {
  out.send("auth");
  out.emit(stage_reached{stage::authenticating});
}

void fake_machine::receive(lane, std::string_view frame, base::moment, outbox& out) {
  if (frame == "welcome")
    out.emit(stage_reached{stage::subscribing});
  else if (frame == "subscribed")
    out.emit(stage_reached{stage::resumed});
  else if (frame == "test_request")
    out.emit(test_requested{});
  else if (frame == "pong")
    acknowledge(out);
  else if (frame == "wrong key")
    out.close(give_up::refused, "invalid_credentials", std::chrono::milliseconds{0});
  else if (frame == "wait 30")
    out.close(give_up::unavailable, "login_over_limit", std::chrono::seconds{30});
  else if (frame == "garbage")
    out.emit(protocol_fault{fault_kind::not_json, "garbage"});
  else if (frame == "event" && !script.empty()) {
    const auto next = script.front();
    script.pop_front();
    say(next, out);
  }
}

void fake_machine::acknowledge(outbox& out) {
  if (tests_ > 0) {
    --tests_;
    spent.answered.other += test_credits;
  }
  out.emit(heartbeat_acknowledged{std::chrono::milliseconds{20}});
}

void fake_machine::say(const event& what, outbox& out) {
  settle(std::visit([](const auto& one) { return request_of(one); }, what));
  out.emit(what);
}

void fake_machine::settle(request_id id) {
  std::erase_if(pending_, [&](const waiting& one) {
    if (one.id != id)
      return false;
    spent.answered.matching += one.cost.matching;
    spent.answered.other += one.cost.other;
    return true;
  });
}

request_id fake_machine::send(std::string word, outbox& out, const credits& cost) {
  if (full)
    return 0;
  if (before_send)
    before_send();
  out.send(word + " " + std::to_string(++last_));
  pending_.push_back({last_, cost});
  spent.sent.matching += cost.matching;
  spent.sent.other += cost.other;
  return last_;
}

request_id fake_machine::place(const order_request& order, base::moment, outbox& out) {
  placed.push_back(order);
  return send("place", out, order_cost);
}

request_id fake_machine::edit(const edit_request& change, base::moment, outbox& out) {
  edited.push_back(change);
  return send("edit " + change.order_id, out, order_cost);
}

request_id fake_machine::cancel(std::string_view order_id, base::moment, outbox& out) {
  return send("cancel " + std::string{order_id}, out, order_cost);
}

request_id fake_machine::list_open_orders(base::moment, outbox& out) {
  return send("open_orders", out);
}

request_id fake_machine::query_label(std::string_view label, std::string_view, base::moment, outbox& out) {
  return send("label " + std::string{label}, out);
}

request_id fake_machine::query_order(std::string_view order_id, base::moment, outbox& out) {
  return send("order " + std::string{order_id}, out);
}

request_id fake_machine::list_fills_of_order(std::string_view order_id, base::moment, outbox& out) {
  return send("fills " + std::string{order_id}, out);
}

request_id fake_machine::list_positions(base::moment, outbox& out) {
  return send("positions", out);
}

void fake_machine::abandon(base::moment, outbox& out) {
  const auto lost = std::exchange(pending_, {});
  for (const auto& request : lost)
    out.emit(request_failed{request.id, 0, disposition::unknown, "the connection was lost"});
}

} // namespace cafnode::test
