#pragma once

#include "runtime/net/asio_types.hpp"
#include "runtime/net/tls_session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/async_base.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <array>
#include <memory>
#include <type_traits>
#include <utility>

namespace cafnode::net {

/// A connection, with or without TLS, as Beast wants its streams: one type, so that Beast's templates are compiled
/// once. Plain calls go straight to the socket. One read and one write at a time; one thread.
template<class Socket>
class basic_link_stream {
public:
  using executor_type = io_executor;

  basic_link_stream(Socket socket, std::unique_ptr<tls_session> tls)
      : socket_{std::move(socket)}, tls_{std::move(tls)} {}

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

  [[nodiscard]] Socket& socket() noexcept { return socket_; }

  [[nodiscard]] tls_session* tls() noexcept { return tls_.get(); }

  [[nodiscard]] std::unique_ptr<tls_session> take_tls() noexcept { return std::move(tls_); }

  /// Drops the connection at once.
  void close() noexcept {
    error_code ignored;
    socket_.close(ignored);
  }

  /// Tells the peer that nothing more will come, without waiting for it.
  void finish_sending() noexcept {
    error_code ignored;
    if (tls_)
      tls_->say_goodbye();
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  template<class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler);

  template<class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler);

private:
  Socket socket_;
  std::unique_ptr<tls_session> tls_;
};

/// An exchange's.
using link_stream = basic_link_stream<tcp_socket>;

namespace detail {

/// What TLS came to, as Asio's error.
inline error_code to_error(tls_outcome outcome, const tls_session& tls) {
  switch (outcome) {
  case tls_outcome::done:
    return {};
  case tls_outcome::ended:
    return boost::asio::error::eof;
  default:
    return {tls.fault_errno(), boost::system::system_category()};
  }
}

/// A TLS read or write that waits for the socket as often as OpenSSL asks; `Attempt` makes one try.
template<class Stream, class Attempt, class Handler>
class tls_op : public boost::beast::async_base<Handler, io_executor> {
public:
  tls_op(Stream& stream, Attempt attempt, bool wait_first, Handler handler)
      : boost::beast::async_base<Handler, io_executor>{std::move(handler), stream.get_executor()},
        stream_{stream},
        attempt_{std::move(attempt)} {
    if (wait_first)
      stream_.socket().async_wait(boost::asio::socket_base::wait_read, std::move(*this));
    else
      step(false);
  }

  void operator()(error_code error) {
    if (error || !stream_.socket().is_open())
      return this->complete_now(error ? error : boost::asio::error::operation_aborted, 0);
    step(true);
  }

private:
  void step(bool continued) {
    const tls_step made = attempt_(*stream_.tls());
    if (made.outcome == tls_outcome::wants_read)
      return stream_.socket().async_wait(boost::asio::socket_base::wait_read, std::move(*this));
    if (made.outcome == tls_outcome::wants_write)
      return stream_.socket().async_wait(boost::asio::socket_base::wait_write, std::move(*this));
    this->complete(continued, to_error(made.outcome, *stream_.tls()), made.bytes);
  }

  Stream& stream_;
  Attempt attempt_;
};

/// Gathers small buffers, so that a frame's header and its payload travel in one TLS record.
template<class Buffers>
struct tls_write_attempt {
  Buffers buffers;

  tls_step operator()(tls_session& tls) const {
    static thread_local std::array<char, 8192> scratch;
    const boost::asio::const_buffer first = *boost::asio::buffer_sequence_begin(buffers);
    if (first.size() >= scratch.size())
      return tls.write(first.data(), first.size());
    const auto size = boost::asio::buffer_copy(boost::asio::buffer(scratch), buffers);
    return tls.write(scratch.data(), size);
  }
};

struct tls_read_attempt {
  boost::asio::mutable_buffer into;

  tls_step operator()(tls_session& tls) const { return tls.read(into.data(), into.size()); }
};

template<class Buffers>
boost::asio::mutable_buffer first_filled(const Buffers& buffers) {
  for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
    const boost::asio::mutable_buffer buffer = *at;
    if (buffer.size() > 0)
      return buffer;
  }
  return {};
}

} // namespace detail

template<class Socket>
template<class Buffers, class Handler>
void basic_link_stream<Socket>::async_read_some(const Buffers& buffers, Handler&& handler) {
  if (!tls_)
    return socket_.async_read_some(buffers, std::forward<Handler>(handler));
  using op = detail::tls_op<basic_link_stream, detail::tls_read_attempt, std::decay_t<Handler>>;
  const detail::tls_read_attempt attempt{detail::first_filled(buffers)};
  op{*this, attempt, tls_->socket_drained(), std::forward<Handler>(handler)};
}

template<class Socket>
template<class Buffers, class Handler>
void basic_link_stream<Socket>::async_write_some(const Buffers& buffers, Handler&& handler) {
  if (!tls_)
    return socket_.async_write_some(buffers, std::forward<Handler>(handler));
  using op = detail::tls_op<basic_link_stream, detail::tls_write_attempt<Buffers>, std::decay_t<Handler>>;
  op{*this, detail::tls_write_attempt<Buffers>{buffers}, false, std::forward<Handler>(handler)};
}

} // namespace cafnode::net
