#include "runtime/net/dial_service.hpp"

#include <boost/asio/io_context.hpp>

namespace cafnode::net {

boost::asio::execution_context::id dial_service::id;

dial_service& dial_service::of(boost::asio::io_context& io) {
  return boost::asio::use_service<dial_service>(io);
}

dial_service::dial_service(boost::asio::io_context& io)
    : service{io}, lookups{std::make_shared<lookup_pool>(io)}, gate{std::make_shared<handshake_gate>(io)} {}

void dial_service::shutdown() {
  lookups->shut();
  gate->shut();
}

} // namespace cafnode::net
