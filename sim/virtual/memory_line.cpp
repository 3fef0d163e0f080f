#include "sim/virtual/memory_line.hpp"

#include "runtime/base/json_text.hpp"

#include <utility>

namespace cafnode::sim {

namespace {

constexpr int bad_payload = 1007;
constexpr int too_big = 1009;

} // namespace

memory_line::memory_line(std::uint64_t id, std::string peer, memory_link link, line_events& events, line_limits limits)
    : id_{id}, peer_{std::move(peer)}, link_{std::move(link)}, events_{events}, limits_{limits} {}

void memory_line::start() {
  link_.up->lead_to([self = weak_from_this()](parcel what) {
    if (const auto alive = self.lock())
      alive->take(std::move(what));
  });
}

void memory_line::take(parcel what) {
  if (phase_ == phase::closed)
    return;
  spoken_ = true;
  switch (what.what) {
  case parcel::kind::call:
    return take_call(std::move(*what.call));
  case parcel::kind::text:
    return phase_ == phase::frames ? take_text(*what.text) : void();
  case parcel::kind::close:
    return take_close(what);
  case parcel::kind::end:
    if (phase_ == phase::closing)
      return end(pending_close_);
    return end({1006, "", phase_ == phase::frames ? "network" : "client"});
  case parcel::kind::bad:
  case parcel::kind::answer:
  case parcel::kind::upgraded:
    return; // no client of memory sends such
  }
}

void memory_line::take_call(http_call call) {
  if (phase_ != phase::http)
    return;
  if (!busy_)
    return serve(std::move(call));
  if (calls_.size() < calls_max)
    return calls_.push_back(std::move(call));
  end({1006, "request too large", "server"});
}

void memory_line::serve(http_call call) {
  busy_ = true;
  keep_alive_ = call.keep_alive;
  if (call.body.size() > limits_.request_bytes_max)
    return refuse(413);
  events_.on_call(*this, std::move(call));
}

void memory_line::take_text(std::string_view text) {
  if (text.size() > limits_.skipped_bytes_max)
    return close(too_big, "protocol error");
  if (text.size() > limits_.request_bytes_max)
    return events_.on_oversized(*this);
  if (!base::is_utf8(text))
    return close(bad_payload, "protocol error");
  events_.on_message(*this, text);
}

void memory_line::take_close(const parcel& what) {
  if (phase_ == phase::closing)
    return end(pending_close_);
  if (phase_ != phase::frames)
    return;
  link_.down->put({parcel::kind::close, what.code});
  end({what.code, what.text ? *what.text : "", "client"});
}

void memory_line::respond(int status, std::string_view body) {
  if (phase_ != phase::http || !busy_)
    return;
  const auto self = shared_from_this();
  busy_ = false;
  put({parcel::kind::answer, status, {}, make_frame(std::string{body})});
  if (!keep_alive_)
    return end({1006, "", "server"});
  if (phase_ != phase::http || calls_.empty())
    return;
  http_call next = std::move(calls_.front());
  calls_.pop_front();
  serve(std::move(next));
}

void memory_line::upgrade(const http_call& call) {
  static_cast<void>(call);
  if (phase_ != phase::http)
    return;
  put({parcel::kind::upgraded, 101});
  if (phase_ == phase::http)
    phase_ = phase::frames;
}

void memory_line::refuse(int status) {
  keep_alive_ = false;
  respond(status, "{}");
}

void memory_line::send(frame_text text, bool flush_now) {
  static_cast<void>(flush_now);
  put({parcel::kind::text, 0, {}, std::move(text)});
}

void memory_line::send_bad(bad_frame kind) {
  put({parcel::kind::bad, 0, kind});
}

void memory_line::put(parcel what) {
  if (!is_open())
    return;
  const std::size_t queued = queued_bytes();
  if (queued > 0 && queued + what.bytes() > limits_.queue_bytes_max)
    return events_.on_too_slow(*this);
  ++frames_sent_;
  link_.down->put(std::move(what));
}

void memory_line::close(int code, std::string_view reason, std::string_view by) {
  if (!is_open())
    return;
  if (phase_ != phase::frames)
    return finish(by);
  pending_close_ = {code, std::string{reason}, std::string{by}};
  phase_ = phase::closing;
  link_.down->put({parcel::kind::close, code, {}, make_frame(std::string{reason})});
}

void memory_line::finish(std::string_view by) {
  end({1006, "", std::string{by}});
}

void memory_line::reset(std::string_view by) {
  if (phase_ != phase::closed)
    link_.down->drop();
  finish(by);
}

void memory_line::expire_close() {
  if (phase_ == phase::closing)
    end(pending_close_);
}

void memory_line::end(close_report why) {
  if (phase_ == phase::closed)
    return;
  const auto self = shared_from_this();
  phase_ = phase::closed;
  calls_.clear();
  link_.up->drop();
  link_.down->put({parcel::kind::end});
  events_.on_closed(*this, why);
}

} // namespace cafnode::sim
