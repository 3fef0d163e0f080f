#include "sim/wire/socket_line.hpp"

#include "sim/wire/ws_handshake.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::size_t reads_per_turn = 4; // so that one busy client does not starve the others
constexpr std::size_t calls_per_turn = 32;
constexpr std::size_t unread_answers_max = 256 * 1024; // beyond it no further request of the caller is served
constexpr int no_status = 1005;
constexpr std::size_t frames_per_write = transport::pieces_max / 2; // a head and a text each

} // namespace

socket_line::socket_line(std::uint64_t id, std::string peer, std::unique_ptr<transport> bytes, line_events& events,
                         line_limits limits)
    : id_{id}, peer_{std::move(peer)}, bytes_{std::move(bytes)}, events_{events}, limits_{limits} {}

void socket_line::start() {
  advance_handshake();
}

void socket_line::advance_handshake() {
  if (phase_ != phase::handshake)
    return;
  const auto self = shared_from_this();
  switch (bytes_->handshake().status) {
  case io_status::ok:
    phase_ = phase::http;
    http_ = std::make_unique<http_reader>(limits_.header_bytes_max, limits_.request_bytes_max);
    return on_readable();
  case io_status::wait_read:
    return bytes_->when_readable([self] { self->advance_handshake(); });
  case io_status::wait_write:
    return bytes_->when_writable([self] { self->advance_handshake(); });
  case io_status::closed:
    return end({1006, "TLS handshake failed", "client"}, false);
  }
}

void socket_line::wait_to_read() {
  if (reading_ || frozen_ || resting_ || phase_ == phase::closed)
    return;
  reading_ = true;
  bytes_->when_readable([self = shared_from_this()] {
    self->reading_ = false;
    if (!self->frozen_)
      self->on_readable();
  });
}

void socket_line::on_readable() {
  thread_local std::array<char, 64 * 1024> scratch; // shared by all: an idle connection owns no read buffer
  const auto self = shared_from_this();
  for (std::size_t turn = 0; turn < reads_per_turn && phase_ != phase::closed && !frozen_ && !resting_; ++turn) {
    const io_result got = bytes_->read(scratch);
    if (got.status == io_status::closed)
      return on_lost();
    if (got.status != io_status::ok)
      break;
    spoken_ = true;
    consume({scratch.data(), got.bytes});
    if (got.bytes < scratch.size() && !bytes_->encrypted())
      break;
  }
  wait_to_read();
}

void socket_line::consume(std::string_view bytes) {
  if (frames_)
    return consume_frames(bytes);
  if (input_.size() + bytes.size() > limits_.header_bytes_max + limits_.request_bytes_max + (64U << 10U))
    return end({1006, "request too large", "server"}, false);
  input_.append(bytes);
  consume_http();
}

void socket_line::consume_http() {
  if (serving_ || resting_)
    return; // an answer was given at once: the loop that is under way goes on
  serving_ = true;
  std::size_t taken = 0; // of the input; cut off once, since a sender decides how many requests it holds
  for (std::size_t calls = 0; phase_ == phase::http && !busy_ && taken < input_.size(); ++calls) {
    if (calls == calls_per_turn || queued_bytes_ > unread_answers_max) {
      rest();
      break;
    }
    std::size_t used = 0;
    const auto outcome = http_->feed(std::string_view{input_}.substr(taken), used);
    taken += used;
    if (outcome == http_reader::state::unfinished)
      break;
    serve(outcome);
  }
  input_.erase(0, taken);
  serving_ = false;
  if (frames_ && !input_.empty()) // frames that came right behind the upgrade
    consume_frames(std::exchange(input_, {}));
}

void socket_line::serve(http_reader::state outcome) {
  busy_ = true;
  keep_alive_ = false;
  if (outcome != http_reader::state::complete)
    return respond(outcome == http_reader::state::broken ? 400 : 413, "{}");
  http_call call = http_->take();
  keep_alive_ = call.keep_alive;
  events_.on_call(*this, std::move(call));
}

void socket_line::rest() {
  resting_ = true;
  bytes_->when_writable([self = shared_from_this()] {
    self->resting_ = false;
    self->consume_http();
    self->wait_to_read();
  });
}

void socket_line::consume_frames(std::string_view bytes) {
  const int fault = frames_->feed(bytes, [this](const ws_message& message) { return on_frame(message); });
  if (fault != 0)
    close(fault, "protocol error");
}

bool socket_line::on_frame(const ws_message& message) {
  if (message.op == opcode::close) {
    on_close_frame(message.payload);
    return false;
  }
  if (phase_ != phase::websocket)
    return phase_ == phase::closing; // only the client's close frame counts by now
  if (message.op == opcode::ping)
    put({make_frame(encode_frame(opcode::pong, message.payload))}, true);
  else if (message.too_large)
    events_.on_oversized(*this);
  else if (message.op == opcode::text)
    events_.on_message(*this, message.payload);
  else if (message.op == opcode::binary)
    close(1003, "text frames only");
  return phase_ != phase::closed;
}

void socket_line::on_close_frame(std::string_view payload) {
  if (phase_ == phase::closing) {
    close_after_flush_ = true;
    return flush();
  }
  int code = no_status;
  if (payload.size() >= 2)
    code = static_cast<std::uint8_t>(payload[0]) * 256 + static_cast<std::uint8_t>(payload[1]);
  phase_ = phase::closing;
  pending_close_ = {code, std::string{payload.substr(std::min<std::size_t>(2, payload.size()))}, "client"};
  close_after_flush_ = true;
  put_close(code == no_status ? encode_frame(opcode::close, "") : close_frame(code, ""));
}

