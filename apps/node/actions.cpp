#include "apps/node/actions.hpp"

#include "actors/session/messages.hpp"
#include "control/tree/restart_answer.hpp"
#include "runtime/process/ask.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"

#include <caf/sec.hpp>
#include <fmt/format.h>

#include <algorithm>
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
  /// `name` is that of `whom`, for the sentence that says why there is no answer.
  asker(caf::actor_config& config, caf::actor whom, std::string name, Question question, milliseconds deadline,
        completion<Answer> finish)
      : process_base{config, "control_asker"},
        whom_{std::move(whom)},
        name_{std::move(name)},
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
  [[nodiscard]] action_failure explain(const caf::error& reason) const {
    // One that had read the question would have answered in its last moment.
    if (reason == caf::sec::request_receiver_down)
      return {action_fault::unavailable, name_ + " ended before it read this: nothing was done; try again"};
    if (reason == caf::sec::request_timeout)
      return {action_fault::timed_out, fmt::format("{} did not answer within {} ms", name_, deadline_.count())};
    return {action_fault::timed_out, name_ + " did not answer: " + process::text_of(reason)};
  }

  void end(base::result<Answer, action_failure> outcome) {
    finish_(std::move(outcome));
    stop({});
  }

  caf::actor whom_;
  std::string name_;
  Question question_;
  milliseconds deadline_;
  completion<Answer> finish_;
};

template<class Value>
void fail(const completion<Value>& finish, action_fault fault, std::string text) {
  finish(base::failure{action_failure{fault, std::move(text)}});
}

/// An order that waits for the budget is not sent after whoever asked was told that no answer came: half of his time is
/// left for the exchange.
template<class Order>
Order within(milliseconds deadline, Order order) {
  order.waits_at_most = std::min(order.waits_at_most, deadline / 2);
  return order;
}

/// What every question needs.
struct node_access {
  caf::actor_system* system;
  process::services* services;
  std::shared_ptr<session::board> board;
  std::shared_ptr<const control::tree_view> tree;

  template<class Answer, class Question>
  void ask(caf::actor whom, std::string name, Question question, milliseconds deadline,
           completion<Answer> finish) const {
    const auto asked = process::try_spawn_process<asker<Answer, Question>>(
        *system, nullptr, std::move(whom), std::move(name), std::move(question), deadline, finish);
    if (!asked)
      fail(finish, action_fault::unavailable, process::text_of(asked.fault()));
  }

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
    ask(gate, "the order gate", std::move(question), deadline, std::move(finish));
  }

  [[nodiscard]] caf::actor find(const std::string& path) const { return find_process(*tree, *services, path); }

  [[nodiscard]] bool kill(const std::string& path, control::kill_how how) const {
    const auto found = find(path);
    if (found && how == control::kill_how::brutal)
      process::kill(found);
    else if (found)
      process::ask_to_stop(found);
    return static_cast<bool>(found);
  }

  void restart(control::restart_command wanted, milliseconds deadline, completion<control::restart_done> finish) const {
    auto supervisor = find(wanted.supervisor);
    if (!supervisor)
      return finish(base::failure{action_failure{action_fault::unavailable, wanted.supervisor + " does not run now",
                                                 "try again when it is up"}});
    supervision::replace_child command{wanted.child, wanted.how};
    ask<supervision::management_report>(
        std::move(supervisor), wanted.supervisor, std::move(command), deadline,
        [wanted, finish](base::result<supervision::management_report, action_failure> answered) {
          if (answered)
            finish(control::outcome_of(wanted, answered.value()));
          else
            finish(base::failure{
                action_failure{answered.fault().fault, answered.fault().text,
                               answered.fault().fault == action_fault::unavailable ? "try again when it is up" : ""}});
        });
  }
};

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

/// What to do where the keeper of the configuration gave no answer.
std::string hint_of(action_fault fault, bool changes) {
  if (fault == action_fault::unavailable)
    return "the node is ending: its next start says which version it runs";
  return changes ? "it may go on: cafctl config status shows how far it is"
                 : "nothing was touched: ask again, and give it longer (--timeout)";
}

} // namespace

caf::actor find_process(const control::tree_view& tree, process::services& services, const std::string& path) {
  if (auto found = tree.process_at(path))
    return found;
  for (auto& live : services.live())
    if (live.label == path)
      return std::move(live.handle);
  return {};
}

void add_config(control::control_actions& actions, caf::actor_system& system, caf::actor keeper) {
  const node_access node{&system, nullptr, nullptr, nullptr};
  actions.config = [node, keeper = std::move(keeper)](control::config_wish wish, milliseconds deadline,
                                                      completion<control::config_answer> finish) {
    const bool changes =
        wish.what == control::config_question::apply || wish.what == control::config_question::rollback;
    const completion<control::config_answer> with_hint =
        [changes, finish = std::move(finish)](base::result<control::config_answer, action_failure> answered) {
          if (answered)
            return finish(std::move(answered));
          auto failed = answered.fault();
          failed.hint = hint_of(failed.fault, changes);
          finish(base::failure{std::move(failed)});
        };
    node.ask(keeper, "the keeper of the configuration", std::move(wish), deadline, with_hint);
  };
}

control::control_actions make_actions(caf::actor_system& system, process::services& services,
                                      std::shared_ptr<session::board> board,
                                      std::shared_ptr<const control::tree_view> tree) {
  const node_access node{&system, &services, board, std::move(tree)};
  control::control_actions actions;
  actions.kill = [node](const std::string& path, control::kill_how how) { return node.kill(path, how); };
  actions.restart = [node](control::restart_command wanted, milliseconds deadline,
                           completion<control::restart_done> finish) {
    node.restart(std::move(wanted), deadline, std::move(finish));
  };
  actions.close_connection = [board](const std::string& connection, milliseconds, completion<control::done> finish) {
    close(*board, connection, finish);
  };
  actions.place_order = [node](const std::string& connection, session::place_order order, milliseconds deadline,
                               completion<session::order_outcome> finish) {
    node.ask_gate(connection, within(deadline, std::move(order)), deadline, std::move(finish));
  };
  actions.edit_order = [node](const std::string& connection, session::edit_order order, milliseconds deadline,
                              completion<session::order_outcome> finish) {
    node.ask_gate(connection, within(deadline, std::move(order)), deadline, std::move(finish));
  };
  actions.cancel_order = [node](const std::string& connection, session::cancel_order order, milliseconds deadline,
                                completion<session::order_outcome> finish) {
    node.ask_gate(connection, within(deadline, std::move(order)), deadline, std::move(finish));
  };
  return actions;
}

} // namespace cafnode::node
