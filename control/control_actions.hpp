#pragma once

#include "actors/session/order_messages.hpp"
#include "control/push/config_messages.hpp"
#include "runtime/base/result.hpp"
#include "supervisors/management.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace cafnode::control {

/// Why something that was asked for did not come about.
enum class action_fault : std::uint8_t {
  not_found = 1,   // nothing has this name
  unavailable = 2, // it is there, but not in a state to do this (a connection that is not live)
  timed_out = 3,   // no answer within the deadline: it may still happen
  refused = 4,     // it says no, whatever its state
  busy = 5,        // too many wait for it already
  start_failed = 6,
};

struct action_failure {
  action_fault fault = action_fault::not_found;
  std::string text;   // a sentence for the one who asked
  std::string hint{}; // what to do about it; empty: what fits the fault
};

struct done {};

template<class Value>
using completion = std::function<void(base::result<Value, action_failure>)>;

/// How an actor is brought to its end from outside.
enum class kill_how : std::uint8_t {
  brutal, // at once, without its own say: what a crash looks like to its supervisor
  asked,  // asked to stop, as its supervisor would
};

/// A planned restart of one child (supervision::replace_child).
struct restart_command {
  std::string supervisor; // path
  std::string child;
  std::optional<supervision::replacement> how; // none: as its spec says
};

/// It went through: `started`, or `ignored` when its factory had nothing to run.
struct restart_done {
  supervision::answer_code code = supervision::answer_code::started;
};

/// All that the control API can do to the node, wired by the program that has the actors. Each is called on the control
/// thread and must not block. A completion is called exactly once, from any thread, within the deadline it was given;
/// an empty function answers 501.
struct control_actions {
  using milliseconds = std::chrono::milliseconds;

  /// Ends the actor at a path of the supervisor tree. False: there is no such actor now.
  std::function<bool(const std::string& path, kill_how how)> kill;

  /// Has a child restarted by its supervisor; completes when all that share its fate are up.
  std::function<void(restart_command, milliseconds deadline, completion<restart_done>)> restart;

  /// Closes a connection's socket; its supervisor dials again.
  std::function<void(const std::string& connection, milliseconds deadline, completion<done>)> close_connection;

  /// What somebody wants of the configuration. One that is not answered in time goes on all the same.
  std::function<void(config_wish, milliseconds deadline, completion<config_answer>)> config;

  // Orders of one connection, through its gate.
  std::function<void(const std::string& connection, session::place_order, milliseconds deadline,
                     completion<session::order_outcome>)>
      place_order;
  std::function<void(const std::string& connection, session::edit_order, milliseconds deadline,
                     completion<session::order_outcome>)>
      edit_order;
  std::function<void(const std::string& connection, session::cancel_order, milliseconds deadline,
                     completion<session::order_outcome>)>
      cancel_order;
};

} // namespace cafnode::control
