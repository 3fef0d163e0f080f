#pragma once

#include "runtime/net/address_memory.hpp"
#include "runtime/net/handshake_gate.hpp"
#include "runtime/net/lookup_pool.hpp"

#include <boost/asio/execution_context.hpp>

#include <memory>

namespace cafnode::net {

/// What all dials of one I/O thread share: look-ups, what is known of addresses, and the turns of handshakes. It
/// belongs to the io_context, which makes it at the first dial; so it outlives every connection. One thread, except
/// for the figures.
class dial_service final : public boost::asio::execution_context::service {
public:
  using key_type = dial_service;

  static boost::asio::execution_context::id id;

  [[nodiscard]] static dial_service& of(boost::asio::io_context& io);

  explicit dial_service(boost::asio::io_context& io);

  const std::shared_ptr<address_memory> memory = std::make_shared<address_memory>();
  const std::shared_ptr<lookup_pool> lookups;
  const std::shared_ptr<handshake_gate> gate;

private:
  void shutdown() override;
};

} // namespace cafnode::net
