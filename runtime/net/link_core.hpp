#pragma once

#include "runtime/net/dialer.hpp"
#include "runtime/net/frame_buffer.hpp"
#include "runtime/net/frame_stream.hpp"
#include "runtime/net/send_queue.hpp"
#include "runtime/net/ws_link.hpp"

#include <boost/beast/websocket/stream.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::net {

/// The state behind a ws_link. Its asynchronous steps keep it alive, so that a link can be destroyed at any stage; the
/// handler is let go first. Includes Beast: only for this folder's own .cpp files.
class link_core : public std::enable_shared_from_this<link_core> {
public:
  link_core(boost::asio::io_context& io, dial_options options, link_limits limits, ws_link_handler& handler);

  [[nodiscard]] std::string_view frame() const noexcept { return in_.view(); }

  [[nodiscard]] std::size_t queued_bytes() const noexcept { return out_.bytes(); }

  [[nodiscard]] std::uint64_t bytes_received() const noexcept { return ws_ ? ws_->next_layer().bytes_received() : 0; }

  [[nodiscard]] std::string where() const;

  void open();
  void proven();
  void acquit();
  void read_next();
  bool send(std::string_view text);
  void close(std::uint16_t code, std::string_view reason);

  /// The owner has gone: drops the connection and calls nobody any more.
  void abandon();

private:
  using websocket = boost::beast::websocket::stream<frame_stream, false>;
  using time_point = std::chrono::steady_clock::time_point;

  enum class phase {
    idle,
    dialing,
    upgrading,
    open,
    broken, // nothing can be written any more; what the peer sent before is still read
    closing,
    closed,
  };

  void on_dialed(dialer::outcome dialed);
  void on_upgraded(const error_code& error);
  [[nodiscard]] bool declined();
  void on_read(const error_code& error);
  void write_next();
  void on_written(const error_code& error);
  [[nodiscard]] bool breaks();
  [[nodiscard]] close_info judge_break() const;
  [[nodiscard]] close_info judge_full(std::size_t more) const;
  void send_close();
  void arm(time_point at);
  void on_timer();
  void drop();
  void finish(close_info info);
  [[nodiscard]] bool has_closed(const error_code& error) const;
  [[nodiscard]] close_info judge(const error_code& error, const std::string& doing) const;

  boost::asio::io_context& io_;
  dial_options options_;
  link_limits limits_;
  ws_link_handler* handler_; // none once the owner has gone or heard the last call
  phase phase_ = phase::idle;
  bool reading_ = false;
  bool writing_ = false;
  std::chrono::milliseconds allowed_{}; // what the deadline left for this address
  std::shared_ptr<dialer> dialer_;
  std::unique_ptr<address_trial> trial_; // once there is a connection
  handshake_gate::place place_;          // until the upgrade is done
  std::optional<websocket> ws_;
  std::unique_ptr<steady_timer> timer_;                            // only while there is something to time
  std::unique_ptr<boost::beast::websocket::close_reason> parting_; // what close() was given
  frame_buffer in_;
  send_queue out_;
};

} // namespace cafnode::net
