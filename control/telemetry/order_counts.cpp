#include "control/telemetry/order_counts.hpp"

#include "runtime/observe/metric_names.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace cafnode::control {

namespace {

std::string_view word_of(const base::result<session::order_outcome, action_failure>& answered) {
  if (!answered)
    return answered.fault().fault == action_fault::timed_out ? "unanswered" : "not_sent";
  switch (answered.value().outcome) {
  case session::outcome::done:
    return "done";
  case session::outcome::refused:
    return "refused";
  case session::outcome::in_doubt:
    break;
  }
  return "in_doubt";
}

/// One kind of order request, counted on its way back.
template<class Request>
auto counted_requests(
    std::function<void(const std::string&, Request, std::chrono::milliseconds, completion<session::order_outcome>)> ask,
    std::string_view kind, observe::registry& to, const std::shared_ptr<const session::board>& board) {
  return [ask = std::move(ask), kind, &to, board](const std::string& connection, Request wanted,
                                                  std::chrono::milliseconds deadline,
                                                  completion<session::order_outcome> finish) {
    const auto record = board->find(connection);
    const std::string exchange = record ? record->exchange() : "unknown";
    ask(connection, std::move(wanted), deadline,
        [&to, kind, exchange,
         finish = std::move(finish)](base::result<session::order_outcome, action_failure> answered) {
          to.counter_of(observe::metric::order_requests, {exchange, std::string{kind}, std::string{word_of(answered)}})
              .increment();
          finish(std::move(answered));
        });
  };
}

} // namespace

control_actions count_orders(control_actions actions, observe::registry& to,
                             std::shared_ptr<const session::board> board) {
  actions.place_order = counted_requests<session::place_order>(std::move(actions.place_order), "place", to, board);
  actions.edit_order = counted_requests<session::edit_order>(std::move(actions.edit_order), "edit", to, board);
  actions.cancel_order = counted_requests<session::cancel_order>(std::move(actions.cancel_order), "cancel", to, board);
  return actions;
}

} // namespace cafnode::control
