#pragma once

#include "sim/line/line.hpp"
#include "sim/wire/http_text.hpp"
#include "sim/wire/transport.hpp"
#include "sim/wire/ws_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// One accepted TCP connection: HTTP at first, WebSocket after an upgrade. Owns what waits to be sent, and while it is
/// idle no buffer.
class socket_line final : public line, public std::enable_shared_from_this<socket_line> {
public:
  socket_line(std::uint64_t id, std::string peer, std::unique_ptr<transport> bytes, line_events& events,
              line_limits limits);

  void start();

  [[nodiscard]] std::uint64_t id() const noexcept override { return id_; }

  [[nodiscard]] const std::string& peer() const noexcept override { return peer_; }

  [[nodiscard]] bool is_encrypted() const noexcept override { return bytes_->encrypted(); }

  [[nodiscard]] bool is_open() const noexcept override { return phase_ != phase::closing && phase_ != phase::closed; }

  [[nodiscard]] bool has_spoken() const noexcept override { return spoken_; }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued_bytes_; }

  [[nodiscard]] std::uint64_t frames_sent() const noexcept override { return frames_sent_; }

  void respond(int status, std::string_view body) override;
  void upgrade(const http_call& call) override;
  void refuse(int status) override;
  void send(frame_text text, bool flush_now = true) override;
  void send_bad(bad_frame kind) override;
  void flush() override;
  void close(int code, std::string_view reason, std::string_view by = "server") override;
  void finish(std::string_view by) override; // FIN, without a close frame
  void reset(std::string_view by) override;  // RST
  void expire_close() override;
  void freeze(bool still) override;

private:
  enum class phase : std::uint8_t { handshake, http, websocket, closing, closed };

  /// Bytes as they are, or the text of a frame, whose head is written before it.
  struct outgoing {
    frame_text bytes;
    bool is_text = false;

    [[nodiscard]] std::size_t size() const noexcept;
  };

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
  void put(outgoing what, bool flush_now);
  void put_close(std::string frame);
  bool write_some();
  io_result write_front();
  void forget_written(std::size_t bytes);

  std::uint64_t id_;
  std::string peer_;
  std::unique_ptr<transport> bytes_;
  line_events& events_;
  line_limits limits_;
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
  std::vector<outgoing> queue_;
  std::size_t queue_head_ = 0;
  std::size_t head_offset_ = 0; // bytes of the first one that are written
  std::size_t queued_bytes_ = 0;
  std::uint64_t frames_sent_ = 0;
};

} // namespace cafnode::sim
