#pragma once

#include "runtime/base/result.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cafnode::sim {

struct listen_fault {
  std::string text;
  bool port_in_use = false;
};

/// Accepts connections on one address until it goes.
class listener : public std::enable_shared_from_this<listener> {
public:
  using on_accept = std::function<void(boost::asio::ip::tcp::socket)>;

  [[nodiscard]] static base::result<std::shared_ptr<listener>, listen_fault>
  open(boost::asio::io_context& io, const std::string& address, std::uint16_t port, on_accept then);

  listener(boost::asio::io_context& io, on_accept then);

  [[nodiscard]] std::uint16_t port() const;
  void stop();

private:
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  on_accept then_;
};

} // namespace cafnode::sim
