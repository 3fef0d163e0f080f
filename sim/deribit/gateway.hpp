#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"
#include "sim/deribit/account_book.hpp"
#include "sim/deribit/audit_log.hpp"
#include "sim/deribit/fault_table.hpp"
#include "sim/deribit/settings.hpp"
#include "sim/market/exchange.hpp"
#include "sim/wire/tls_identity.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {

class io_context;

} // namespace boost::asio

namespace cafnode::sim {

struct gateway_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: any free one, see port()
  std::optional<std::uint16_t> control_port; // always on loopback; 0: any free one
  tls_server tls;                            // null: plain
  std::uint64_t seed = 1;
  settings rules;
  std::vector<fault_spec> script; // faults that start at their `at_ms`
};

/// Why the gateway could not start.
struct start_fault {
  std::string text;
  bool port_in_use = false;
};

/// The exchange's front: WebSocket and HTTP on one port, sessions, feeds, faults, and the control API on another port.
/// Everything runs on the thread of `io`. `clock`, `audit` and `market` have to outlive it.
class gateway {
public:
  virtual ~gateway() = default;

  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
  [[nodiscard]] virtual std::uint16_t control_port() const noexcept = 0; // 0: none

  /// Closes every connection with 1001 and stops listening; orders stay as they are.
  virtual void stop() = 0;
};

[[nodiscard]] base::result<std::unique_ptr<gateway>, start_fault> make_gateway(boost::asio::io_context& io,
                                                                               gateway_options options,
                                                                               const base::clock_source& clock,
                                                                               audit_log& audit, exchange& market);

} // namespace cafnode::sim
