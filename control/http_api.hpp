#pragma once

#include "control/access.hpp"
#include "control/control_actions.hpp"
#include "control/node_views.hpp"
#include "runtime/net/http_server.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// The control API: what it answers to each request, apart from any socket. Reads the views, asks the actions; it
/// decides nothing about the node itself.
///
/// A request that changes something is taken only with the header `X-Caf-Node: 1` or with a JSON body declared as
/// `application/json`: a page in somebody's browser can send neither to another site.
///
/// What a caller may do is the rules' (access.hpp); each route says what it needs.
///
/// Thread: `handle` is called on the control thread and does not block; answers may be sent from others.
class http_api {
public:
  http_api(node_views views, control_actions actions, access_rules rules = {});

  /// For net::make_http_server. The handler shares what it needs: it may outlive this object.
  [[nodiscard]] net::http_handler handler() const;

  void handle(net::http_request request, std::shared_ptr<net::http_reply> reply) const;

  /// These tokens count from now on, instead of those that the rules had. What began under one of them goes on. On the
  /// control thread.
  void know(std::vector<access_token> tokens);

private:
  struct state;

  std::shared_ptr<state> state_;
};

/// Whether a path is that of a health route, which is answered when nothing else is.
[[nodiscard]] bool is_health(std::string_view path);

struct route_facts {
  std::string_view method;
  std::string path; // "/api/v1/connections/{name}/close"
  scope needed;
};

/// Every route that there is.
[[nodiscard]] std::vector<route_facts> route_table();

} // namespace cafnode::control
