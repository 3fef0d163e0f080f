#pragma once

#include "runtime/base/result.hpp"

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

/// One request as a route sees it. Header names are lower case.
struct http_request {
  std::string method;                                     // "GET"
  std::string path;                                       // "/api/v1/status", percent-decoded
  std::vector<std::pair<std::string, std::string>> query; // percent-decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  [[nodiscard]] std::string_view query_value(std::string_view name) const noexcept; // empty when absent
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;      // empty when absent
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

/// A response that goes on: lines are written as they come until the client leaves (`/api/v1/events?follow=1`).
class http_stream {
public:
  virtual ~http_stream() = default;

  /// Sends `text` as one chunk. False once the client has gone or does not read (more than 1 MiB waits).
  virtual bool write(std::string_view text) = 0;
  virtual void finish() = 0;
};

/// Answers one request; may be called later and from any thread, once. Dropping it unanswered answers 500.
class http_reply {
public:
  virtual ~http_reply() = default;
  virtual void send(http_response response) = 0;

  /// Starts an endless response instead of `send`. The stream may be used from any thread.
  virtual std::shared_ptr<http_stream> stream(int status, std::string content_type) = 0;
};

using http_handler = std::function<void(http_request request, std::shared_ptr<http_reply> reply)>;

struct http_server_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0; // 0: any free port, see http_server::port()
  std::size_t body_bytes_max = std::size_t{1} << 20U;
  std::size_t header_bytes_max = std::size_t{16} << 10U;
  std::size_t connections_max = 256;
  std::chrono::milliseconds idle_timeout{30'000};
};

/// A small HTTP/1.1 server for the control page, health and metrics. Handlers run on the io_context's thread and must
/// not block. A request that breaks a limit is answered 400, 413 or 431 and costs its sender the connection.
class http_server {
public:
  virtual ~http_server() = default; // stops listening and drops every connection
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

/// Starts to listen on `io`, which outlives the server; the fault says which address could not be had and why.
[[nodiscard]] base::result<std::unique_ptr<http_server>, std::string>
make_http_server(boost::asio::io_context& io, const http_server_options& options, http_handler handler);

} // namespace cafnode::net
