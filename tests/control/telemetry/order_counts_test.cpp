// Orders asked for over the control API, by what became of them.
#include "control/telemetry/order_counts.hpp"
#include "runtime/observe/metric_names.hpp"

#include <doctest/doctest.h>

using namespace cafnode;

namespace {

using answer = base::result<session::order_outcome, control::action_failure>;

struct order_rig {
  observe::registry metrics;
  std::shared_ptr<session::board> board = std::make_shared<session::board>();
  std::size_t heard = 0;

  /// Asks for a cancel that is answered so.
  void cancel(const std::string& connection, const answer& answered) {
    control::control_actions actions;
    actions.cancel_order = [&answered](const std::string&, const session::cancel_order&, std::chrono::milliseconds,
                                       const control::completion<session::order_outcome>& finish) { finish(answered); };
    control::count_orders(std::move(actions), metrics, board).cancel_order(connection, {}, {}, [this](const answer&) {
      ++heard;
    });
  }

  std::uint64_t counted(const std::string& exchange, const std::string& outcome) {
    return metrics.counter_of(observe::metric::order_requests, {exchange, "cancel", outcome}).value();
  }
};

answer outcome(session::outcome what) {
  session::order_outcome done;
  done.outcome = what;
  return done;
}

} // namespace

SCENARIO("an order request is counted by what became of it, and its answer goes on to who asked") {
  order_rig rig;
  rig.board->open("alpha", "deribit", "tokyo/deribit/alpha");
  rig.cancel("alpha", outcome(session::outcome::done));
  rig.cancel("alpha", outcome(session::outcome::refused));
  rig.cancel("alpha", outcome(session::outcome::in_doubt));
  rig.cancel("alpha", base::failure{control::action_failure{control::action_fault::timed_out, {}}});
  rig.cancel("alpha", base::failure{control::action_failure{control::action_fault::unavailable, {}}});
  for (const auto* each : {"done", "refused", "in_doubt", "unanswered", "not_sent"})
    CHECK_MESSAGE(rig.counted("deribit", each) == 1, each);
  CHECK(rig.heard == 5);
}

SCENARIO("a request for a connection that is none is counted, and adds no exchange of its own") {
  order_rig rig;
  rig.cancel("nobody", outcome(session::outcome::refused));
  CHECK(rig.counted("unknown", "refused") == 1);
}
