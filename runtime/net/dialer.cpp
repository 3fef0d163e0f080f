#include "runtime/net/dialer.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

std::string endpoint_text(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::shared_ptr<dialer> dialer::start(asio::io_context& io, const dial_options& options, steady::time_point deadline,
                                      on_done done) {
  auto self = std::make_shared<dialer>(io, options, deadline, std::move(done));
  self->arm(deadline);
  self->resolve();
  return self;
}

dialer::dialer(asio::io_context& io, const dial_options& options, steady::time_point deadline, on_done done)
    : io_{io},
      options_{options},
      deadline_{deadline},
      done_{std::move(done)},
      resolver_{io.get_executor()},
      socket_{io.get_executor()},
      timer_{io.get_executor()},
      where_{endpoint_text(options.host, options.port)} {}

void dialer::cancel() {
  error_code ignored;
  done_ = nullptr;
  resolver_.cancel();
  timer_.cancel();
  socket_.close(ignored);
}

void dialer::resolve() {
  error_code not_literal;
  const auto address = asio::ip::make_address(options_.host, not_literal);
  if (!not_literal) {
    addresses_.emplace_back(address, options_.port);
    return asio::post(io_.get_executor(), [self = shared_from_this()] { self->connect_next(); });
  }
  resolver_.async_resolve(
      options_.host, std::to_string(options_.port), tcp::resolver::numeric_service,
      [self = shared_from_this()](const error_code& error, const tcp_resolver::results_type& found) {
        self->on_resolved(error, found);
      });
}

void dialer::on_resolved(const error_code& error, const tcp_resolver::results_type& found) {
  if (!done_)
    return;
  if (error || found.empty())
    return fail(close_cause::resolve_failed, fmt::format("the host name {} has no address: {}", options_.host,
                                                         error ? error.message() : "the answer is empty"));
  for (const auto& entry : found)
    addresses_.push_back(entry.endpoint());
  std::reverse(addresses_.begin(), addresses_.end());
  connect_next();
}

void dialer::connect_next() {
  if (!done_)
    return;
  if (addresses_.empty())
    return fail(close_cause::refused, fmt::format("no connection to {}: {}", where_, failures_));
  const auto address = addresses_.back();
  const auto now = steady::now();
  // An address that swallows packets must leave time for those behind it.
  arm(now + (deadline_ - now) / static_cast<int>(addresses_.size()));
  addresses_.pop_back();
  error_code ignored;
  socket_.close(ignored);
  doing_ = fmt::format("connecting to {}", endpoint_text(address.address().to_string(), address.port()));
  socket_.async_connect(address, [self = shared_from_this()](const error_code& error) { self->on_connected(error); });
}

void dialer::on_connected(const error_code& error) {
  if (!done_)
    return;
  if (error || !socket_.is_open()) { // closed: its share of the time had passed
    const bool late = !error || error == asio::error::operation_aborted;
    const auto why = late ? std::string{"no answer"} : error.message();
    failures_ += fmt::format("{}{}: {}", failures_.empty() ? "" : "; ", doing_, why);
    return connect_next();
  }
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  arm(deadline_);
  if (!options_.tls)
    return finish(link_stream{std::move(socket_), nullptr});
  doing_ = "the TLS handshake";
  tls_ = std::make_unique<tls_session>(*options_.tls, tls_role::client, socket_.native_handle(), options_.host);
  shake_hands();
}

void dialer::shake_hands() {
  const auto step = tls_->handshake();
  const auto resume = [self = shared_from_this()](const error_code& error) { self->on_handshake_ready(error); };
  switch (step.outcome) {
  case tls_outcome::done:
    return finish(link_stream{std::move(socket_), std::move(tls_)});
  case tls_outcome::wants_read:
    return socket_.async_wait(tcp_socket::wait_read, resume);
  case tls_outcome::wants_write:
    return socket_.async_wait(tcp_socket::wait_write, resume);
  case tls_outcome::ended:
  case tls_outcome::failed:
    return fail(close_cause::tls_failed, fmt::format("TLS with {} failed: {}", where_, tls_->fault()));
  }
}

void dialer::on_handshake_ready(const error_code& error) {
  if (!done_)
    return;
  if (error)
    return fail(close_cause::tls_failed, fmt::format("TLS with {} failed: {}", where_, error.message()));
  shake_hands();
}

void dialer::arm(steady::time_point at) {
  timer_.expires_at(at);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->done_ && self->timer_.expiry() <= steady::now())
      self->on_timer();
  });
}

void dialer::on_timer() {
  error_code ignored;
  if (steady::now() < deadline_)
    return static_cast<void>(socket_.close(ignored));
  const auto so_far = failures_.empty() ? failures_ : fmt::format("; before that: {}", failures_);
  fail(close_cause::timed_out,
       fmt::format("no link to {} within {} ms; it ended in {}{}", where_, options_.deadline.count(), doing_, so_far));
}

void dialer::fail(close_cause cause, std::string detail) {
  finish(base::failure{close_info{cause, 0, {}, std::move(detail)}});
}

void dialer::finish(outcome result) {
  const auto done = std::exchange(done_, nullptr);
  timer_.cancel();
  resolver_.cancel();
  if (!result) {
    error_code ignored;
    socket_.close(ignored);
  }
  done(std::move(result));
}

} // namespace cafnode::net
