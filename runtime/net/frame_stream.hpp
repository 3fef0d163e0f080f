#pragma once

#include "runtime/net/asio_types.hpp"
#include "runtime/net/close_watch.hpp"
#include "runtime/net/link_stream.hpp"
#include "runtime/net/upgrade_head.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/async_base.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace cafnode::net {

/// What one try to read or write came to.
struct io_step {
  tls_outcome outcome = tls_outcome::failed;
  std::size_t bytes = 0;
  error_code error;
};

/// A link_stream on which a WebSocket is spoken: it knows the answer to the upgrade, leaves no copy of a frame behind,
/// and closes in order. One read and one write at a time; one thread.
///
/// A write that fails is told to nobody here: what the peer had sent before, a close frame above all, is still to be
/// read. Whoever writes looks at `broken()`.
class frame_stream {
public:
  using executor_type = io_executor;

  /// Takes over what was dialed.
  explicit frame_stream(link_stream dialed) : socket_{std::move(dialed.socket())}, tls_{dialed.take_tls()} {}

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

  [[nodiscard]] tcp_socket& socket() noexcept { return socket_; }

  [[nodiscard]] const tls_session* tls() const noexcept { return tls_.get(); }

  /// What is read next is a server's answer to the upgrade: it ends with its head.
  void expect_answer() { head_ = std::make_unique<upgrade_head>(); }

  /// That answer; null when none is expected any more.
  [[nodiscard]] upgrade_head* answer() noexcept { return head_.get(); }

  /// From now on what is written lies in memory that may be overwritten, and is, once the socket has it.
  void carry_frames() noexcept { carries_frames_ = true; }

  /// The first write that failed; from then on all that is written is dropped.
  [[nodiscard]] const error_code& broken() const noexcept { return broken_; }

  /// All that was read so far, whatever it was.
  [[nodiscard]] std::uint64_t bytes_received() const noexcept { return received_; }

  /// Drops the connection at once.
  void close() noexcept;

  /// Tells the peer that nothing more will come, without waiting for it.
  void finish_sending() noexcept;

  /// Does both; what came meanwhile is dropped first, since it would make the close a reset.
  void close_in_order() noexcept;

  /// The close code that the peer sent, where Beast read `code`.
  [[nodiscard]] std::uint16_t close_code(std::uint16_t code) const noexcept { return watch_.sent(code); }

  /// `count` bytes of frames were read, and lie there until they are handed on.
  void passed(void* frames, std::size_t count) noexcept;

  // One try each.
  [[nodiscard]] io_step read_now(void* into, std::size_t size);
  [[nodiscard]] io_step write_now(const void* from, std::size_t size);

  template<class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler);

  template<class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler);

  /// Overwrites the first `count` bytes of what was written: Beast masks each frame into memory that it keeps.
  template<class Buffers>
  void forget_written(const Buffers& buffers, std::size_t count) noexcept;

  static void wipe(void* bytes, std::size_t size) noexcept;

private:
  [[nodiscard]] io_step read_wire(void* into, std::size_t size);
  [[nodiscard]] io_step try_read_wire(void* into, std::size_t size);
  void take_answer(std::size_t count, std::chrono::system_clock::time_point now);
  [[nodiscard]] bool must_wait() const noexcept;

  tcp_socket socket_;
  std::unique_ptr<tls_session> tls_;
  std::unique_ptr<upgrade_head> head_;
  close_watch watch_;
  error_code broken_;
  std::uint64_t received_ = 0;
  bool carries_frames_ = false;
};

namespace detail {

/// A read or write that waits for the socket as often as it has to; `Attempt` makes one try.
template<class Attempt, class Handler>
class stream_op : public boost::beast::async_base<Handler, io_executor> {
public:
  stream_op(frame_stream& stream, Attempt attempt, bool wait_first, Handler handler)
      : boost::beast::async_base<Handler, io_executor>{std::move(handler), stream.get_executor()},
        stream_{stream},
        attempt_{std::move(attempt)} {
    if (wait_first)
      stream_.socket().async_wait(tcp_socket::wait_read, std::move(*this));
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
    const io_step made = attempt_(stream_);
    if (made.outcome == tls_outcome::wants_read)
      return stream_.socket().async_wait(tcp_socket::wait_read, std::move(*this));
    if (made.outcome == tls_outcome::wants_write)
      return stream_.socket().async_wait(tcp_socket::wait_write, std::move(*this));
    this->complete(continued, made.error, made.bytes);
  }

