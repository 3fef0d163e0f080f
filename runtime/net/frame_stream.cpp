#include "runtime/net/frame_stream.hpp"

#include <openssl/crypto.h>

#include <cerrno>
#include <sys/socket.h>

namespace cafnode::net {

namespace {

// What a peer may have sent since the last read; unread bytes would make the close a reset.
constexpr int leftover_blocks_max = 64;

io_step outcome_of_socket(ssize_t moved) {
  if (moved > 0)
    return {tls_outcome::done, static_cast<std::size_t>(moved), {}};
  if (moved == 0)
    return {tls_outcome::ended, 0, boost::asio::error::eof};
  return {tls_outcome::failed, 0, {errno, boost::system::system_category()}};
}

bool would_block(const io_step& step) {
  const int error = step.error.value();
  return step.outcome == tls_outcome::failed && (error == EAGAIN || error == EWOULDBLOCK || error == EINTR);
}

io_step outcome_of_tls(tls_step step, const tls_session& tls) {
  switch (step.outcome) {
  case tls_outcome::ended:
    return {step.outcome, 0, boost::asio::error::eof};
  case tls_outcome::failed:
    return {step.outcome, 0, {tls.fault_errno(), boost::system::system_category()}};
  default:
    return {step.outcome, step.bytes, {}};
  }
}

} // namespace

void frame_stream::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

void frame_stream::finish_sending() noexcept {
  error_code ignored;
  if (tls_)
    tls_->say_goodbye();
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void frame_stream::close_in_order() noexcept {
  if (!socket_.is_open())
    return;
  finish_sending();
  char scratch[4096];
  for (int block = 0; block < leftover_blocks_max; ++block)
    if (::recv(socket_.native_handle(), scratch, sizeof scratch, MSG_DONTWAIT) <= 0)
      break;
  close();
}

io_step frame_stream::read_wire(void* into, std::size_t size) {
  const auto step = try_read_wire(into, size);
  received_ += step.bytes;
  return step;
}

io_step frame_stream::try_read_wire(void* into, std::size_t size) {
  if (tls_)
    return outcome_of_tls(tls_->read(into, size), *tls_);
  auto step = outcome_of_socket(::recv(socket_.native_handle(), into, size, MSG_DONTWAIT));
  if (would_block(step))
    step.outcome = tls_outcome::wants_read;
  return step;
}

void frame_stream::take_answer(std::size_t count, std::chrono::system_clock::time_point now) {
  head_->took(count, now);
  if (head_->where() != upgrade_head::state::accepted)
    return;
  const auto frames = head_->frames();
  passed(frames.data(), frames.size());
}

void frame_stream::passed(void* frames, std::size_t count) noexcept {
  watch_.pass(static_cast<char*>(frames), count);
}

io_step frame_stream::read_now(void* into, std::size_t size) {
  if (!head_) {
    const auto step = read_wire(into, size);
    passed(into, step.bytes);
    return step;
  }
  while (head_->where() == upgrade_head::state::reading) {
    const auto room = head_->room();
    const auto step = read_wire(room.data(), room.size());
    if (step.outcome == tls_outcome::wants_read || step.outcome == tls_outcome::wants_write)
      return step;
    const auto now = std::chrono::system_clock::now();
    if (step.outcome == tls_outcome::done)
      take_answer(step.bytes, now);
    else if (head_->ended(now); head_->where() == upgrade_head::state::reading)
      return step;
  }
  if (head_->where() != upgrade_head::state::accepted)
    return {tls_outcome::ended, 0, boost::asio::error::eof};
  return {tls_outcome::done, head_->give(static_cast<char*>(into), size), {}};
}

io_step frame_stream::write_now(const void* from, std::size_t size) {
  if (broken_)
    return {tls_outcome::done, size, {}};
  auto step = tls_ ? outcome_of_tls(tls_->write(from, size), *tls_)
                   : outcome_of_socket(::send(socket_.native_handle(), from, size, MSG_DONTWAIT | MSG_NOSIGNAL));
  if (!tls_ && would_block(step))
    step.outcome = tls_outcome::wants_write;
  if (step.outcome != tls_outcome::ended && step.outcome != tls_outcome::failed)
    return step;
  broken_ = step.error;
  return {tls_outcome::done, size, {}};
}

bool frame_stream::must_wait() const noexcept {
  if (head_ && head_->has_bytes())
    return false;
  return !tls_ || tls_->socket_drained();
}

void frame_stream::wipe(void* bytes, std::size_t size) noexcept {
  OPENSSL_cleanse(bytes, size);
}

} // namespace cafnode::net
