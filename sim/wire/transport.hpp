#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace cafnode::sim {

enum class io_status { ok, wait_read, wait_write, closed };

struct io_result {
  std::size_t bytes = 0;
  io_status status = io_status::ok;
};

/// The bytes of one accepted connection, plain or TLS, never blocking. It holds no buffer of its own while idle, so
/// that thousands of quiet connections cost little. One thread.
class transport {
public:
  static constexpr std::size_t pieces_max = 64; // of one write

  /// `tls` null: plain.
  transport(boost::asio::ip::tcp::socket socket, ssl_ctx_st* tls);
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  [[nodiscard]] bool encrypted() const noexcept { return ssl_ != nullptr; }

  [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

  /// The server's half of the TLS handshake; ok at once when plain.
  io_result handshake();
  io_result read(std::span<char> into);

  /// Writes from the front of `pieces`; may take less than all.
  io_result write(std::span<const std::string_view> pieces);

  /// Calls back once when the socket can be read or written, or has broken.
  void when_readable(std::function<void()> then);
  void when_writable(std::function<void()> then);

  /// Ends politely (FIN) or at once (RST). Bytes not written yet are lost.
  void close();
  void reset();

private:
  io_result explain(int outcome);
  io_result write_plain(std::span<const std::string_view> pieces);
  io_result write_tls(std::span<const std::string_view> pieces);

  boost::asio::ip::tcp::socket socket_;
  ssl_st* ssl_ = nullptr;
};

} // namespace cafnode::sim
