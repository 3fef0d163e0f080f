#include "apps/ctl/fault.hpp"

#include "apps/ctl/views.hpp"
#include "conf/fault.hpp"
#include "runtime/base/json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

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

/// The faults of a configuration as the node found them; nothing of it can steer a terminal.
std::vector<conf::fault> config_faults(std::string_view details) {
  std::vector<conf::fault> out;
  boost::json::error_code bad;
  const value parsed = boost::json::parse(details, bad);
  const auto number = [](const value& from, std::string_view pointer) {
    constexpr std::int64_t most = 1'000'000'000;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count_at(from, pointer), 0, most));
  };
  const auto text = [](const value& from, std::string_view pointer) {
    return printable(or_empty(text_at(from, pointer)));
  };
  if (!bad)
    for (const value& each : list_at(parsed, "")) {
      conf::fault found;
      found.severity = text_at(each, "/severity") == "warning" ? conf::severity::warning : conf::severity::error;
      found.file = text(each, "/file");
      found.line = number(each, "/line");
      found.column = number(each, "/column");
      found.message = text(each, "/message");
      found.hint = text(each, "/hint");
      found.excerpt = text(each, "/excerpt");
      found.caret = number(each, "/caret");
      found.width = number(each, "/width");
      out.push_back(std::move(found));
    }
  return out;
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
  if (fault.word == "bad_config")
    fault.code = exit_code::bad_config;
  boost::json::error_code none;
  if (const value* details = answer.find_pointer("/error/details", none); details != nullptr && details->is_array())
    fault.details = base::harmless_json(boost::json::serialize(*details));
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
  const auto faults = as_json || fault.details.empty() ? std::vector<conf::fault>{} : config_faults(fault.details);
  if (!faults.empty()) // the message is the first of them
    return fmt::format("{}cafctl: {}\n", conf::format_faults(faults), printable(fault.hint));
  if (!as_json)
    return fmt::format("cafctl: {}\n{}", printable(fault.message),
                       fault.hint.empty() ? "" : fmt::format("        {}\n", printable(fault.hint)));
  std::string out = fmt::format(R"({{"error":{{"code":{},"message":{})", base::json_string(fault.word),
                                base::json_string(fault.message));
  if (!fault.hint.empty())
    out += ",\"hint\":" + base::json_string(fault.hint);
  if (!fault.details.empty())
    out += ",\"details\":" + fault.details;
  return out + "}}\n";
}

} // namespace cafnode::ctl
