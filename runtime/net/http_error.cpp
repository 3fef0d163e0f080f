#include "runtime/net/http_error.hpp"

#include "runtime/base/json_text.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace cafnode::net {

http_response http_error(int status, std::string_view code, std::string_view message, std::string_view hint,
                         std::string_view details) {
  std::string body = "{\"error\":{\"code\":" + base::json_string(code) + ",\"message\":" + base::json_string(message);
  if (!hint.empty())
    body += ",\"hint\":" + base::json_string(hint);
  if (!details.empty())
    body += fmt::format(",\"details\":{}", details);
  return {status, "application/json", body + "}}\n"};
}

http_response too_many_clients() {
  return http_error(503, "too_many_connections", "all places of this server are taken", "try again in a moment");
}

std::string answer_head(const http_response& response, bool keep_alive) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  auto text = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nCache-Control: no-store\r\n"
                          "X-Content-Type-Options: nosniff\r\nConnection: {}\r\n",
                          response.status, std::string_view{reason.data(), reason.size()}, response.content_type,
                          keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  return text;
}

std::string closing_answer(const http_response& response) {
  return answer_head(response, false) + fmt::format("Content-Length: {}\r\n\r\n", response.body.size()) + response.body;
}

} // namespace cafnode::net
