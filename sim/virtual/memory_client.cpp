#include "sim/virtual/memory_client.hpp"

#include "runtime/base/json_text.hpp"

#include <utility>

namespace cafnode::sim {

namespace {

constexpr int protocol_error = 1002;
constexpr int bad_payload = 1007;

} // namespace

memory_client::memory_client(memory_link link, std::string peer, client_events& events)
    : link_{std::move(link)}, peer_{std::move(peer)}, events_{events} {
  link_.down->lead_to([this](parcel what) { take(std::move(what)); });
}

memory_client::~memory_client() {
  link_.down->lead_to(nullptr);
  if (phase_ != phase::closed)
    link_.up->put({parcel::kind::end});
}

void memory_client::call(http_call what) {
  if (phase_ != phase::http)
    return;
  parcel asked{parcel::kind::call};
  asked.call = std::move(what);
  link_.up->put(std::move(asked));
}

void memory_client::upgrade() {
  http_call asked;
  asked.method = "GET";
  asked.aim_at("/ws/api/v2");
  asked.headers = {{"host", "localhost"}, {"upgrade", "websocket"}, {"sec-websocket-key", "of no use here"}};
  call(std::move(asked));
}

bool memory_client::send(std::string text) {
  if (phase_ != phase::frames || link_.up->bytes() + text.size() > under_way_max)
    return false;
  link_.up->put({parcel::kind::text, 0, {}, make_frame(std::move(text))});
  return true;
}

void memory_client::close(int code, std::string_view reason) {
  if (phase_ != phase::frames)
    return;
  phase_ = phase::closing;
  link_.up->put({parcel::kind::close, code, {}, make_frame(std::string{reason})});
}

void memory_client::cut() {
  if (phase_ == phase::closed)
    return;
  link_.up->put({parcel::kind::end});
  end(1006, "");
}

void memory_client::take(parcel what) {
  if (phase_ == phase::closed || (is_lost_ && what.what != parcel::kind::end))
    return;
  switch (what.what) {
  case parcel::kind::answer:
    return events_.on_answer(what.code, *what.text);
  case parcel::kind::upgraded:
    phase_ = phase::frames;
    return events_.on_open();
  case parcel::kind::text:
    return take_text(*what.text);
  case parcel::kind::bad:
    if (what.wrong == bad_frame::binary)
      return events_.on_binary();
    if (what.wrong == bad_frame::reserved_bits)
      return fail(protocol_error);
    is_lost_ = true;
    return;
  case parcel::kind::close:
    if (phase_ == phase::frames && !answers_close_)
      return;
    if (phase_ == phase::frames)
      link_.up->put({parcel::kind::close, what.code});
    return end(what.code, what.text ? std::string_view{*what.text} : std::string_view{});
  case parcel::kind::end:
    return end(1006, "");
  case parcel::kind::call:
    return; // no exchange sends such
  }
}

void memory_client::take_text(std::string_view text) {
  if (!base::is_utf8(text))
    return fail(bad_payload);
  if (phase_ == phase::frames)
    events_.on_text(text);
}

void memory_client::fail(int code) {
  if (phase_ == phase::frames)
    link_.up->put({parcel::kind::close, code});
  end(code, "");
}

void memory_client::end(int code, std::string_view reason) {
  phase_ = phase::closed;
  events_.on_end(code, reason);
}

} // namespace cafnode::sim
