#include "control/api_fault.hpp"

#include "runtime/net/http_error.hpp"

namespace cafnode::control {

net::http_response to_response(const api_fault& fault) {
  auto response = net::http_error(fault.status, fault.code, fault.message, fault.hint, fault.details);
  response.headers = fault.headers;
  return response;
}

namespace {

api_fault fault_of(action_fault fault) {
  switch (fault) {
  case action_fault::not_found:
    return {404, "not_found", {}, "GET /api/v1/connections lists the connections"};
  case action_fault::unavailable:
    return {409, "unavailable", {}, "try again when the connection is live"};
  case action_fault::timed_out:
    return {504, "timed_out", {}, "it may still have happened: look before asking again"};
  case action_fault::refused:
    return {409, "refused", {}, {}};
  case action_fault::busy:
    return {503, "busy", {}, "try again in a moment"};
  case action_fault::start_failed:
    return {422, "start_failed", {}, {}};
  }
  return {500, "internal", {}, {}};
}

} // namespace

api_fault to_fault(const action_failure& failed) {
  auto fault = fault_of(failed.fault);
  fault.message = failed.text;
  if (!failed.hint.empty())
    fault.hint = failed.hint;
  return fault;
}

api_fault bad_request(std::string message, std::string hint) {
  return {400, "bad_request", std::move(message), std::move(hint)};
}

} // namespace cafnode::control
