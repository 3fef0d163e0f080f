#include "control/api_call.hpp"
#include "control/request_reader.hpp"
#include "control/view_json.hpp"

namespace cafnode::control {

namespace {

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

/// The one check there is, the node's stage, in the list where others would stand; it is left out when it is well and
/// nobody asks for all.
std::string readiness_json(std::string_view status, std::string_view why_not, bool verbose) {
  json_writer out;
  out.open_object().field("status", status).key("checks").open_array();
  if (verbose || !why_not.empty()) {
    out.open_object().field("name", "stage").field("ok", why_not.empty());
    if (!why_not.empty())
      out.field("why", why_not);
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
  const std::string_view why_not = stage_fault(call.views.stage->load());
  const std::string_view status = why_not.empty() ? to_string(health_of(call.views)) : "not_ready";
  call.answer(readiness_json(status, why_not, has_flag(call.request, "verbose")), why_not.empty() ? 200 : 503);
}

void get_metrics(api_call& call) {
  if (!call.views.metrics_text)
    return call.fail({501, "not_implemented", "this node has no metrics", {}});
  call.reply->send({200, "text/plain; version=0.0.4; charset=utf-8", call.views.metrics_text()});
}

} // namespace cafnode::control
