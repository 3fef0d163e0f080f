#include "sim/wire/connection.hpp"

#include "sim/deribit/signature.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::size_t reads_per_turn = 4; // so that one busy client does not starve the others
constexpr std::size_t calls_per_turn = 32;
constexpr std::size_t unread_answers_max = 256 * 1024; // beyond it no further request of the caller is served
constexpr int no_status = 1005;

} // namespace

connection::connection(std::uint64_t id, std::string peer, std::unique_ptr<transport> line, connection_events& events,
                       connection_limits limits)
    : id_{id}, peer_{std::move(peer)}, line_{std::move(line)}, events_{events}, limits_{limits} {}

void connection::start() {
  advance_handshake();
}

void connection::advance_handshake() {
  if (phase_ != phase::handshake)
    return;
  const auto self = shared_from_this();
  switch (line_->handshake().status) {
  case io_status::ok:
    phase_ = phase::http;
    http_ = std::make_unique<http_reader>(limits_.header_bytes_max, limits_.request_bytes_max);
    return on_readable();
  case io_status::wait_read:
    return line_->when_readable([self] { self->advance_handshake(); });
  case io_status::wait_write:
    return line_->when_writable([self] { self->advance_handshake(); });
  case io_status::closed:
    return end({1006, "TLS handshake failed", "client"}, false);
  }
}

void connection::wait_to_read() {
  if (reading_ || frozen_ || resting_ || phase_ == phase::closed)
    return;
  reading_ = true;
  line_->when_readable([self = shared_from_this()] {
    self->reading_ = false;
    if (!self->frozen_)
      self->on_readable();
  });
}

void connection::on_readable() {
  thread_local std::array<char, 64 * 1024> scratch; // shared by all: an idle connection owns no read buffer
  const auto self = shared_from_this();
  for (std::size_t turn = 0; turn < reads_per_turn && phase_ != phase::closed && !frozen_ && !resting_; ++turn) {
    const io_result got = line_->read(scratch);
    if (got.status == io_status::closed)
      return on_lost();
    if (got.status != io_status::ok)
      break;
    spoken_ = true;
    consume({scratch.data(), got.bytes});
    if (got.bytes < scratch.size() && !line_->encrypted())
      break;
  }
  wait_to_read();
}

void connection::consume(std::string_view bytes) {
  if (frames_)
    return consume_frames(bytes);
  if (input_.size() + bytes.size() > limits_.header_bytes_max + limits_.request_bytes_max + (64U << 10U))
    return end({1006, "request too large", "server"}, false);
  input_.append(bytes);
  consume_http();
}

void connection::consume_http() {
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

void connection::serve(http_reader::state outcome) {
  busy_ = true;
  keep_alive_ = false;
  if (outcome != http_reader::state::complete)
    return respond(outcome == http_reader::state::broken ? 400 : 413, "{}");
  http_call call = http_->take();
  keep_alive_ = call.keep_alive;
  events_.on_call(*this, std::move(call));
}

void connection::rest() {
  resting_ = true;
  line_->when_writable([self = shared_from_this()] {
    self->resting_ = false;
    self->consume_http();
    self->wait_to_read();
  });
}

void connection::consume_frames(std::string_view bytes) {
  const int fault = frames_->feed(bytes, [this](const ws_message& message) { return on_frame(message); });
  if (fault != 0)
    close(fault, "protocol error");
}

bool connection::on_frame(const ws_message& message) {
  if (message.op == opcode::close) {
    on_close_frame(message.payload);
    return false;
  }
  if (phase_ != phase::websocket)
    return phase_ == phase::closing; // only the client's close frame counts by now
  if (message.op == opcode::ping)
    send(std::make_shared<const std::string>(encode_frame(opcode::pong, message.payload)));
  else if (message.too_large)
    events_.on_oversized(*this);
  else if (message.op == opcode::text)
    events_.on_message(*this, message.payload);
  else if (message.op == opcode::binary)
    close(1003, "text frames only");
  return phase_ != phase::closed;
}

void connection::on_close_frame(std::string_view payload) {
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
  queue_.push_back(code == no_status ? std::make_shared<const std::string>(encode_frame(opcode::close, ""))
                                     : close_frame(code, ""));
  queued_bytes_ += queue_.back()->size();
  flush();
}

void connection::on_lost() {
  if (phase_ == phase::closing)
    return end(pending_close_, false);
  end({1006, "", phase_ == phase::websocket ? "network" : "client"}, false);
}

void connection::send(frame_ptr bytes, bool flush_now) {
  if (!is_open())
    return;
  if (queued_bytes_ + bytes->size() > limits_.queue_bytes_max && queued_bytes_ > 0)
    return events_.on_too_slow(*this);
  queued_bytes_ += bytes->size();
  ++frames_sent_;
  queue_.push_back(std::move(bytes));
  if (flush_now)
    flush();
}

void connection::flush() {
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

bool connection::write_some() {
  std::array<std::string_view, 32> pieces;
  std::size_t count = 0;
  for (std::size_t at = queue_head_; at < queue_.size() && count < pieces.size(); ++at)
    pieces[count++] = *queue_[at];
  pieces[0].remove_prefix(head_offset_);
  const io_result done = line_->write({pieces.data(), count});
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
    done.status == io_status::wait_write ? line_->when_writable(again) : line_->when_readable(again);
    return false;
  }
  queued_bytes_ -= done.bytes;
  head_offset_ += done.bytes;
  while (queue_head_ < queue_.size() && head_offset_ >= queue_[queue_head_]->size()) {
    head_offset_ -= queue_[queue_head_]->size();
    queue_[queue_head_++].reset();
  }
  if (queue_head_ > 1024 && queue_head_ * 2 > queue_.size()) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(queue_head_));
    queue_head_ = 0;
  }
  return true;
}

void connection::respond(int status, std::string_view body, std::string_view content_type) {
  if (phase_ != phase::http || !busy_)
    return;
  const auto self = shared_from_this();
  busy_ = false;
  send(std::make_shared<const std::string>(write_http(status, body, keep_alive_, content_type)), false);
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

void connection::upgrade(std::string_view client_key) {
  if (phase_ != phase::http)
    return;
  send(std::make_shared<const std::string>(write_upgrade(websocket_accept(client_key))));
  phase_ = phase::websocket;
  http_.reset();
  frames_ = std::make_unique<frame_reader>(limits_.request_bytes_max);
}

void connection::refuse(int status) {
  keep_alive_ = false;
  respond(status, "{}");
}

void connection::close(int code, std::string_view reason, std::string_view by) {
  if (!is_open())
    return;
  if (phase_ != phase::websocket)
    return finish(by);
  pending_close_ = {code, std::string{reason}, std::string{by}};
  queue_.push_back(close_frame(code, reason));
  queued_bytes_ += queue_.back()->size();
  phase_ = phase::closing;
  flush();
  wait_to_read();
}

void connection::finish(std::string_view by) {
  end({1006, "", std::string{by}}, false);
}

void connection::reset(std::string_view by) {
  end({1006, "", std::string{by}}, true);
}

void connection::expire_close() {
  if (phase_ == phase::closing)
    end(pending_close_, false);
}

void connection::freeze(bool still) {
  const bool thawed = frozen_ && !still;
  frozen_ = still;
  if (thawed && phase_ != phase::handshake)
    wait_to_read();
}

void connection::end(close_report why, bool hard) {
  if (phase_ == phase::closed)
    return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  hard ? line_->reset() : line_->close();
  queue_.clear();
  queue_head_ = 0;
  queued_bytes_ = 0;
  events_.on_closed(*this, why);
}

} // namespace cafnode::sim
