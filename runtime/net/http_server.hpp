#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio {

class io_context;

} // namespace boost::asio

namespace cafnode::net {

class local_socket;
class tls_context;

/// How a request came.
enum class http_origin {
  tcp,   // whoever can reach the port
  local, // over a unix socket: this process's own user, or root
};

/// One request as a route sees it. Header names are lower case.
struct http_request {
  std::string method;                                     // "GET"
  std::string path;                                       // "/api/v1/status", percent-decoded
  std::vector<std::pair<std::string, std::string>> query; // percent-decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<base::secret> authorization; // each Authorization field; none of them is among the headers
  std::string body;
  http_origin origin = http_origin::tcp;

  [[nodiscard]] std::string_view query_value(std::string_view name) const noexcept; // empty when absent
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;      // empty when absent
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers{}; // beside those that every answer has
};

/// A response that goes on: lines are written as they come until the client leaves (`/api/v1/events?follow=1`).
class http_stream {
public:
  virtual ~http_stream() = default;

  /// Sends `text` as one chunk. False once the client has gone or does not read (more than 1 MiB waits).
  virtual bool write(std::string_view text) = 0;
  virtual void finish() = 0;
};

/// Answers one request; may be called later and from any thread, once. Dropping it unanswered answers 504.
class http_reply {
public:
  virtual ~http_reply() = default;
  virtual void send(http_response response) = 0;

  /// Starts an endless response instead of `send`. The stream may be used from any thread.
  virtual std::shared_ptr<http_stream> stream(int status, std::string content_type) = 0;
};

using http_handler = std::function<void(http_request request, std::shared_ptr<http_reply> reply)>;

struct http_server_options {
  using milliseconds = std::chrono::milliseconds;

  std::string address = "127.0.0.1";      // an IP address
  std::uint16_t port = 0;                 // 0: any free port, see http_server::port()
  std::vector<std::string> names;         // that clients may call this server by, beside its address and localhost
  std::shared_ptr<const tls_context> tls; // null: plain
  std::size_t body_bytes_max = std::size_t{64} << 10U;
  std::size_t header_bytes_max = std::size_t{16} << 10U;
  std::size_t unread_bytes_max = std::size_t{32} << 20U; // of answers that clients have not taken yet, all together
  std::size_t connections_max = 256;
  std::size_t urgent_max = 8; // more, which get nothing but what is urgent
  std::function<bool(std::string_view path)> is_urgent;
  milliseconds idle_timeout{30'000};  // between requests, and for a client that does not read its answer
  milliseconds header_timeout{5'000}; // from a request's first byte to the end of its header; a TLS handshake too
  milliseconds body_timeout{10'000};
  milliseconds answer_timeout{65'000}; // for the handler

  /// Hears, on the io_context's thread, each time that a client could not be accepted, for want of open files most
  /// likely. A few are kept in reserve, so that some clients are served all the same. May be empty.
  std::function<void(const std::string& why)> on_accept_failed = {};
};

/// A small HTTP/1.1 server for the control page, health and metrics. Handlers run on the io_context's thread and must
/// not block. A request that breaks a limit is answered 400, 408, 413 or 431 and costs its sender the connection.
///
/// When all places are taken a newcomer gets that of the client which has been idle for longest, then that of the one
/// which has been sending its request for longest, then that of the slowest reader; one whose request is being worked
/// on keeps it, and one that follows a stream too. The slowest readers go, too, when the answers that wait to be read
/// grow beyond `unread_bytes_max`; a single answer may be longer. Over TCP the Host field must name this server, so
/// that no web page reaches it through a foreign name that leads here (DNS rebinding).
class http_server {
public:
  virtual ~http_server() = default; // stops listening and drops every connection
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;

  /// The certificate for those who come from now on, instead of `options.tls`; null: none was there, and none will be.
  /// On the io_context's thread.
  virtual void use_tls(std::shared_ptr<const tls_context> tls) = 0;
};

/// Starts to listen on `io`, which outlives the server; the fault says which address could not be had and why.
[[nodiscard]] base::result<std::unique_ptr<http_server>, std::string>
make_http_server(boost::asio::io_context& io, const http_server_options& options, http_handler handler);

/// The same over a unix socket that listens already; only its owner and root are served. `options` without address,
/// port, names and TLS.
[[nodiscard]] std::unique_ptr<http_server> make_local_http_server(boost::asio::io_context& io, local_socket socket,
                                                                  const http_server_options& options,
                                                                  http_handler handler);

} // namespace cafnode::net
