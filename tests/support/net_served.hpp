#pragma once

#include "runtime/net/http_client.hpp"
#include "runtime/net/http_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cafnode::test {

/// An HTTP server on a free port of 127.0.0.1 and a thread of its own, which end with it.
class net_served {
public:
  explicit net_served(net::http_handler handler, const net::http_server_options& options = {})
      : server_{net::make_http_server(io_, options, std::move(handler)).value()},
        port{server_->port()},
        thread_{[this] { io_.run(); }} {}

  net_served(const net_served&) = delete;
  net_served& operator=(const net_served&) = delete;

  ~net_served() {
    boost::asio::post(io_, [this] { server_ = nullptr; });
    guard_.reset();
    thread_.join();
  }

  [[nodiscard]] net::http_call call(std::string target) const {
    net::http_call out;
    out.port = port;
    out.target = std::move(target);
    return out;
  }

private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
  std::unique_ptr<net::http_server> server_;

public:
  const std::uint16_t port;

private:
  std::thread thread_;
};

/// A TCP client that says exactly what it is told; blocking, and gives up after ten seconds.
class net_raw_client {
public:
  explicit net_raw_client(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at);
  }

  net_raw_client(const net_raw_client&) = delete;
  net_raw_client& operator=(const net_raw_client&) = delete;

  ~net_raw_client() { ::close(socket_); }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What comes within `span`, in one block.
  [[nodiscard]] std::string read_for(std::chrono::milliseconds span) const {
    pollfd waits{socket_, POLLIN, 0};
    std::array<char, 4096> block{};
    if (::poll(&waits, 1, static_cast<int>(span.count())) != 1)
      return {};
    const auto got = ::recv(socket_, block.data(), block.size(), 0);
    return {block.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  [[nodiscard]] std::string read_to_end() const { return read_until({}); }

  /// What came, up to the block that brought `mark` (never, when empty).
  [[nodiscard]] std::string read_until(std::string_view mark) const {
    std::string seen;
    std::array<char, 4096> block{};
    while (mark.empty() || seen.find(mark) == std::string::npos) {
      const auto got = ::recv(socket_, block.data(), block.size(), 0);
      if (got <= 0)
        break;
      seen.append(block.data(), static_cast<std::size_t>(got));
    }
    return seen;
  }

private:
  int socket_;
};

} // namespace cafnode::test
