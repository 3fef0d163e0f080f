#include "runtime/net/http_server.hpp"

#include "runtime/net/http_connection.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cafnode::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, io_executor>;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view value_of(const pairs& list, std::string_view name) noexcept {
  const auto found = std::find_if(list.begin(), list.end(), [name](const auto& pair) { return pair.first == name; });
  return found == list.end() ? std::string_view{} : std::string_view{found->second};
}

/// Accepts connections until it is stopped. Kept alive by its pending accept.
class http_listener : public std::enable_shared_from_this<http_listener> {
public:
  http_listener(asio::io_context& io, std::shared_ptr<http_shared> shared)
      : shared_{std::move(shared)}, acceptor_{io.get_executor()}, pause_{io.get_executor()} {}

  error_code listen(const tcp::endpoint& at) {
    error_code error;
    if (acceptor_.open(at.protocol(), error) || acceptor_.set_option(tcp_acceptor::reuse_address{true}, error) ||
        acceptor_.bind(at, error))
      return error;
    acceptor_.listen(tcp_acceptor::max_listen_connections, error);
    return error;
  }

  [[nodiscard]] std::uint16_t port() const {
    error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp_socket socket) {
      self->on_accepted(error, std::move(socket));
    });
  }

  void stop() {
    error_code ignored;
    shared_->stopped = true;
    shared_->gate->shut();
    acceptor_.close(ignored);
    pause_.cancel();
    for (auto* connection : shared_->live)
      connection->drop();
  }

private:
  void on_accepted(const error_code& error, tcp_socket socket) {
    if (shared_->stopped)
      return;
    if (error)
      return rest();
    if (shared_->live.size() < shared_->options.connections_max)
      std::make_shared<http_connection>(std::move(socket), shared_)->read_request();
    else
      turn_away(socket);
    accept();
  }

  // Out of descriptors, most likely: try again in a while instead of at full speed.
  void rest() {
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->shared_->stopped)
        self->accept();
    });
  }

  static void turn_away(tcp_socket& socket) {
    static constexpr std::string_view busy = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                                             "Content-Type: application/json\r\nContent-Length: 33\r\n\r\n"
                                             "{\"error\":\"too many connections\"}\n";
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(busy), ignored);
    socket.shutdown(tcp_socket::shutdown_send, ignored);
  }

  std::shared_ptr<http_shared> shared_;
  tcp_acceptor acceptor_;
  steady_timer pause_;
};

class beast_http_server final : public http_server {
public:
  explicit beast_http_server(std::shared_ptr<http_listener> listener)
      : listener_{std::move(listener)}, port_{listener_->port()} {}

  beast_http_server(const beast_http_server&) = delete;
  beast_http_server& operator=(const beast_http_server&) = delete;

  ~beast_http_server() override { listener_->stop(); }

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

private:
  std::shared_ptr<http_listener> listener_;
  std::uint16_t port_;
};

} // namespace

std::string_view http_request::query_value(std::string_view name) const noexcept {
  return value_of(query, name);
}

std::string_view http_request::header(std::string_view name) const noexcept {
  return value_of(headers, name);
}

base::result<std::unique_ptr<http_server>, std::string>
make_http_server(asio::io_context& io, const http_server_options& options, http_handler handler) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    return base::failure{fmt::format("cannot listen on \"{}\": it is not an IP address", options.address)};
  auto shared = std::make_shared<http_shared>();
  shared->options = options;
  shared->handler = std::move(handler);
  shared->gate = std::make_shared<post_gate>(io);
  shared->loopback = address.is_loopback();
  auto listener = std::make_shared<http_listener>(io, shared);
  error = listener->listen({address, options.port});
  if (error)
    return base::failure{fmt::format("cannot listen on {}:{}: {}", options.address, options.port, error.message())};
  listener->accept();
  return std::unique_ptr<http_server>{std::make_unique<beast_http_server>(std::move(listener))};
}

} // namespace cafnode::net
