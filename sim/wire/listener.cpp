#include "sim/wire/listener.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cafnode::sim {

namespace asio = boost::asio;

listener::listener(asio::io_context& io, on_accept then) : acceptor_{io}, pause_{io}, then_{std::move(then)} {}

base::result<std::shared_ptr<listener>, listen_fault> listener::open(asio::io_context& io, const std::string& address,
                                                                     std::uint16_t port, on_accept then) {
  boost::system::error_code fault;
  const auto where = asio::ip::make_address(address, fault);
  if (fault)
    return base::failure{listen_fault{fmt::format("'{}' is not an address to listen on", address), false}};
  auto made = std::make_shared<listener>(io, std::move(then));
  const asio::ip::tcp::endpoint endpoint{where, port};
  made->acceptor_.open(endpoint.protocol(), fault);
  if (!fault)
    made->acceptor_.set_option(asio::socket_base::reuse_address{true}, fault);
  if (!fault)
    made->acceptor_.bind(endpoint, fault);
  if (!fault)
    made->acceptor_.listen(4096, fault);
  if (fault) {
    const bool taken = fault == asio::error::address_in_use;
    return base::failure{
        listen_fault{fmt::format("cannot listen on {}:{}: {}", address, port, fault.message()), taken}};
  }
  made->accept();
  return made;
}

std::uint16_t listener::port() const {
  boost::system::error_code fault;
  return acceptor_.local_endpoint(fault).port();
}

void listener::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void listener::accept() {
  acceptor_.async_accept([self = shared_from_this()](boost::system::error_code fault, asio::ip::tcp::socket socket) {
    if (!self->acceptor_.is_open())
      return;
    if (!fault) {
      self->then_(std::move(socket));
      return self->accept();
    }
    // Out of descriptors: the connections that are there go on, new ones wait.
    self->pause_.expires_after(std::chrono::milliseconds{100});
    self->pause_.async_wait([self](boost::system::error_code stopped) {
      if (!stopped)
        self->accept();
    });
  });
}

} // namespace cafnode::sim
