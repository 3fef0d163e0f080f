#pragma once

#include <string>
#include <string_view>

namespace cafnode::sim {

struct http_reply_text {
  int status = 0;
  std::string body;
};

/// How a connection ended: a close code, or 1006 with what the socket said.
struct ending {
  int code = 0;
  std::string reason;
};

[[nodiscard]] inline std::string request_text(std::string_view id, std::string_view method, std::string_view params) {
  return R"({"jsonrpc":"2.0","id":)" + std::string{id} + R"(,"method":")" + std::string{method} + R"(","params":)" +
         std::string{params} + "}";
}

[[nodiscard]] inline std::string login_params(std::string_view key, std::string_view secret) {
  return R"({"grant_type":"client_credentials","client_id":")" + std::string{key} + R"(","client_secret":")" +
         std::string{secret} + "\"}";
}

} // namespace cafnode::sim
