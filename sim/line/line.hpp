#pragma once

#include "sim/line/http_call.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace cafnode::sim {

class line;

/// The text of one frame, shared by all who are sent the same.
using frame_text = std::shared_ptr<const std::string>;

[[nodiscard]] inline frame_text make_frame(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// Frames that no exchange should send: half of one, one with reserved bits, one that is not text.
enum class bad_frame : std::uint8_t { half, reserved_bits, binary };

/// What is taken from one client, and kept for it.
struct line_limits {
  static constexpr std::size_t skipped_bytes_max = 1U << 20U; // a longer text ends the line

  std::size_t request_bytes_max = 32 * 1024;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t queue_bytes_max = std::size_t{4} << 20U; // that the client has not taken
};

/// How a line ended.
struct close_report {
  int code = 1006; // 1006: without a close frame
  std::string reason;
  std::string by; // "client", "server", "fault" or "network"
};

/// Whoever speaks over lines: called on their thread, with a line that may be closed from within.
class line_events {
public:
  virtual ~line_events() = default;

  /// A request of HTTP, which waits for `respond`, `upgrade` or `refuse`.
  virtual void on_call(line& from, http_call call) = 0;

  /// A text, which is UTF-8 and lives until the call returns.
  virtual void on_message(line& from, std::string_view text) = 0;

  /// A text that was longer than a request may be; it has been thrown away.
  virtual void on_oversized(line& from) = 0;

  /// What was to be sent has no room: the client does not read. It was not sent.
  virtual void on_too_slow(line& from) = 0;

  /// The last call about this line.
  virtual void on_closed(line& from, const close_report& why) = 0;
};

/// What carries one client: HTTP at first, text frames once it is upgraded. A socket (sim/wire), or two queues in
/// memory (sim/virtual). It ends once, and from then on takes and gives nothing. One thread.
class line {
public:
  line() = default;
  line(const line&) = delete;
  line& operator=(const line&) = delete;
  virtual ~line() = default;

  [[nodiscard]] virtual std::uint64_t id() const noexcept = 0;

  /// The other end's address and port, for people.
  [[nodiscard]] virtual const std::string& peer() const noexcept = 0;

  [[nodiscard]] virtual bool is_encrypted() const noexcept = 0;

  /// Neither closed nor closing.
  [[nodiscard]] virtual bool is_open() const noexcept = 0;

  /// Whether anything has come from the client yet.
  [[nodiscard]] virtual bool has_spoken() const noexcept = 0;

  /// Bytes that the client has not taken.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

  [[nodiscard]] virtual std::uint64_t frames_sent() const noexcept = 0;

  /// Answers the HTTP request that is being served.
  virtual void respond(int status, std::string_view body) = 0;

  /// Answers it by becoming a line of frames.
  virtual void upgrade(const http_call& call) = 0;

  /// Answers it with an error status, and ends.
  virtual void refuse(int status) = 0;

  /// Puts a frame behind what waits. `flush_now` false: `flush()` comes later.
  virtual void send(frame_text text, bool flush_now = true) = 0;
  virtual void send_bad(bad_frame kind) = 0;
  virtual void flush() = 0;

  /// Sends a close frame, waits for the client's a little (see `expire_close`), then ends.
  virtual void close(int code, std::string_view reason, std::string_view by = "server") = 0;

  /// Ends without a close frame: politely, or at once and with all that is under way.
  virtual void finish(std::string_view by) = 0;
  virtual void reset(std::string_view by) = 0;

  /// Ends a line whose client did not answer the close frame.
  virtual void expire_close() = 0;

  /// Stops reading, and goes on later. What has been read is still served.
  virtual void freeze(bool still) = 0;
};

} // namespace cafnode::sim
