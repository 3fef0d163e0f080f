#include "sim/wire/transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace cafnode::sim {

namespace asio = boost::asio;

namespace {

constexpr std::size_t tls_record = 16 * 1024;

io_result from_errno(io_status when_full) {
  return {0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_full : io_status::closed};
}

} // namespace

transport::transport(asio::ip::tcp::socket socket, ssl_ctx_st* tls) : socket_{std::move(socket)} {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (tls == nullptr)
    return;
  ssl_ = SSL_new(tls);
  if (ssl_ == nullptr || SSL_set_fd(ssl_, socket_.native_handle()) != 1) {
    socket_.close(ignored); // out of memory: the connection goes, nothing else
    return;
  }
  SSL_set_accept_state(ssl_);
}

transport::~transport() {
  SSL_free(ssl_);
}

io_result transport::handshake() {
  if (ssl_ == nullptr)
    return {};
  ERR_clear_error();
  const int outcome = SSL_do_handshake(ssl_);
  return outcome == 1 ? io_result{} : explain(outcome);
}

io_result transport::read(std::span<char> into) {
  if (!is_open())
    return {0, io_status::closed};
  if (ssl_ == nullptr) {
    const auto count = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (count > 0)
      return {static_cast<std::size_t>(count), io_status::ok};
    return count == 0 ? io_result{0, io_status::closed} : from_errno(io_status::wait_read);
  }
  ERR_clear_error();
  const int count = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
  return count > 0 ? io_result{static_cast<std::size_t>(count), io_status::ok} : explain(count);
}

io_result transport::write(std::span<const std::string_view> pieces) {
  if (!is_open())
    return {0, io_status::closed};
  return ssl_ == nullptr ? write_plain(pieces) : write_tls(pieces);
}

io_result transport::write_plain(std::span<const std::string_view> pieces) {
  std::array<iovec, pieces_max> vectors{};
  const std::size_t count = std::min(pieces.size(), pieces_max);
  for (std::size_t at = 0; at < count; ++at)
    vectors[at] = {const_cast<char*>(pieces[at].data()), pieces[at].size()};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent >= 0 ? io_result{static_cast<std::size_t>(sent), io_status::ok} : from_errno(io_status::wait_write);
}

io_result transport::write_tls(std::span<const std::string_view> pieces) {
  // Small frames that wait together leave in one record. A retry starts with the same bytes, as OpenSSL demands.
  thread_local std::array<char, tls_record> record;
  std::string_view whole = pieces.front();
  if (pieces.size() > 1 && whole.size() < record.size()) {
    std::size_t filled = 0;
    for (const std::string_view piece : pieces) {
      const std::size_t count = std::min(piece.size(), record.size() - filled);
      std::memcpy(record.data() + filled, piece.data(), count);
      filled += count;
      if (filled == record.size())
        break;
    }
    whole = {record.data(), filled};
  }
  ERR_clear_error();
  const int sent = SSL_write(ssl_, whole.data(), static_cast<int>(std::min<std::size_t>(whole.size(), 1U << 20U)));
  return sent > 0 ? io_result{static_cast<std::size_t>(sent), io_status::ok} : explain(sent);
}

io_result transport::explain(int outcome) {
  switch (SSL_get_error(ssl_, outcome)) {
  case SSL_ERROR_WANT_READ:
    return {0, io_status::wait_read};
  case SSL_ERROR_WANT_WRITE:
    return {0, io_status::wait_write};
  default:
    return {0, io_status::closed};
  }
}

void transport::when_readable(std::function<void()> then) {
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [then = std::move(then)](boost::system::error_code) { then(); });
}

void transport::when_writable(std::function<void()> then) {
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [then = std::move(then)](boost::system::error_code) { then(); });
}

void transport::close() {
  if (!is_open())
    return;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_); // sends close_notify; the peer's is not waited for
  }
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  socket_.close(ignored);
}

void transport::reset() {
  if (!is_open())
    return;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

} // namespace cafnode::sim
