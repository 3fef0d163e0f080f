#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/asio_types.hpp"
#include "runtime/net/link_stream.hpp"
#include "runtime/net/ws_link.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::net {

/// "host:port" as a person writes it, with brackets around an IPv6 literal.
[[nodiscard]] std::string endpoint_text(const std::string& host, std::uint16_t port);

/// Resolves a name, connects to the first of its addresses that answers, and shakes hands over TLS. One thread.
class dialer : public std::enable_shared_from_this<dialer> {
public:
  using outcome = base::result<link_stream, close_info>;
  using on_done = std::function<void(outcome)>;

  /// Starts; `done` is called once, never from inside this call, unless cancel() comes first.
  static std::shared_ptr<dialer> start(boost::asio::io_context& io, const dial_options& options,
                                       std::chrono::steady_clock::time_point deadline, on_done done);

  /// Drops everything; `done` is not called any more.
  void cancel();

  dialer(boost::asio::io_context& io, const dial_options& options, std::chrono::steady_clock::time_point deadline,
         on_done done);

private:
  using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

  void resolve();
  void on_resolved(const error_code& error, const tcp_resolver::results_type& found);
  void connect_next();
  void on_connected(const error_code& error);
  void shake_hands();
  void on_handshake_ready(const error_code& error);
  void arm(std::chrono::steady_clock::time_point at);
  void on_timer();
  void fail(close_cause cause, std::string detail);
  void finish(outcome result);

  boost::asio::io_context& io_;
  dial_options options_;
  std::chrono::steady_clock::time_point deadline_;
  on_done done_;
  tcp_resolver resolver_;
  tcp_socket socket_;
  steady_timer timer_;
  endpoints addresses_; // yet to try, the next one last
  std::unique_ptr<tls_session> tls_;
  std::string where_;
  std::string doing_ = "the name lookup";
  std::string failures_; // one clause an address that did not answer
};

} // namespace cafnode::net