  frame_stream& stream_;
  Attempt attempt_;
};

/// Gathers small buffers, so that a frame's header and its payload travel in one TLS record and one packet.
template<class Buffers>
struct write_attempt {
  Buffers buffers;

  io_step operator()(frame_stream& stream) const {
    static thread_local std::array<char, 8192> scratch;
    const boost::asio::const_buffer first = *boost::asio::buffer_sequence_begin(buffers);
    io_step made;
    if (first.size() >= scratch.size()) {
      made = stream.write_now(first.data(), first.size());
    } else {
      const auto size = boost::asio::buffer_copy(boost::asio::buffer(scratch), buffers);
      made = stream.write_now(scratch.data(), size);
      frame_stream::wipe(scratch.data(), size);
    }
    stream.forget_written(buffers, made.bytes);
    return made;
  }
};

struct read_attempt {
  boost::asio::mutable_buffer into;

  io_step operator()(frame_stream& stream) const { return stream.read_now(into.data(), into.size()); }
};

/// A read without TLS.
template<class Handler>
class plain_read_op : public boost::beast::async_base<Handler, io_executor> {
public:
  plain_read_op(frame_stream& stream, boost::asio::mutable_buffer into, Handler handler)
      : boost::beast::async_base<Handler, io_executor>{std::move(handler), stream.get_executor()},
        stream_{stream},
        into_{into} {
    stream.socket().async_read_some(into, std::move(*this));
  }

  void operator()(error_code error, std::size_t count) {
    stream_.passed(into_.data(), count);
    this->complete_now(error, count);
  }

private:
  frame_stream& stream_;
  boost::asio::mutable_buffer into_;
};

// Beast's own read buffer is smaller; what it is given larger was wiped by its owner.
inline constexpr std::size_t stale_bytes_max = 2048;

} // namespace detail

template<class Buffers, class Handler>
void frame_stream::async_read_some(const Buffers& buffers, Handler&& handler) {
  if (head_ && head_->where() == upgrade_head::state::accepted && !head_->has_bytes())
    head_ = nullptr;
  const auto into = detail::first_filled(buffers);
  if (into.size() <= detail::stale_bytes_max)
    wipe(into.data(), into.size()); // what lay there has been read: it may have been a token
  if (!tls_ && !head_) {
    detail::plain_read_op<std::decay_t<Handler>>{*this, into, std::forward<Handler>(handler)};
    return;
  }
  using op = detail::stream_op<detail::read_attempt, std::decay_t<Handler>>;
  op{*this, detail::read_attempt{into}, must_wait(), std::forward<Handler>(handler)};
}

template<class Buffers, class Handler>
void frame_stream::async_write_some(const Buffers& buffers, Handler&& handler) {
  using op = detail::stream_op<detail::write_attempt<Buffers>, std::decay_t<Handler>>;
  op{*this, detail::write_attempt<Buffers>{buffers}, false, std::forward<Handler>(handler)};
}

template<class Buffers>
void frame_stream::forget_written(const Buffers& buffers, std::size_t count) noexcept {
  if (!carries_frames_)
    return;
  for (auto at = boost::asio::buffer_sequence_begin(buffers);
       count > 0 && at != boost::asio::buffer_sequence_end(buffers); ++at) {
    const boost::asio::const_buffer written = *at;
    const auto size = std::min(count, written.size());
    // Never a constant: a client's frames are masked, so Beast has to copy them.
    wipe(const_cast<void*>(written.data()), size);
    count -= size;
  }
}

/// Found by Beast where it gives up on a connection.
inline void beast_close_socket(frame_stream& stream) {
  stream.close();
}

/// Found by Beast once close frames went both ways or the peer broke the protocol. It does not wait for the peer to
/// close its side, as Beast's own would: a peer that never does must not delay the news.
template<class Handler>
void async_teardown(boost::beast::role_type, frame_stream& stream, Handler&& handler) {
  stream.finish_sending();
  boost::asio::post(stream.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

} // namespace cafnode::net
