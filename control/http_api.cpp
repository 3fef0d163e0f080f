#include "control/http_api.hpp"

#include "control/api_call.hpp"
#include "control/request_text.hpp"
#include "runtime/base/invariant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace cafnode::control {

namespace {

struct route {
  std::string_view method;
  std::string_view head; // of the path, up to {name} or all of it
  std::string_view tail; // behind {name}
  bool has_name;
  scope needed;
  std::string_view parameters; // of the query, between spaces
  void (*answer)(api_call&);
};

constexpr std::string_view change = " timeout_ms ";
constexpr std::string_view flags = " follow verbose force ";

constexpr std::array routes{
    route{"GET", "/api/v1/status", "", false, scope::read, " ", get_status},
    route{"GET", "/api/v1/tree", "", false, scope::read, " path limit after ", get_tree},
    route{"GET", "/api/v1/tree/show", "", false, scope::read, " path events ", get_tree_show},
    route{"POST", "/api/v1/tree/restart", "", false, scope::operate, change, post_tree_restart},
    route{"POST", "/api/v1/tree/kill", "", false, scope::operate, change, post_tree_kill},
    route{"GET", "/api/v1/connections", "", false, scope::read, " limit after ", get_connections},
    route{"GET", "/api/v1/connections/", "", true, scope::read, " ", get_connection},
    route{"POST", "/api/v1/connections/", "/close", true, scope::operate, change, post_connection_close},
    route{"GET", "/api/v1/events", "", false, scope::read, " limit since kind follow ", get_events},
    route{"GET", "/api/v1/events/kinds", "", false, scope::read, " ", get_event_kinds},
    route{"GET", "/api/v1/orders", "", false, scope::read, " connection state instrument side limit after ",
          get_orders},
    route{"POST", "/api/v1/orders", "", false, scope::trade, change, post_orders},
    route{"PATCH", "/api/v1/orders", "", false, scope::trade, change, patch_orders},
    route{"DELETE", "/api/v1/orders", "", false, scope::trade, " connection id timeout_ms ", delete_orders},
    route{"GET", "/api/v1/config", "", false, scope::read, " ", get_config},
    route{"GET", "/api/v1/config/history", "", false, scope::read, " ", get_config_history},
    route{"GET", "/api/v1/config/version", "", false, scope::read, " version ", get_config_version},
    route{"GET", "/api/v1/config/diff", "", false, scope::read, " from to ", get_config_diff},
    route{"POST", "/api/v1/config/plan", "", false, scope::operate, " file who timeout_ms ", post_config_plan},
    route{"POST", "/api/v1/config/apply", "", false, scope::operate,
          " file who why index hash node force healthy_within_ms timeout_ms ", post_config_apply},
    route{"POST", "/api/v1/config/rollback", "", false, scope::operate,
          " version who why index force healthy_within_ms timeout_ms ", post_config_rollback},
    route{"GET", "/livez", "", false, scope::none, " ", get_livez},
    route{"GET", "/healthz", "", false, scope::none, " ", get_livez},
    route{"GET", "/readyz", "", false, scope::none, " verbose ", get_readyz},
    route{"GET", "/metrics", "", false, scope::read, " ", get_metrics},
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

/// What is wrong with a parameter's value, whatever the route makes of it. An empty one may be a variable of a script
/// that was not set: it is no word for "all". Only a flag may stand alone.
std::optional<api_fault> value_fault(const std::string& name, const std::string& value) {
  if (flags.find(" " + name + " ") == std::string_view::npos)
    return value.empty() ? std::optional{bad_request(fmt::format("the parameter {} is empty", name),
                                                     "give it a value, or leave it out")}
                         : std::nullopt;
  constexpr std::array<std::string_view, 5> known{"", "1", "true", "0", "false"};
  if (std::find(known.begin(), known.end(), value) != known.end())
    return std::nullopt;
  return bad_request(fmt::format("{} is none of 1, true, 0, false", name));
}

/// What is wrong with the query, whatever the route makes of its values: a parameter that it does not know would be
/// ignored, and of one that comes twice it cannot be told which is meant.
std::optional<api_fault> query_fault(const route& asked, const net::http_request& request) {
  for (auto at = request.query.begin(); at != request.query.end(); ++at) {
    const auto& name = at->first;
    const auto spaced = " " + name + " ";
    if (name.find(' ') != std::string::npos || asked.parameters.find(spaced) == std::string_view::npos)
      return bad_request(fmt::format("there is no parameter '{}' here", shown(name)),
                         asked.parameters.size() > 1 ? fmt::format("what there is:{}", asked.parameters) : "");
    if (std::any_of(request.query.begin(), at, [&name](const auto& before) { return before.first == name; }))
      return bad_request(fmt::format("the parameter {} is there twice", name));
    if (auto fault = value_fault(name, at->second))
      return fault;
  }
  return std::nullopt;
}

std::optional<api_fault> why_refused(const route& asked, const access_rules& rules, const net::http_request& request) {
  if (auto fault = why_not_allowed(rules, request, asked.needed))
    return fault;
  if (could_be_forged(request))
    return api_fault{403, "forbidden", "this changes something, and the request could come from a web page",
                     "send the header X-Caf-Node: 1"};
  return query_fault(asked, request);
}

api_fault no_route(const net::http_request& request, const std::string& methods) {
  if (methods.empty())
    return {404, "not_found", fmt::format("there is nothing at {}", shown(request.path)), "see /api/v1/status"};
  return {405,
          "method_not_allowed",
          fmt::format("{} does not work at {}", shown(request.method), shown(request.path)),
          "what does: " + methods,
          {{"Allow", methods}}};
}

void dispatch(const access_rules& rules, api_call call) {
  // The server leaves the body out of the answer to a HEAD.
  const std::string_view method = call.request.method == "HEAD" ? "GET" : std::string_view{call.request.method};
  std::string methods;
  for (const route& candidate : routes) {
    const auto name = match(candidate, call.request.path);
    if (!name)
      continue;
    if (candidate.method != method) {
      methods +=
          (methods.empty() ? "" : ", ") + std::string{candidate.method == "GET" ? "GET, HEAD" : candidate.method};
      continue;
    }
    if (const auto refusal = why_refused(candidate, rules, call.request))
      return call.fail(*refusal);
    call.name = *name;
    return candidate.answer(call);
  }
  call.fail(no_route(call.request, methods));
}

} // namespace

struct http_api::state {
  state(node_views what_is, control_actions what_can_be, access_rules who_may)
      : views{std::move(what_is)},
        actions{std::move(what_can_be)},
        rules{std::move(who_may)},
        followers{views.events, views.post} {}