void socket_line::on_lost() {
  if (phase_ == phase::closing)
    return end(pending_close_, false);
  end({1006, "", phase_ == phase::websocket ? "network" : "client"}, false);
}

std::size_t socket_line::outgoing::size() const noexcept {
  return bytes->size() + (is_text ? frame_head{opcode::text, bytes->size()}.text().size() : 0);
}

void socket_line::send(frame_text text, bool flush_now) {
  put({std::move(text), true}, flush_now);
}

void socket_line::send_bad(bad_frame kind) {
  put({make_frame(encode_bad(kind))}, true);
}

void socket_line::put(outgoing what, bool flush_now) {
  if (!is_open())
    return;
  const std::size_t size = what.size();
  if (queued_bytes_ + size > limits_.queue_bytes_max && queued_bytes_ > 0)
    return events_.on_too_slow(*this);
  queued_bytes_ += size;
  ++frames_sent_;
  queue_.push_back(std::move(what));
  if (flush_now)
    flush();
}

void socket_line::put_close(std::string frame) {
  queue_.push_back({make_frame(std::move(frame))});
  queued_bytes_ += queue_.back().size();
  flush();
}

void socket_line::flush() {
  if (writing_ || phase_ == phase::closed)
    return;
  const auto self = shared_from_this();
  while (queue_head_ < queue_.size())
    if (!write_some())
      return;
  queue_.clear();
  queue_head_ = 0;
  if (queue_.capacity() > 64)
    queue_.shrink_to_fit();
  if (close_after_flush_)
    end(pending_close_, false);
}

bool socket_line::write_some() {
  const io_result done = write_front();
  if (done.status == io_status::closed) {
    on_lost();
    return false;
  }
  if (done.status != io_status::ok) {
    writing_ = true;
    auto again = [self = shared_from_this()] {
      self->writing_ = false;
      self->flush();
    };
    done.status == io_status::wait_write ? bytes_->when_writable(again) : bytes_->when_readable(again);
    return false;
  }
  forget_written(done.bytes);
  return true;
}

io_result socket_line::write_front() {
  std::array<frame_head, frames_per_write> heads;
  std::array<std::string_view, transport::pieces_max> pieces;
  std::size_t count = 0;
  std::size_t skip = head_offset_;
  for (std::size_t at = 0; at < heads.size() && queue_head_ + at < queue_.size(); ++at) {
    const outgoing& next = queue_[queue_head_ + at];
    if (next.is_text)
      heads[at] = frame_head{opcode::text, next.bytes->size()};
    for (const std::string_view part : {heads[at].text(), std::string_view{*next.bytes}}) {
      const std::size_t written = std::min(skip, part.size());
      skip -= written;
      if (written < part.size())
        pieces[count++] = part.substr(written);
    }
  }
  return bytes_->write({pieces.data(), count});
}

void socket_line::forget_written(std::size_t bytes) {
  queued_bytes_ -= bytes;
  head_offset_ += bytes;
  while (queue_head_ < queue_.size() && head_offset_ >= queue_[queue_head_].size()) {
    head_offset_ -= queue_[queue_head_].size();
    queue_[queue_head_++].bytes.reset();
  }
  if (queue_head_ > 1024 && queue_head_ * 2 > queue_.size()) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(queue_head_));
    queue_head_ = 0;
  }
}

void socket_line::respond(int status, std::string_view body) {
  if (phase_ != phase::http || !busy_)
    return;
  const auto self = shared_from_this();
  busy_ = false;
  put({make_frame(write_http(status, body, keep_alive_))}, false);
  if (phase_ == phase::closed)
    return; // too slow for it
  if (!keep_alive_) {
    phase_ = phase::closing;
    pending_close_ = {1006, "", "server"};
    close_after_flush_ = true;
  }
  flush();
  consume_http();
}

void socket_line::upgrade(const http_call& call) {
  if (phase_ != phase::http)
    return;
  put({make_frame(write_upgrade(call.header("sec-websocket-key")))}, true);
  phase_ = phase::websocket;
  http_.reset();
  frames_ = std::make_unique<frame_reader>(limits_.request_bytes_max);
}

void socket_line::refuse(int status) {
  keep_alive_ = false;
  respond(status, "{}");
}

void socket_line::close(int code, std::string_view reason, std::string_view by) {
  if (!is_open())
    return;
  if (phase_ != phase::websocket)
    return finish(by);
  pending_close_ = {code, std::string{reason}, std::string{by}};
  phase_ = phase::closing;
  put_close(close_frame(code, reason));
  wait_to_read();
}

void socket_line::finish(std::string_view by) {
  end({1006, "", std::string{by}}, false);
}

void socket_line::reset(std::string_view by) {
  end({1006, "", std::string{by}}, true);
}

void socket_line::expire_close() {
  if (phase_ == phase::closing)
    end(pending_close_, false);
}

void socket_line::freeze(bool still) {
  const bool thawed = frozen_ && !still;
  frozen_ = still;
  if (thawed && phase_ != phase::handshake)
    wait_to_read();
}

void socket_line::end(close_report why, bool hard) {
  if (phase_ == phase::closed)
    return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  hard ? bytes_->reset() : bytes_->close();
  queue_.clear();
  queue_head_ = 0;
  queued_bytes_ = 0;
  events_.on_closed(*this, why);
}

} // namespace cafnode::sim
