#pragma once

#include "control/access.hpp"
#include "control/api_fault.hpp"
#include "control/control_actions.hpp"
#include "control/events/event_followers.hpp"
#include "control/node_views.hpp"
#include "runtime/net/http_server.hpp"

#include <memory>
#include <string>
#include <utility>

namespace cafnode::control {

/// One request on its way through a route.
struct api_call {
  const node_views& views;
  const control_actions& actions;
  event_followers& followers;
  net::http_request request;
  std::shared_ptr<net::http_reply> reply;
  std::string name; // what stands in the route's {name}

  void answer(std::string json, int status = 200) const { reply->send({status, "application/json", std::move(json)}); }

  void fail(const api_fault& fault) const { reply->send(to_response(fault)); }
};

// The routes, by subject. Each answers its call, now or later.
void get_status(api_call& call);
void get_tree(api_call& call);
void get_tree_show(api_call& call);
void post_tree_restart(api_call& call);
void post_tree_kill(api_call& call);
void get_connections(api_call& call);
void get_connection(api_call& call);
void post_connection_close(api_call& call);
void get_events(api_call& call);
void get_event_kinds(api_call& call);
void get_orders(api_call& call);
void post_orders(api_call& call);
void patch_orders(api_call& call);
void delete_orders(api_call& call);
void get_config(api_call& call);
void get_config_history(api_call& call);
void get_config_version(api_call& call);
void get_config_diff(api_call& call);
void post_config_plan(api_call& call);
void post_config_apply(api_call& call);
void post_config_rollback(api_call& call);
void get_livez(api_call& call);
void get_readyz(api_call& call);
void get_metrics(api_call& call);

} // namespace cafnode::control
