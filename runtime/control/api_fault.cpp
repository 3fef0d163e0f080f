#include "runtime/control/api_fault.hpp"

#include "runtime/control/json_writer.hpp"

namespace cafnode::control {

net::http_response to_response(const api_fault& fault) {
  json_writer out;
  out.open_object().key("error").open_object().field("code", fault.code).field("message", fault.message);
  if (!fault.hint.empty())
    out.field("hint", fault.hint);
  out.close_object().close_object();
  return {fault.status, "application/json", std::move(out).take()};
}

api_fault to_fault(const action_failure& failed) {
  switch (failed.fault) {
  case action_fault::not_found:
    return {404, "not_found", failed.text, "GET /api/v1/connections lists the connections"};
  case action_fault::unavailable:
    return {409, "unavailable", failed.text, "try again when the connection is live"};
  case action_fault::timed_out:
    return {504, "timed_out", failed.text, "it may still have happened: look before asking again"};
  }
  return {500, "internal", failed.text, {}};
}

api_fault bad_request(std::string message, std::string hint) {
  return {400, "bad_request", std::move(message), std::move(hint)};
}

} // namespace cafnode::control
