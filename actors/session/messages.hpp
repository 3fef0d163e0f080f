#pragma once

#include "actors/session/order_messages.hpp"
#include "actors/session/reconciliation.hpp"
#include "actors/venues/event.hpp"
#include "actors/venues/http.hpp"
#include "actors/venues/lane.hpp"
#include "runtime/base/time.hpp"
#include "runtime/net/ws_link.hpp"
#include "runtime/process/messages.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <string>
#include <variant>

/// What the processes of one connection say to each other. All of it stays on one thread.
namespace cafnode::session {

// -- the link, to its client: the callbacks of net::ws_link as messages
// ------------------------------------------------

struct link_opened {
  venues::lane lane = venues::first_lane;
};

struct link_frame_ready {
  venues::lane lane = venues::first_lane;
};

struct link_pinged {
  venues::lane lane = venues::first_lane;
};

struct link_gone {
  venues::lane lane = venues::first_lane;
  net::close_info info;
};

/// What came of an HTTP request of the machine. The client to itself.
struct http_answered {
  venues::http_answer answer;
};

// -- heartbeats
// --------------------------------------------------------------------------------------------------------

/// The heartbeat manager is up. To the client that is there when it begins; a client that begins later looks for it.
struct manager_up {
  caf::actor manager;
};

/// The exchange asked for a sign of life. Client to manager.
struct test_request_seen {};

/// Answer it. Manager to client.
struct answer_heartbeat {};

/// Nothing came for an unusual while: ask for a sign of life. Manager to client.
struct send_probe {};

/// The probe was not answered: the connection is dead. Manager to client.
struct connection_silent {
  base::duration quiet{};
};

// -- orders
// ------------------------------------------------------------------------------------------------------------

/// The order gate is up. To the client that is there when it begins; a client that begins later looks for it.
struct gate_up {
  caf::actor gate;
};

/// Find out what became of the orders. Client to gate, at each connect and for each new gate.
struct begin_reconcile {};

/// A question waits for the account's budget: the reconciliation gets on, if slowly. Gate to client.
struct reconcile_waits {};

/// Everything that can be known is. Gate to client.
struct reconciled {
  reconcile_summary summary;
};

/// The private stream does not tell what happens to orders; `again`: nor has it spoken since that was said last. Gate
/// to client.
struct private_stream_muted {
  std::string text;
  bool again = false;
};

/// Orders may flow, or may not. Client to gate.
struct orders_allowed {
  bool allowed = false;
};

struct cancel_by_id {
  std::string order_id;
};

/// One request for the exchange. Gate to client; answered by order_news with the same token.
struct order_command {
  std::uint64_t token = 0;
  std::variant<venues::order_request, venues::edit_request, cancel_by_id, query> what;
};

/// The client did not send a command: nothing reached the exchange.
struct not_sent {
  std::string why;
};

/// What the exchange says of orders. Client to gate; token 0: news that nobody asked for.
struct order_news {
  std::uint64_t token = 0;
  std::variant<not_sent, venues::order_accepted, venues::order_acknowledged, venues::request_failed,
               venues::orders_listed, venues::fills_listed, venues::positions_listed, venues::order_updated,
               venues::filled>
      what;
};

/// The connection is over: what the exchange has not told by now it will not tell on it. Client to gate, as the last.
struct news_ended {};

/// The context has new settings. Client to manager and gate.
struct limits_changed {};

// -- from outside
// ------------------------------------------------------------------------------------------------------

/// Closes the connection once; its supervisor opens it again. Operator to client.
struct close_connection {
  std::string why;
};

/// The configuration says something new of this connection: it takes it over. To the client; one that is not there yet
/// finds it when it begins.
struct settings_changed {};

/// No order begins any more, see connection_record::hold_orders: the gate shows `number` on the board, and with it the
/// orders that it has. To the gate, from who changes the configuration.
struct orders_held {
  std::uint64_t number = 0;
};

} // namespace cafnode::session

CAFNODE_LOCAL_MESSAGE(cafnode::session::orders_held)
CAFNODE_LOCAL_MESSAGE(cafnode::session::limits_changed)
CAFNODE_LOCAL_MESSAGE(cafnode::session::settings_changed)
CAFNODE_LOCAL_MESSAGE(cafnode::session::link_opened)
CAFNODE_LOCAL_MESSAGE(cafnode::session::link_frame_ready)
CAFNODE_LOCAL_MESSAGE(cafnode::session::link_pinged)
CAFNODE_LOCAL_MESSAGE(cafnode::session::link_gone)
CAFNODE_LOCAL_MESSAGE(cafnode::session::http_answered)
CAFNODE_LOCAL_MESSAGE(cafnode::session::manager_up)
CAFNODE_LOCAL_MESSAGE(cafnode::session::test_request_seen)
CAFNODE_LOCAL_MESSAGE(cafnode::session::answer_heartbeat)
CAFNODE_LOCAL_MESSAGE(cafnode::session::send_probe)
CAFNODE_LOCAL_MESSAGE(cafnode::session::connection_silent)
CAFNODE_LOCAL_MESSAGE(cafnode::session::gate_up)
CAFNODE_LOCAL_MESSAGE(cafnode::session::begin_reconcile)
CAFNODE_LOCAL_MESSAGE(cafnode::session::reconcile_waits)
CAFNODE_LOCAL_MESSAGE(cafnode::session::reconciled)
CAFNODE_LOCAL_MESSAGE(cafnode::session::private_stream_muted)
CAFNODE_LOCAL_MESSAGE(cafnode::session::orders_allowed)
CAFNODE_LOCAL_MESSAGE(cafnode::session::order_command)
CAFNODE_LOCAL_MESSAGE(cafnode::session::order_news)
CAFNODE_LOCAL_MESSAGE(cafnode::session::news_ended)
CAFNODE_LOCAL_MESSAGE(cafnode::session::close_connection)
