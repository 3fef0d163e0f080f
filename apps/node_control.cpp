#include "apps/node_control.hpp"

#include "runtime/control/http_api.hpp"
#include "runtime/net/http_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <thread>
#include <utility>

namespace cafnode::node {

namespace {

class control_thread final : public control_server {
public:
  control_thread(std::string address, control::node_views views, control::control_actions actions)
      : address_{std::move(address)}, api_{with_thread(std::move(views)), std::move(actions)} {}

  ~control_thread() override {
    server_.reset();
    work_.reset();
    io_.stop();
    if (thread_.joinable())
      thread_.join();
  }

  base::result<bool, std::string> start(std::uint16_t port) {
    net::http_server_options options;
    options.address = address_;
    options.port = port;
    auto made = net::make_http_server(io_, options, api_.handler());
    if (!made)
      return base::failure{made.fault()};
    server_ = std::move(made).value();
    thread_ = std::thread{[this] { io_.run(); }};
    return true;
  }

  [[nodiscard]] std::string address() const override { return address_ + ":" + std::to_string(server_->port()); }

private:
  control::node_views with_thread(control::node_views views) {
    views.post = [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); };
    return views;
  }

  std::string address_;
  boost::asio::io_context io_{1};
  control::http_api api_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<net::http_server> server_;
  std::thread thread_;
};

} // namespace

base::result<std::unique_ptr<control_server>, std::string>
start_control(const conf::node_config& config, control::node_views views, control::control_actions actions) {
  // Names are not looked up here; this one has one meaning.
  const std::string address = config.control_address == "localhost" ? "127.0.0.1" : config.control_address;
  auto made = std::make_unique<control_thread>(address, std::move(views), std::move(actions));
  const auto started = made->start(config.control_port);
  if (!started)
    return base::failure{started.fault()};
  return std::unique_ptr<control_server>{std::move(made)};
}

} // namespace cafnode::node
