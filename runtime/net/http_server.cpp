#include "runtime/net/http_server.hpp"

#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_error.hpp"
#include "runtime/net/local_socket.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <vector>

namespace cafnode::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using stream_protocol = asio::generic::stream_protocol;
using stream_acceptor = asio::basic_socket_acceptor<stream_protocol, io_executor>;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

// Of the places, those that newcomers may take in one pass of the loop: whoever has just come has as many passes before
// the crowd behind it takes its place, and its question is read and answered in a few.
constexpr std::size_t passes_to_stay = 8;

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
    const stream_protocol protocol{at.protocol().family(), at.protocol().protocol()};
    if (acceptor_.open(protocol, error) || acceptor_.set_option(asio::socket_base::reuse_address{true}, error) ||
        acceptor_.bind(at, error))
      return error;
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  void listen(local_socket bound) {
    error_code impossible;
    acceptor_.assign(stream_protocol{AF_UNIX, 0}, bound.release(), impossible);
    bound_.emplace(std::move(bound));
  }

  [[nodiscard]] std::uint16_t port() const {
    error_code error;
    const auto at = acceptor_.local_endpoint(error);
    tcp::endpoint out;
    if (error || at.size() > out.capacity() || shared_->origin != http_origin::tcp)
      return 0;
    std::memcpy(out.data(), at.data(), at.size());
    return out.port();
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& error, stream_socket socket) {
      self->on_accepted(error, std::move(socket));
    });
  }

  void stop() {
    error_code ignored;
    shared_->stopped = true;
    shared_->gate->shut();
    acceptor_.close(ignored);
    pause_.cancel();
    bound_.reset();
    const std::vector<http_connection*> all{shared_->live.begin(), shared_->live.end()};
    for (auto* connection : all)
      connection->drop();
  }

  void use_tls(std::shared_ptr<const tls_context> tls) { shared_->options.tls = std::move(tls); }

private:
  void on_accepted(const error_code& error, stream_socket socket) {
    if (shared_->stopped)
      return;
    if (error)
      return on_refused(error);
    shared_->spares->refill();
    welcome(std::move(socket));
    accept_more();
    accept();
  }

  /// Who has come meanwhile must not wait for a pass of the loop each, with all its other work.
  void accept_more() {
    error_code error;
    acceptor_.non_blocking(true, error);
    const auto at_once = shared_->options.connections_max / passes_to_stay;
    for (std::size_t more = 1; more < at_once && !error; ++more) {
      auto socket = acceptor_.accept(error);
      if (!error)
        welcome(std::move(socket));
    }
  }

  void welcome(stream_socket socket) {
    if (shared_->origin == http_origin::local && !is_own_or_root(socket.native_handle()))
      return turn_away(socket, http_error(403, "forbidden", "this socket serves the node's own user and root only",
                                          "ask as that user, or over TCP with a token"));
    const auto& options = shared_->options;
    if (shared_->live.size() >= options.connections_max)
      make_room();
    const bool urgent_only = shared_->live.size() >= options.connections_max;
    if (shared_->live.size() < options.connections_max + options.urgent_max)
      std::make_shared<http_connection>(std::move(socket), shared_, urgent_only)->begin();
    else
      turn_away(socket, too_many_clients());
  }

  void make_room() {
    const auto first =
        std::min_element(shared_->live.begin(), shared_->live.end(), [](const auto* one, const auto* other) {
          return gives_way_before(one->stay(), other->stay());
        });
    if (first != shared_->live.end() && may_give_way((*first)->stay()))
      (*first)->drop();
  }

  void on_refused(const error_code& error) {
    if (shared_->options.on_accept_failed)
      shared_->options.on_accept_failed(error.message());
    // ENFILE: the whole system has none left; what this process gives up there somebody else may take.
    const bool scarce = error == asio::error::no_descriptors || error.value() == ENFILE;
    if (scarce && shared_->spares->give_way())
      return accept();
    rest();
  }

  // Nothing to spare: try again in a while instead of at full speed.
  void rest() {
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->shared_->stopped)
        self->accept();
    });
  }

  void turn_away(stream_socket& socket, const http_response& why) const {
    if (shared_->options.tls)
      return; // it would have to shake hands first
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(closing_answer(why)), ignored);
    socket.shutdown(stream_socket::shutdown_send, ignored);
  }

  std::shared_ptr<http_shared> shared_;
  stream_acceptor acceptor_;
  std::optional<local_socket> bound_;
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

  void use_tls(std::shared_ptr<const tls_context> tls) override { listener_->use_tls(std::move(tls)); }

private:
  std::shared_ptr<http_listener> listener_;
  std::uint16_t port_;
};

std::shared_ptr<http_shared> make_shared_part(asio::io_context& io, const http_server_options& options,
                                              http_handler handler, http_origin origin) {
  auto shared = std::make_shared<http_shared>();
  shared->options = options;
  shared->handler = std::move(handler);
  shared->gate = std::make_shared<post_gate>(io);
  shared->turns = std::make_shared<http_turns>(io.get_executor());
  shared->origin = origin;
  return shared;
}

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
  auto shared = make_shared_part(io, options, std::move(handler), http_origin::tcp);
  auto listener = std::make_shared<http_listener>(io, shared);
  error = listener->listen({address, options.port});
  if (error)
    return base::failure{fmt::format("cannot listen on {}:{}: {}", options.address, options.port, error.message())};
  listener->accept();
  return std::unique_ptr<http_server>{std::make_unique<beast_http_server>(std::move(listener))};
}

std::unique_ptr<http_server> make_local_http_server(asio::io_context& io, local_socket socket,
                                                    const http_server_options& options, http_handler handler) {
  auto listener =
      std::make_shared<http_listener>(io, make_shared_part(io, options, std::move(handler), http_origin::local));
  listener->listen(std::move(socket));
  listener->accept();
  return std::make_unique<beast_http_server>(std::move(listener));
}

} // namespace cafnode::net
