#include "sim/exchange_server.hpp"

#include "sim/wire/socket_line.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::sim {

namespace asio = boost::asio;

base::result<std::unique_ptr<exchange_server>, start_fault> exchange_server::open(asio::io_context& io,
                                                                                  server_options options,
                                                                                  const base::clock_source& clock,
                                                                                  audit_log& audit, exchange& market) {
  auto made = std::make_unique<exchange_server>(io, options, clock, audit, market);
  if (auto fault = made->start(options, audit))
    return base::failure{std::move(*fault)};
  return made;
}

exchange_server::exchange_server(asio::io_context& io, server_options options, const base::clock_source& clock,
                                 audit_log& audit, exchange& market)
    : io_{io},
      clock_{clock},
      tls_{std::move(options.tls)},
      timer_{io},
      front_{std::move(options.front), clock, *this, audit, market},
      control_{front_} {}

exchange_server::~exchange_server() {
  stop();
  *alive_ = false;
}

std::optional<start_fault> exchange_server::start(const server_options& options, audit_log& audit) {
  auto opened = listener::open(io_, options.address, options.port,
                               [this](asio::ip::tcp::socket socket) { on_accept(std::move(socket)); });
  if (!opened)
    return start_fault{opened.fault().text, opened.fault().port_in_use};
  listener_ = std::move(opened).value();
  port_ = listener_->port();
  if (options.control_port) {
    if (auto fault = control_.start(io_, *options.control_port))
      return start_fault{fault->text, fault->port_in_use};
    control_port_ = control_.port();
  }
  audit.record("started", {{"port", port_}, {"control_port", control_port_}, {"tls", tls_ != nullptr}});
  front_.start();
  return std::nullopt;
}

void exchange_server::stop() {
  if (listener_)
    listener_->stop();
  control_.stop();
  front_.stop();
  timer_.cancel();
}

void exchange_server::wake_at(base::time_point due) {
  timer_.expires_after(due - clock_.now().steady);
  timer_.async_wait([this, alive = alive_](boost::system::error_code fault) {
    if (!fault && *alive)
      front_.run();
  });
}

void exchange_server::on_accept(asio::ip::tcp::socket socket) {
  boost::system::error_code fault;
  const auto remote = socket.remote_endpoint(fault);
  if (fault)
    return; // gone already
  std::string address = remote.address().to_string();
  const auto fresh = std::make_shared<socket_line>(front_.next_id(), fmt::format("{}:{}", address, remote.port()),
                                                   std::make_unique<transport>(std::move(socket), tls_.get()), front_,
                                                   front_.limits());
  front_.welcome(fresh, std::move(address));
  fresh->start();
}

} // namespace cafnode::sim
