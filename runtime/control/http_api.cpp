#include "runtime/control/http_api.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/control/api_call.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace cafnode::control {

namespace {

struct route {
  std::string_view method;
  std::string_view head; // of the path, up to {name} or all of it
  std::string_view tail; // behind {name}
  bool has_name;
  void (*answer)(api_call&);
};

constexpr std::array routes{
    route{"GET", "/api/v1/status", "", false, get_status},
    route{"GET", "/api/v1/tree", "", false, get_tree},
    route{"GET", "/api/v1/tree/show", "", false, get_tree_show},
    route{"POST", "/api/v1/tree/restart", "", false, post_tree_restart},
    route{"POST", "/api/v1/tree/kill", "", false, post_tree_kill},
    route{"GET", "/api/v1/connections", "", false, get_connections},
    route{"GET", "/api/v1/connections/", "", true, get_connection},
    route{"POST", "/api/v1/connections/", "/close", true, post_connection_close},
    route{"GET", "/api/v1/events", "", false, get_events},
    route{"GET", "/api/v1/orders", "", false, get_orders},
    route{"POST", "/api/v1/orders", "", false, post_orders},
    route{"PATCH", "/api/v1/orders", "", false, patch_orders},
    route{"DELETE", "/api/v1/orders", "", false, delete_orders},
    route{"GET", "/livez", "", false, get_livez},
    route{"GET", "/healthz", "", false, get_livez},
    route{"GET", "/readyz", "", false, get_readyz},
    route{"GET", "/metrics", "", false, get_metrics},
};

/// What stands for {name} (empty where there is none), if `path` is of this route.
std::optional<std::string_view> match(const route& candidate, std::string_view path) {
  if (!candidate.has_name)
    return path == candidate.head ? std::optional{std::string_view{}} : std::nullopt;
  if (!path.starts_with(candidate.head) || !path.ends_with(candidate.tail) ||
      path.size() <= candidate.head.size() + candidate.tail.size())
    return std::nullopt;
  const std::string_view name =
      path.substr(candidate.head.size(), path.size() - candidate.head.size() - candidate.tail.size());
  return name.find('/') == std::string_view::npos ? std::optional{name} : std::nullopt;
}

bool is_json(std::string_view content_type) {
  constexpr std::string_view json = "application/json";
  return content_type == json || (content_type.starts_with(json) && content_type[json.size()] == ';');
}

/// Whether a page of another site could have made a browser send this.
bool could_be_forged(const net::http_request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.header("x-caf-node") != "1" &&
         !is_json(request.header("content-type"));
}

api_fault no_route(const net::http_request& request, const std::string& other_methods) {
  if (other_methods.empty())
    return {404, "not_found", fmt::format("there is nothing at {}", request.path), "see /api/v1/status"};
  return {405, "method_not_allowed", fmt::format("{} does not work at {}", request.method, request.path),
          "what does: " + other_methods};
}

void dispatch(api_call call) {
  // The server leaves the body out of the answer to a HEAD.
  const std::string_view method = call.request.method == "HEAD" ? "GET" : std::string_view{call.request.method};
  std::string other_methods;
  for (const route& candidate : routes) {
    const auto name = match(candidate, call.request.path);
    if (!name)
      continue;
    if (candidate.method != method) {
      other_methods += (other_methods.empty() ? "" : ", ") + std::string{candidate.method};
      continue;
    }
    if (could_be_forged(call.request))
      return call.fail({403, "forbidden", "this changes something, and the request could come from a web page",
                        "send the header X-Caf-Node: 1"});
    call.name = *name;
    return candidate.answer(call);
  }
  call.fail(no_route(call.request, other_methods));
}

} // namespace

struct http_api::state {
  state(node_views what_is, control_actions what_can_be)
      : views{std::move(what_is)}, actions{std::move(what_can_be)}, followers{views.events, views.post} {}

  const node_views views;
  const control_actions actions;
  event_followers followers;
};

http_api::http_api(node_views views, control_actions actions)
    : state_{std::make_shared<state>(std::move(views), std::move(actions))} {
  CAFNODE_INVARIANT(state_->views.stage && state_->views.clock && state_->views.board && state_->views.tree,
                    "the control API was made without something to read");
}

net::http_handler http_api::handler() const {
  return [api = *this](net::http_request request, std::shared_ptr<net::http_reply> reply) {
    api.handle(std::move(request), std::move(reply));
  };
}

void http_api::handle(net::http_request request, std::shared_ptr<net::http_reply> reply) const {
  dispatch({state_->views, state_->actions, state_->followers, std::move(request), std::move(reply), {}});
}

} // namespace cafnode::control
