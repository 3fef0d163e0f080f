#pragma once

#include "sim/virtual/memory_line.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// Who hears what comes to a client. May use the client from within, but not destroy it.
class client_events {
public:
  virtual ~client_events() = default;

  /// The answer to an HTTP request; to that for frames, too, when it was refused.
  virtual void on_answer(int status, std::string_view body) = 0;
  virtual void on_open() = 0;
  virtual void on_text(std::string_view text) = 0;
  virtual void on_binary() = 0;

  /// The last call. 1006: it ended without a close frame.
  virtual void on_end(int code, std::string_view reason) = 0;
};

/// The client's end of a line in memory. It does what any WebSocket client does by itself: answers a close frame, and
/// ends with 1002 or 1007 what breaks the protocol. Behind half a frame it understands nothing any more.
class memory_client {
public:
  /// `peer` is an address and port, as the exchange shows it. `events` has to outlive it.
  memory_client(memory_link link, std::string peer, client_events& events);

  /// Cuts what is still open, without a call.
  ~memory_client();
  memory_client(const memory_client&) = delete;
  memory_client& operator=(const memory_client&) = delete;

  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }

  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::frames; }

  /// Asks for something over HTTP, or for an upgrade.
  void call(http_call what);
  void upgrade();

  /// False, and nothing sent: it is not open, or 4 MiB are under way already.
  bool send(std::string text);
  void close(int code, std::string_view reason);

  /// The connection is gone; the exchange hears of it behind what was sent.
  void cut();

  /// Reads nothing until it goes on.
  void hold(bool still) { link_.down->hold(still); }

  /// What was sent stays under way until it goes on.
  void hold_sent(bool still) { link_.up->hold(still); }

  /// Sent, and not there yet.
  [[nodiscard]] std::size_t sent_bytes() const noexcept { return link_.up->bytes(); }

  /// Leaves close frames unanswered from now on.
  void ignore_close() noexcept { answers_close_ = false; }

private:
  enum class phase : std::uint8_t { http, frames, closing, closed };

  static constexpr std::size_t under_way_max = std::size_t{4} << 20U;

  void take(parcel what);
  void take_text(std::string_view text);
  void fail(int code);
  void end(int code, std::string_view reason);

  memory_link link_;
  std::string peer_;
  client_events& events_;
  phase phase_ = phase::http;
  bool answers_close_ = true;
  bool is_lost_ = false; // in half a frame
};

} // namespace cafnode::sim
