#include "apps/node_actions.hpp"

#include "actors/session/messages.hpp"
#include "runtime/process/ask.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"

#include <caf/sec.hpp>

#include <utility>

namespace cafnode::node {

namespace {

using control::action_failure;
using control::action_fault;
using control::completion;
using std::chrono::milliseconds;

/// Asks one actor one question for somebody who is no actor, and ends with its outcome.
template<class Answer, class Question>
class asker final : public process::process_base {
public:
  asker(caf::actor_config& config, caf::actor whom, Question question, milliseconds deadline, completion<Answer> finish)
      : process_base{config, "control_asker"},
        whom_{std::move(whom)},
        question_{std::move(question)},
        deadline_{deadline},
        finish_{std::move(finish)} {}

protected:
  caf::behavior behave() override {
    process::ask(
        *this, whom_, deadline_, question_, [this](const Answer& answer) { end(answer); },
        [this](const caf::error& reason) { end(base::failure{explain(reason)}); });
    return {[](caf::unit_t) {}};
  }

private:
  static action_failure explain(const caf::error& reason) {
    // A gate that had read the question would have answered in its last moment.
    if (reason == caf::sec::request_receiver_down)
      return {action_fault::unavailable,
              "the order gate was restarted before it read this: nothing was sent; try again"};
    return {action_fault::timed_out, "the order gate did not answer: " + process::text_of(reason)};
  }

  void end(base::result<Answer, action_failure> outcome) {
    finish_(std::move(outcome));
    stop({});
  }

  caf::actor whom_;
  Question question_;
  milliseconds deadline_;
  completion<Answer> finish_;
};

template<class Value>
void fail(const completion<Value>& finish, action_fault fault, std::string text) {
  finish(base::failure{action_failure{fault, std::move(text)}});
}

/// What every question needs.
struct desk {
  caf::actor_system* system;
  std::shared_ptr<session::board> board;

  template<class Answer, class Question>
  void ask_gate(const std::string& connection, Question question, milliseconds deadline,
                completion<Answer> finish) const {
    const auto record = board->find(connection);
    if (!record)
      return fail(finish, action_fault::not_found, "no connection has the name " + connection);
    const auto gate = record->gate();
    if (!gate)
      return fail(finish, action_fault::unavailable,
                  connection + " has no order gate now: it is being restarted, or has no account");
    const auto asked = process::try_spawn_process<asker<Answer, Question>>(*system, nullptr, gate, std::move(question),
                                                                           deadline, finish);
    if (!asked)
      fail(finish, action_fault::unavailable, process::text_of(asked.fault()));
  }
};

bool kill(const process::services& services, const std::string& path, control::kill_how how) {
  for (const auto& live : services.live()) {
    if (live.label != path)
      continue;
    if (how == control::kill_how::brutal)
      process::kill(live.handle);
    else
      process::ask_to_stop(live.handle);
    return true;
  }
  return false;
}

void close(const session::board& board, const std::string& connection, const completion<control::done>& finish) {
  const auto record = board.find(connection);
  if (!record)
    return fail(finish, action_fault::not_found, "no connection has the name " + connection);
  const auto client = record->client();
  if (!client)
    return fail(finish, action_fault::unavailable, connection + " is down already, waiting for its next attempt");
  process::tell_anonymous(client, session::close_connection{"asked for through the control API"});
  finish(control::done{});
}

} // namespace

control::control_actions make_actions(caf::actor_system& system, process::services& services,
                                      std::shared_ptr<session::board> board) {
  const desk asking{&system, board};
  control::control_actions actions;
  actions.kill = [&services](const std::string& path, control::kill_how how) { return kill(services, path, how); };
  actions.close_connection = [board](const std::string& connection, milliseconds, completion<control::done> finish) {
    close(*board, connection, finish);
  };
  actions.place_order = [asking](const std::string& connection, session::place_order order, milliseconds deadline,
                                 completion<session::order_outcome> finish) {
    asking.ask_gate(connection, std::move(order), deadline, std::move(finish));
  };
  actions.edit_order = [asking](const std::string& connection, session::edit_order order, milliseconds deadline,
                                completion<session::order_outcome> finish) {
    asking.ask_gate(connection, std::move(order), deadline, std::move(finish));
  };
  actions.cancel_order = [asking](const std::string& connection, session::cancel_order order, milliseconds deadline,
                                  completion<session::order_outcome> finish) {
    asking.ask_gate(connection, std::move(order), deadline, std::move(finish));
  };
  actions.list_orders = [asking](const std::string& connection, milliseconds deadline,
                                 completion<session::order_list> finish) {
    asking.ask_gate(connection, session::list_orders{}, deadline, std::move(finish));
  };
  return actions;
}

} // namespace cafnode::node
