#pragma once

#include "actors/session/order_messages.hpp"
#include "runtime/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace cafnode::control {

/// Why something that was asked for did not come about.
enum class action_fault : std::uint8_t {
  not_found = 1,   // nothing has this name
  unavailable = 2, // it is there, but not in a state to do this (a connection that is not live)
  timed_out = 3,   // no answer within the deadline: it may still happen
};

struct action_failure {
  action_fault fault = action_fault::not_found;
  std::string text; // a sentence for the one who asked
};

struct done {};

template<class Value>
using completion = std::function<void(base::result<Value, action_failure>)>;

/// How an actor is brought to its end from outside.
enum class kill_how : std::uint8_t {
  brutal, // at once, without its own say: what a crash looks like to its supervisor
  asked,  // asked to stop, as its supervisor would
};

/// All that the control API can do to the node, wired by the program that has the actors. Each is called on the control
/// thread and must not block. A completion is called exactly once, from any thread, within the deadline it was given;
/// an empty function answers 501.
struct control_actions {
  using milliseconds = std::chrono::milliseconds;

  /// Ends the actor at a path of the supervisor tree. False: there is no such actor now.
  std::function<bool(const std::string& path, kill_how how)> kill;

  /// Closes a connection's socket; its supervisor dials again.
  std::function<void(const std::string& connection, milliseconds deadline, completion<done>)> close_connection;

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
  std::function<void(const std::string& connection, milliseconds deadline, completion<session::order_list>)>
      list_orders;
};

} // namespace cafnode::control
