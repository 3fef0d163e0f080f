#include "runtime/net/dial_desk.hpp"

#include <boost/asio/io_context.hpp>

namespace cafnode::net {

boost::asio::execution_context::id dial_desk::id;

dial_desk& dial_desk::of(boost::asio::io_context& io) {
  return boost::asio::use_service<dial_desk>(io);
}

dial_desk::dial_desk(boost::asio::io_context& io)
    : service{io}, lookups{std::make_shared<lookup_pool>(io)}, gate{std::make_shared<handshake_gate>(io)} {}

void dial_desk::shutdown() {
  lookups->shut();
  gate->shut();
}

} // namespace cafnode::net
