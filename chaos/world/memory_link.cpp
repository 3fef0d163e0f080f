#include "chaos/world/memory_link.hpp"

#include "runtime/base/invariant.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::chaos {

using namespace std::chrono_literals;

namespace {

constexpr auto close_limit = 2s; // as the real link has it
constexpr int no_close_frame = 1006;
constexpr int protocol_broken = 1002;
constexpr int not_utf8 = 1007;

} // namespace

memory_link::memory_link(sim::virtual_exchange& exchange, sim::agenda& time, const link_weather& weather,
                         net::dial_options options, net::link_limits limits, net::ws_link_handler& handler)
    : exchange_{exchange},
      time_{time},
      weather_{weather},
      options_{std::move(options)},
      limits_{limits},
      handler_{handler},
      self_{std::make_shared<memory_link*>(this)} {}

memory_link::~memory_link() = default;

// -- what a network does ----------------------------------------------------------------------------------------------

void memory_link::cut() {
  if (client_ && phase_ != phase::closed)
    client_->cut();
}

void memory_link::hold(bool still) {
  if (client_) {
    client_->hold(still);
    client_->hold_sent(still);
  }
}

// -- the owner's calls ------------------------------------------------------------------------------------------------

void memory_link::open() {
  CAFNODE_INVARIANT(phase_ == phase::idle, "a link was opened twice");
  phase_ = phase::dialing;
  later(options_.deadline, &memory_link::give_up_dial);
  if (weather_.refuses) {
    end_ = {net::close_cause::refused, 0, {}, fmt::format("{} refused the connection", peer())};
    return later(0ms, &memory_link::tell_end);
  }
  if (!weather_.hangs)
    later(0ms, &memory_link::dial);
}

void memory_link::read_next() {
  wants_ = true;
  if (!waiting_.empty())
    later(0ms, &memory_link::deliver);
  else if (is_over_)
    later(0ms, &memory_link::tell_end);
}

bool memory_link::send(std::string_view text) {
  if (phase_ != phase::open)
    return false;
  if (queued_bytes() + text.size() <= limits_.queue_bytes_max && client_->send(std::string{text}))
    return true;
  phase_ = phase::closing;
  end_ = {net::close_cause::queue_full, 0, {}, fmt::format("{} does not read", peer())};
  later(0ms, &memory_link::tell_end);
  return true; // as the real link: it is lost with the link, which is told
}

void memory_link::close(std::uint16_t code, std::string_view reason) {
  if (phase_ == phase::closing || phase_ == phase::closed)
    return;
  const bool was_open = phase_ == phase::open;
  phase_ = phase::closing;
  end_ = {net::close_cause::by_us, 0, {}, "closed by us"};
  if (!was_open)
    return later(0ms, &memory_link::tell_end);
  client_->close(code, reason);
  later(close_limit, &memory_link::give_up_close);
}

std::string memory_link::peer() const {
  return fmt::format("{}:{}", options_.host, options_.port);
}

std::size_t memory_link::queued_bytes() const noexcept {
  return client_ ? client_->sent_bytes() : 0;
}

// -- what is due ------------------------------------------------------------------------------------------------------

void memory_link::later(base::duration wait, void (memory_link::*what)()) {
  time_.at(time_.now().steady + wait, [self = std::weak_ptr{self_}, what] {
    if (const auto link = self.lock())
      ((*link)->*what)();
  });
}

void memory_link::dial() {
  if (phase_ != phase::dialing)
    return;
  client_ = exchange_.connect(*this);
  client_->upgrade();
}

void memory_link::deliver() {
  if (!wants_ || waiting_.empty() || phase_ == phase::closed)
    return;
  wants_ = false;
  frame_ = std::move(waiting_.front());
  waiting_.pop_front();
  frame_bytes_ = frame_.size();
  frame_.resize(frame_bytes_ + net::frame_padding, ' ');
  handler_.on_link_frame();
}

void memory_link::give_up_dial() {
  if (phase_ == phase::dialing)
    end({net::close_cause::timed_out, 0, {}, fmt::format("{} did not answer in time", peer())});
}

void memory_link::give_up_close() {
  if (phase_ == phase::closing)
    tell_end();
}

void memory_link::tell_end() {
  end(std::exchange(end_, {}));
}

/// The client's own calls may be on the stack, so it goes later, with this.
void memory_link::end(net::close_info why) {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  if (client_)
    client_->cut();
  handler_.on_link_closed(why);
}

// -- what comes -------------------------------------------------------------------------------------------------------

void memory_link::on_answer(int status, std::string_view) {
  net::close_info why{net::close_cause::upgrade_refused,
                      static_cast<std::uint16_t>(status),
                      {},
                      fmt::format("{} answered {}", peer(), status)};
  why.http_status = why.code;
  end(std::move(why));
}

void memory_link::on_open() {
  if (phase_ != phase::dialing)
    return;
  phase_ = phase::open;
  handler_.on_link_open();
}

void memory_link::on_text(std::string_view text) {
  received_ += text.size();
  waiting_.emplace_back(text);
  deliver();
}

void memory_link::on_binary() {
  end({net::close_cause::protocol_error, 0, {}, fmt::format("{} sent a binary message", peer())});
}

/// What had come before the end is still delivered: the real link reads up to it.
void memory_link::on_end(int code, std::string_view reason) {
  if (phase_ == phase::closing)
    return tell_end();
  if (phase_ == phase::closed)
    return;
  end_ = {net::close_cause::by_peer, static_cast<std::uint16_t>(code), std::string{reason}, peer() + " closed"};
  if (code == no_close_frame)
    end_ = {net::close_cause::reset, 0, {}, peer() + " is gone"};
  if (code == protocol_broken || code == not_utf8)
    end_ = {net::close_cause::protocol_error, 0, {}, peer() + " broke the protocol"};
  is_over_ = true;
  if (waiting_.empty())
    tell_end();
}

} // namespace cafnode::chaos
