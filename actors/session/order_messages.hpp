#pragma once

#include "actors/venues/order.hpp"
#include "runtime/process/messages.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What the order gate of a connection takes and answers. All local to a node.
namespace cafnode::session {

/// The longest that a request waits for the account's budget, and what it waits unless it says otherwise: what a new
/// process, which starts without any, needs to have some.
inline constexpr std::chrono::milliseconds budget_wait_max{2000};

/// Places one order; the gate gives it its label. Asked of the gate; answered with order_outcome.
struct place_order {
  std::string instrument;
  venues::side side = venues::side::buy;
  venues::order_kind kind = venues::order_kind::limit;
  base::decimal amount;
  base::decimal price;
  venues::time_in_force tif = venues::time_in_force::good_til_cancelled;
  bool post_only = false;
  bool reduce_only = false;
  std::chrono::milliseconds waits_at_most = budget_wait_max; // for the account's budget, before it is sent
};

/// Changes an open order: the new total amount, fills included, and the new price.
struct edit_order {
  std::string label;
  base::decimal amount;
  base::decimal price;
  std::chrono::milliseconds waits_at_most = budget_wait_max;
};

/// Cancels the open order with this label of ours, or with this id of the exchange's.
struct cancel_order {
  std::string label_or_id;
  std::chrono::milliseconds waits_at_most = budget_wait_max;
};

/// Asks for the orders that this connection knows. Answered with order_list.
struct list_orders {};

enum class outcome : std::uint8_t {
  done = 0,     // the exchange said so: `order` is as it stands
  refused = 1,  // the exchange or the gate said no; nothing happened
  in_doubt = 2, // no answer came: it may have happened, and is being found out
};

struct order_outcome {
  session::outcome outcome = outcome::refused;
  venues::order_report order; // for done; for in_doubt its label and what was asked
  int code = 0;               // the exchange's error code; 0 when the gate itself refused
  std::string text;           // a sentence for the one who asked
};

struct listed_order {
  venues::order_report order;
  bool in_doubt = false;
};

struct order_list {
  std::vector<listed_order> orders;
};

} // namespace cafnode::session

CAFNODE_LOCAL_MESSAGE(cafnode::session::place_order)
CAFNODE_LOCAL_MESSAGE(cafnode::session::edit_order)
CAFNODE_LOCAL_MESSAGE(cafnode::session::cancel_order)
CAFNODE_LOCAL_MESSAGE(cafnode::session::list_orders)
CAFNODE_LOCAL_MESSAGE(cafnode::session::order_outcome)
CAFNODE_LOCAL_MESSAGE(cafnode::session::order_list)
