#include "runtime/net/http_client.hpp"
#include "runtime/net/http_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace cafnode;

namespace {

/// A server on a thread of its own, which ends with it.
class served {
public:
  explicit served(net::http_handler handler, net::http_server_options options = {}) {
    auto made = net::make_http_server(io, options, std::move(handler));
    REQUIRE(made.has_value());
    server = std::move(made).value();
    port = server->port();
    thread = std::thread{[this] { io.run(); }};
  }

  served(const served&) = delete;
  served& operator=(const served&) = delete;

  ~served() {
    boost::asio::post(io, [this] { server = nullptr; });
    guard.reset();
    thread.join();
  }

  [[nodiscard]] net::http_call call(std::string target) const {
    net::http_call out;
    out.port = port;
    out.target = std::move(target);
    return out;
  }

  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
  std::unique_ptr<net::http_server> server;
  std::uint16_t port = 0;
  std::thread thread;
};

void echo(const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
  reply->send({200, "text/plain",
               request.method + " " + request.path + " " + std::string{request.query_value("q")} + " " + request.body});
}

} // namespace

TEST_CASE("a request reaches its handler decoded, and the answer comes back") {
  served server{echo};
  auto call = server.call("/a%20b?q=x%3Dy+z");
  call.method = "POST";
  call.body = "body";
  const auto got = net::http_fetch(call);
  if (!got)
    FAIL(got.fault().detail);
  CHECK(got.value().status == 200);
  CHECK(got.value().content_type == "text/plain");
  CHECK(got.value().body == "POST /a b x=y z body");
}

TEST_CASE("a stream hands over its lines as they come, until the client has had enough") {
  std::atomic<bool> left{false};
  served server{[&left](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
    std::thread{[stream = reply->stream(200, "application/x-ndjson"), &left] {
      for (int line = 0; stream->write(std::to_string(line) + "\n"); ++line)
        std::this_thread::yield();
      left = true;
    }}.detach();
  }};
  std::string lines;
  const auto got = net::http_follow(server.call("/events?follow=1"), [&lines](std::string_view line) {
    lines += line;
    return line != "3";
  });
  if (!got)
    FAIL(got.fault().detail);
  CHECK(lines == "0123");
  while (!left)
    std::this_thread::yield();
}
