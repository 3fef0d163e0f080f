#pragma once

#include "sim/line/line.hpp"
#include "sim/virtual/one_way.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace cafnode::sim {

/// The two directions between one client and the exchange.
struct memory_link {
  std::shared_ptr<one_way> up;   // to the exchange
  std::shared_ptr<one_way> down; // to the client
};

/// The exchange's end of a line in memory: what a socket does, done to parcels. Both ends keep the same bounds: texts
/// longer than a request may be are thrown away, a client that does not read is told once the queue is full.
class memory_line final : public line, public std::enable_shared_from_this<memory_line> {
public:
  memory_line(std::uint64_t id, std::string peer, memory_link link, line_events& events, line_limits limits);

  /// From now on it hears the client.
  void start();

  [[nodiscard]] std::uint64_t id() const noexcept override { return id_; }

  [[nodiscard]] const std::string& peer() const noexcept override { return peer_; }

  [[nodiscard]] bool is_encrypted() const noexcept override { return false; }

  [[nodiscard]] bool is_open() const noexcept override { return phase_ == phase::http || phase_ == phase::frames; }

  [[nodiscard]] bool has_spoken() const noexcept override { return spoken_; }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return link_.down->bytes(); }

  [[nodiscard]] std::uint64_t frames_sent() const noexcept override { return frames_sent_; }

  void respond(int status, std::string_view body) override;
  void upgrade(const http_call& call) override;
  void refuse(int status) override;
  void send(frame_text text, bool flush_now = true) override;
  void send_bad(bad_frame kind) override;

  void flush() override {} // what is sent is under way

  void close(int code, std::string_view reason, std::string_view by = "server") override;
  void finish(std::string_view by) override;
  void reset(std::string_view by) override;
  void expire_close() override;

  void freeze(bool still) override { link_.up->hold(still); }

private:
  enum class phase : std::uint8_t { http, frames, closing, closed };

  static constexpr std::size_t calls_max = 32; // of one client, waiting for the answer to the one before

  void take(parcel what);
  void take_call(http_call call);
  void serve(http_call call);
  void take_text(std::string_view text);
  void take_close(const parcel& what);
  void put(parcel what);
  void end(close_report why);

  std::uint64_t id_;
  std::string peer_;
  memory_link link_;
  line_events& events_;
  line_limits limits_;
  phase phase_ = phase::http;
  bool spoken_ = false;
  bool busy_ = false; // an HTTP request is being served
  bool keep_alive_ = true;
  std::deque<http_call> calls_;
  close_report pending_close_;
  std::uint64_t frames_sent_ = 0;
};

} // namespace cafnode::sim
