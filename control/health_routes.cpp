#include "control/api_call.hpp"
#include "control/request_reader.hpp"
#include "control/view_json.hpp"

#include <vector>

namespace cafnode::control {

namespace {

struct check_outcome {
  std::string_view name;
  bool is_well;
  std::string why_not;
};

std::string_view stage_fault(node_stage stage) {
  switch (stage) {
  case node_stage::starting:
    return "the node is starting";
  case node_stage::draining:
    return "the node is draining";
  case node_stage::serving:
    break;
  }
  return {};
}

std::vector<check_outcome> run_checks(const node_views& views) {
  const std::string_view fault = stage_fault(views.stage->load());
  std::vector<check_outcome> outcomes{{"stage", fault.empty(), std::string{fault}}};
  for (const health_check& check : views.checks) {
    std::string why_not;
    const bool is_well = check.is_well(why_not);
    outcomes.push_back({check.name, is_well, std::move(why_not)});
  }
  return outcomes;
}

std::string readiness_json(std::string_view status, const std::vector<check_outcome>& checks, bool verbose) {
  json_writer out;
  out.open_object().field("status", status).key("checks").open_array();
  for (const check_outcome& check : checks) {
    if (!verbose && check.is_well)
      continue;
    out.open_object().field("name", check.name).field("ok", check.is_well);
    if (!check.why_not.empty())
      out.field("why", check.why_not);
    out.close_object();
  }
  out.close_array().close_object();
  return std::move(out).take();
}

} // namespace

void get_status(api_call& call) {
  call.answer(status_json(call.views));
}

void get_livez(api_call& call) {
  // That this thread answers is the whole of it: no exchange and no peer may make a supervisor restart the process.
  call.answer(R"({"status":"ok"})");
}

void get_readyz(api_call& call) {
  const auto checks = run_checks(call.views);
  bool is_ready = true;
  for (const check_outcome& check : checks)
    is_ready = is_ready && check.is_well;
  const node_health health = health_of(call.views);
  const std::string_view word = is_ready ? to_string(health) : "not_ready";
  call.answer(readiness_json(word, checks, has_flag(call.request, "verbose")), is_ready ? 200 : 503);
}

void get_metrics(api_call& call) {
  if (!call.views.metrics_text)
    return call.fail({501, "not_implemented", "this node has no metrics", {}});
  call.reply->send({200, "text/plain; version=0.0.4; charset=utf-8", call.views.metrics_text()});
}

} // namespace cafnode::control
