#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"
#include "sim/control_port.hpp"
#include "sim/deribit/exchange_front.hpp"
#include "sim/wire/listener.hpp"
#include "sim/wire/tls_identity.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace cafnode::sim {

struct server_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: any free one, see port()
  std::optional<std::uint16_t> control_port; // always on loopback; 0: any free one
  tls_server tls;                            // null: plain
  front_options front;
};

/// Why the server could not start.
struct start_fault {
  std::string text;
  bool port_in_use = false;
};

/// The exchange over sockets: WebSocket and HTTP on one port, the control API on another. Everything runs on the thread
/// of `io`.
class exchange_server final : private alarm {
public:
  /// `io`, `clock`, `audit` and `market` have to outlive it.
  [[nodiscard]] static base::result<std::unique_ptr<exchange_server>, start_fault>
  open(boost::asio::io_context& io, server_options options, const base::clock_source& clock, audit_log& audit,
       exchange& market);

  /// Made by `open`.
  exchange_server(boost::asio::io_context& io, server_options options, const base::clock_source& clock,
                  audit_log& audit, exchange& market);
  ~exchange_server() override;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  [[nodiscard]] std::uint16_t control_port() const noexcept { return control_port_; } // 0: none

  /// Closes every connection with 1001 and stops listening; orders stay as they are.
  void stop();

private:
  void wake_at(base::time_point due) override;
  [[nodiscard]] std::optional<start_fault> start(const server_options& options, audit_log& audit);
  void on_accept(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& io_;
  const base::clock_source& clock_;
  tls_server tls_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); // posted work checks it
  exchange_front front_;
  sim::control_port control_;
  std::shared_ptr<listener> listener_;
  std::uint16_t port_ = 0;
  std::uint16_t control_port_ = 0;
};

} // namespace cafnode::sim
