#pragma once

#include "sim/wire/http_text.hpp"
#include "sim/wire/transport.hpp"
#include "sim/wire/ws_frame.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

class connection;

/// How a connection ended. `by` is "client", "server", "fault" or "network".
struct close_report {
  int code = 1006; // 1006: without a close frame
  std::string reason;
  std::string by;
};

/// Whoever speaks over a connection. Called on the I/O thread; may close the connection from within.
class connection_events {
public:
  virtual ~connection_events() = default;
  virtual void on_call(connection& from, http_call call) = 0;
  virtual void on_message(connection& from, std::string_view text) = 0;
  virtual void on_oversized(connection& from) = 0;
  virtual void on_too_slow(connection& from) = 0;
  virtual void on_closed(connection& from, const close_report& why) = 0;
};

struct connection_limits {
  std::size_t request_bytes_max = 32 * 1024;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t queue_bytes_max = std::size_t{4} << 20U;
};

/// One accepted TCP connection: HTTP at first, WebSocket after an upgrade. Owns the bytes that wait to be sent. One
/// thread.
class connection : public std::enable_shared_from_this<connection> {
public:
  connection(std::uint64_t id, std::string peer, std::unique_ptr<transport> line, connection_events& events,
             connection_limits limits);

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }

  [[nodiscard]] bool is_websocket() const noexcept { return phase_ == phase::websocket; }

  [[nodiscard]] bool is_open() const noexcept { return phase_ != phase::closing && phase_ != phase::closed; }

  [[nodiscard]] bool has_spoken() const noexcept { return spoken_; }

  [[nodiscard]] std::size_t queued_bytes() const noexcept { return queued_bytes_; }

  [[nodiscard]] std::uint64_t frames_sent() const noexcept { return frames_sent_; }

  void start();

  /// Puts whole frames (or raw bytes) behind what waits. `flush_now` false: `flush()` comes later.
  void send(frame_ptr bytes, bool flush_now = true);
  void flush();

  /// Answers the HTTP request that is being served.
  void respond(int status, std::string_view body, std::string_view content_type = "application/json");
  void upgrade(std::string_view client_key);

  /// Answers with an error status and ends the connection.
  void refuse(int status);

  /// Sends a close frame, waits for the client's a little (see `expire_close`), then ends.
  void close(int code, std::string_view reason, std::string_view by = "server");
  void finish(std::string_view by); // FIN, without a close frame
  void reset(std::string_view by);  // RST

  /// Ends a connection whose client did not answer the close frame.
  void expire_close();

  /// Stops reading and goes on later. What has been read is still served.
  void freeze(bool still);

private:
  enum class phase : std::uint8_t { handshake, http, websocket, closing, closed };

  void advance_handshake();
  void wait_to_read();
  void on_readable();
  void consume(std::string_view bytes);
  void consume_http();
  void serve(http_reader::state outcome);
  void rest();
  void consume_frames(std::string_view bytes);
  bool on_frame(const ws_message& message);
  void on_close_frame(std::string_view payload);
  void on_lost();
  void end(close_report why, bool hard);
  bool write_some();

  std::uint64_t id_;
  std::string peer_;
  std::unique_ptr<transport> line_;
  connection_events& events_;
  connection_limits limits_;
  phase phase_ = phase::handshake;
  bool reading_ = false;
  bool writing_ = false;
  bool frozen_ = false;
  bool spoken_ = false;
  bool busy_ = false;    // an HTTP request is being served
  bool serving_ = false; // requests are being taken from the input
  bool resting_ = false; // served its share: goes on, and reads on, in a later turn, when there is room to write
  bool keep_alive_ = true;
  bool close_after_flush_ = false;
  close_report pending_close_;
  std::string input_; // HTTP bytes that wait for the rest
  std::unique_ptr<http_reader> http_;
  std::unique_ptr<frame_reader> frames_;
  std::vector<frame_ptr> queue_;
  std::size_t queue_head_ = 0;
  std::size_t head_offset_ = 0;
  std::size_t queued_bytes_ = 0;
  std::uint64_t frames_sent_ = 0;
};

} // namespace cafnode::sim