  const node_views views;
  const control_actions actions;
  access_rules rules;
  event_followers followers;
};

http_api::http_api(node_views views, control_actions actions, access_rules rules)
    : state_{std::make_shared<state>(std::move(views), std::move(actions), std::move(rules))} {
  CAFNODE_INVARIANT(state_->views.stage && state_->views.clock && state_->views.board && state_->views.tree,
                    "the control API was made without something to read");
}

net::http_handler http_api::handler() const {
  return [api = *this](net::http_request request, std::shared_ptr<net::http_reply> reply) {
    api.handle(std::move(request), std::move(reply));
  };
}

void http_api::handle(net::http_request request, std::shared_ptr<net::http_reply> reply) const {
  dispatch(state_->rules,
           {state_->views, state_->actions, state_->followers, std::move(request), std::move(reply), {}});
}

void http_api::know(std::vector<access_token> tokens) {
  state_->rules.tokens = std::move(tokens);
}

bool is_health(std::string_view path) {
  return std::any_of(routes.begin(), routes.end(),
                     [path](const route& each) { return each.needed == scope::none && each.head == path; });
}

std::vector<route_facts> route_table() {
  std::vector<route_facts> table;
  for (const route& each : routes)
    table.push_back(
        {each.method, fmt::format("{}{}{}", each.head, each.has_name ? "{name}" : "", each.tail), each.needed});
  return table;
}

} // namespace cafnode::control
