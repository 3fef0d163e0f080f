#pragma once

#include "runtime/net/dial_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {

class io_context;

} // namespace boost::asio

namespace cafnode::net {

/// Why a link is no more. Append, never renumber: the names appear in events and metrics.
enum class close_cause : std::uint8_t {
  by_us = 0,           // close() ran its course
  by_peer = 1,         // the peer sent a close frame; code and reason are its own
  reset = 2,           // the TCP connection broke without a close frame
  resolve_failed = 3,  // the host name has no address
  refused = 4,         // no TCP connection
  tls_failed = 5,      // certificate, name, handshake, or a record or an alert later on
  upgrade_refused = 6, // the server answered the WebSocket upgrade with another status; code is that HTTP status
  timed_out = 7,       // the one deadline for dialing passed
  protocol_error = 8,  // the peer broke the WebSocket protocol, invalid UTF-8 included
  frame_too_big = 9,   // a message beyond link_limits::frame_bytes_max
  queue_full = 10,     // more waits to be sent than link_limits::queue_bytes_max: the peer does not read
};

/// The name as events and metrics show it, for example "timed_out".
[[nodiscard]] std::string_view to_string(close_cause cause) noexcept;

struct close_info {
  close_cause cause = close_cause::reset;
  std::uint16_t code = 0;                   // the peer's close code or HTTP status; 0 when there is none
  std::string reason;                       // the peer's own words, cut at 123 bytes
  std::string detail;                       // for a person: what failed, at which address
  std::uint16_t http_status = 0;            // what the server answered to the upgrade, where that is what failed; or 0
  std::chrono::milliseconds retry_after{0}; // the server asked not to be dialed again before (Retry-After); or 0
  bool at_home = false;                     // this machine lacks something: room for open files, a trust store
};

struct link_limits {
  std::size_t frame_bytes_max = std::size_t{4} << 20U; // bytes of one message
  std::size_t queue_bytes_max = std::size_t{1} << 20U; // bytes that wait to be written
};

/// Hears of a link's life. All calls come on the thread that runs the link's io_context, none but that of a ping from
/// inside a call to the link, and none after the link is destroyed.
class ws_link_handler {
public:
  virtual ~ws_link_handler() = default;

  /// The upgrade is done: the link can send, and delivers frames on demand.
  virtual void on_link_open() = 0;

  /// One whole text message, after `read_next()`. It can be looked at through `frame()` until the next `read_next()`.
  virtual void on_link_frame() = 0;

  /// The peer sent a ping, which the link answers by itself. May come from inside `read_next()`, and only while a
  /// message is awaited.
  virtual void on_link_ping() {}

  /// The last call, exactly once for each `open()`.
  virtual void on_link_closed(const close_info& info) = 0;
};

/// One WebSocket connection as a client. Owned by one actor, used on one thread only.
///
/// The owner asks for each message with `read_next()`, so a slow owner slows its peer (TCP pushes back) and nothing
/// piles up here. Destroying the link closes the socket at once and silently.
class ws_link {
public:
  virtual ~ws_link() = default;

  /// Dials and upgrades, all within `options.deadline`. Once a link.
  virtual void open() = 0;

  /// The owner has come as far as it wanted to: the peer's address is good. A link that ends without this (TLS, the
  /// upgrade, a login that hangs) counts against its address, and the next dial on this io_context starts at another.
  virtual void proven() {}

  /// The link is about to end for what is not its address's fault, as a login that was refused: it does not count.
  virtual void acquit() {}

  /// Asks for the next message. Once for each on_link_open or on_link_frame.
  virtual void read_next() = 0;

  /// The message last delivered. At least `frame_padding` bytes behind its end may be read (their content is
  /// arbitrary).
  [[nodiscard]] virtual std::string_view frame() const noexcept = 0;

  /// Sends `text` as one text message; the bytes are copied. A full queue ends the link with queue_full.
  /// False when the link is not open: nothing was sent.
  virtual bool send(std::string_view text) = 0;

  /// Sends a close frame and ends with by_us once the peer answers, or after two seconds without its answer.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;

  /// The other side for a person: "ex.test:443", and "ex.test:443 (192.0.2.1)" once there is a connection.
  [[nodiscard]] virtual std::string peer() const { return {}; }

  /// Bytes accepted by send() and not yet written to the socket.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

  /// Bytes that the peer has sent so far, also those that make no message, or none yet: pings, a part of a large one.
  [[nodiscard]] virtual std::uint64_t bytes_received() const noexcept { return 0; }
};

/// What a JSON parser may read behind the end of a frame.
inline constexpr std::size_t frame_padding = 64;

/// Makes a link on `io`, whose calls go to `handler`; both outlive the link. The implementation is Beast's,
/// behind this header, so that its templates are compiled once.
[[nodiscard]] std::unique_ptr<ws_link> make_ws_link(boost::asio::io_context& io, dial_options options,
                                                    link_limits limits, ws_link_handler& handler);

} // namespace cafnode::net
