#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/http_question.hpp"
#include "runtime/net/http_server.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cafnode::net {

class tls_context;

/// Where the client side of a control connection failed. Separate from HTTP statuses, which are answers.
/// `untrusted`: somebody else may serve there, and nothing was sent.
enum class http_fault : std::uint8_t { unreachable = 1, timed_out = 2, broken = 3, untrusted = 4 };

struct http_call {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string socket; // path of a unix socket, instead of host and port; its owner must be this user or root
  std::shared_ptr<const tls_context> tls; // null: plain
  bool trusted_only = false;              // over plain TCP: only to loopback, and to a listener of this user or root
  std::string method = "GET";
  std::string target = "/"; // path and query
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout{5000}; // the look-up of the name included
  std::string name_servers;                // as in dial_options

  [[nodiscard]] http_question question() const { return {method, target, headers, body}; }
};

struct http_failure {
  http_fault fault = http_fault::unreachable;
  std::string detail; // a sentence for the operator
  bool sent = false;  // the server may have got the request, and done what it says
};

/// One HTTP request, waited for. For command-line tools; never inside an actor.
[[nodiscard]] base::result<http_response, http_failure> http_fetch(const http_call& call);

/// As http_fetch, but hands each line of a streamed answer to `on_line` as it comes, without a limit on the whole time;
/// ends when the server does or `on_line` returns false.
[[nodiscard]] base::result<http_response, http_failure>
http_follow(const http_call& call, const std::function<bool(std::string_view)>& on_line);

} // namespace cafnode::net
