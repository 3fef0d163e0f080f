#pragma once

#include "sim/deribit/exchange_front.hpp"
#include "sim/line/line.hpp"
#include "sim/wire/listener.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace cafnode::sim {

/// The loopback port of the control API: HTTP, one JSON answer a call. There are 64 places for callers.
class control_port final : public line_events {
public:
  explicit control_port(exchange_front& front) noexcept : front_{front} {}

  [[nodiscard]] std::optional<listen_fault> start(boost::asio::io_context& io, std::uint16_t port);
  void stop();

  [[nodiscard]] std::uint16_t port() const { return listener_ ? listener_->port() : std::uint16_t{0}; }

private:
  static constexpr std::size_t callers_max = 64;

  void on_call(line& from, http_call call) override;
  void on_message(line& from, std::string_view text) override;
  void on_oversized(line& from) override;
  void on_too_slow(line& from) override;
  void on_closed(line& from, const close_report& why) override;
  void on_accept(boost::asio::ip::tcp::socket socket);

  exchange_front& front_;
  std::shared_ptr<listener> listener_;
  std::map<std::uint64_t, std::shared_ptr<line>> callers_; // oldest first
  std::uint64_t next_caller_ = 1;
};

} // namespace cafnode::sim
