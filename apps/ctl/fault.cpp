#include "apps/ctl/fault.hpp"

#include "apps/ctl/views.hpp"
#include "runtime/base/json_text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cafnode::ctl {

namespace {

exit_code code_of_status(int status) {
  switch (status) {
  case 401:
  case 403:
    return exit_code::not_allowed;
  case 404:
    return exit_code::not_found;
  case 409:
  case 412:
    return exit_code::conflict;
  case 408:
  case 504:
    return exit_code::timed_out;
  default:
    return exit_code::failed;
  }
}

std::string or_empty(std::string text) {
  return text == "-" ? std::string{} : text;
}

} // namespace

ctl_fault fault_of_answer(int status, std::string_view body) {
  ctl_fault fault{code_of_status(status), "failed", fmt::format("the node answered with status {}", status), {}};
  boost::json::error_code bad;
  const value answer = boost::json::parse(body, bad);
  if (bad || text_at(answer, "/error/message") == "-")
    return fault;
  fault.word = text_at(answer, "/error/code");
  fault.message = text_at(answer, "/error/message");
  fault.hint = or_empty(text_at(answer, "/error/hint"));
  return fault;
}

ctl_fault fault_of_failure(const net::http_failure& failed, const std::string& address) {
  switch (failed.fault) {
  case net::http_fault::unreachable:
    return {exit_code::unreachable, "unreachable", failed.detail,
            fmt::format("is caf-node running? --addr or CAF_ADDR says where (now {})", address)};
  case net::http_fault::timed_out:
    return {exit_code::timed_out, "timed_out", failed.detail, "--timeout gives it longer"};
  case net::http_fault::untrusted:
    return {exit_code::unreachable, "untrusted", failed.detail,
            "ask over the node's unix socket (--addr with its name or path), or with https:// before the address"};
  case net::http_fault::broken:
    break;
  }
  return {exit_code::unreachable, "broken_answer", failed.detail,
          fmt::format("is it caf-node that listens on {}?", address)};
}

std::string fault_text(const ctl_fault& fault, bool as_json) {
  if (!as_json)
    return fmt::format("cafctl: {}\n{}", printable(fault.message),
                       fault.hint.empty() ? "" : fmt::format("        {}\n", printable(fault.hint)));
  std::string out = fmt::format(R"({{"error":{{"code":{},"message":{})", base::json_string(fault.word),
                                base::json_string(fault.message));
  if (!fault.hint.empty())
    out += ",\"hint\":" + base::json_string(fault.hint);
  return out + "}}\n";
}

} // namespace cafnode::ctl
