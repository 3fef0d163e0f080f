#include "tests/apps/ctl/fake_node.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace cafnode::test {

struct fake_node::listener {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::unique_ptr<net::http_server> server;
  std::thread thread;
};

fake_node::fake_node() : listener_{std::make_unique<listener>()} {
  auto made = net::make_http_server(listener_->io, {}, [this](net::http_request request, auto reply) {
    handle(std::move(request), std::move(reply));
  });
  REQUIRE_MESSAGE(made.has_value(), "no port to listen on");
  listener_->server = std::move(made).value();
  listener_->thread = std::thread{[this] { listener_->io.run(); }};
}

fake_node::~fake_node() {
  listener_->io.stop();
  listener_->thread.join();
  held_.clear();
  listener_->server.reset();
}

void fake_node::answers(const std::string& request, int status, const std::string& body) {
  const std::lock_guard lock{mutex_};
  answers_[request] = {status, "application/json", body};
}

void fake_node::ignores(const std::string& request) {
  const std::lock_guard lock{mutex_};
  ignored_.push_back(request);
}

void fake_node::streams(const std::string& request, const std::vector<std::string>& lines) {
  const std::lock_guard lock{mutex_};
  streams_[request] = lines;
}

std::string fake_node::heard() const {
  const std::lock_guard lock{mutex_};
  std::string query;
  for (const auto& [name, value] : heard_.query)
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, value);
  return fmt::format("{} {}{} {}", heard_.method, heard_.path, query, heard_.body);
}

std::string fake_node::heard_header(const std::string& name) const {
  const std::lock_guard lock{mutex_};
  return std::string{heard_.header(name)};
}

std::string fake_node::address() const {
  return fmt::format("127.0.0.1:{}", listener_->server->port());
}

void fake_node::handle(net::http_request request, std::shared_ptr<net::http_reply> reply) {
  const std::lock_guard lock{mutex_};
  const std::string asked = request.method + " " + request.path;
  heard_ = std::move(request);
  if (std::find(ignored_.begin(), ignored_.end(), asked) != ignored_.end())
    return held_.push_back(std::move(reply));
  if (const auto lines = streams_.find(asked); lines != streams_.end()) {
    const auto stream = reply->stream(200, "application/x-ndjson");
    for (const std::string& line : lines->second)
      stream->write(line + "\n");
    return stream->finish();
  }
  const auto known = answers_.find(asked);
  reply->send(known != answers_.end() ? known->second
                                      : net::http_response{404, "application/json",
                                                           R"({"error":{"code":"not_found","message":"no such thing",)"
                                                           R"("hint":"look elsewhere"}})"});
}

} // namespace cafnode::test
