#include "actors/venues/deribit/decode_state.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cafnode::deribit {

namespace {

using venues::fault_kind;

constexpr std::string_view test_request_frame =
    R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})";

constexpr json::key_set<6> top_keys{"frame", 0, {"id", "method", "params", "result", "error", "usOut"}};

enum top_key : std::size_t { id, method, params, result, error, us_out };

constexpr json::key_set<3> params_keys{"params", 0, {"channel", "data", "type"}};
constexpr json::key_set<3> error_keys{"error", 2, {"code", "message", "data"}};
constexpr json::key_set<3> error_data_keys{"error.data", 0, {"reason", "param", "wait"}};

constexpr double wait_s_max = 24 * 3600;

/// Seconds, whole or not, as a number or a text; anything else is no wait at all.
std::chrono::milliseconds wait_of(std::string_view token) noexcept {
  if (token.size() >= 2 && token.front() == '"')
    token = token.substr(1, token.size() - 2);
  double seconds = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), seconds);
  if (read.ec != std::errc{} || read.ptr != token.data() + token.size() || !(seconds > 0))
    return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(std::min(seconds, wait_s_max) * 1000))};
}

} // namespace

bool frame_decoder::state::read_frame() {
  return in.expect('{', "frame") && read_top(true);
}

bool frame_decoder::state::read_top(bool first) {
  std::string_view key;
  for (;; first = false) {
    const auto found = in.next_key(first, "frame", key);
    if (found != json::reader::step::key)
      break;
    const auto index = top_keys.find(key);
    const bool read = index < 6 ? in.once(top_seen, index, key) && read_top_value(index) : in.skip();
    if (!read || rests)
      return read;
  }
  return in.at_end() ? classify() : in.fail(fault_kind::not_json, "something follows its end", "frame");
}

bool frame_decoder::state::read_top_value(std::size_t key) {
  switch (key) {
  case top_key::id:
    return read_id();
  case top_key::method:
    return in.text("method", outline.method);
  case top_key::params:
    in_params = true;
    return in.expect('{', "params") && read_params(true);
  case top_key::result:
    outline.has_result = true;
    head->kind = frame_kind::result;
    return rest_here(head->id.has_value());
  case top_key::us_out:
    return in.whole("usOut", head->exchange_us);
  default:
    return read_error();
  }
}

bool frame_decoder::state::read_params(bool first) {
  std::string_view key;
  for (;; first = false) {
    const auto found = in.next_key(first, "params", key);
    if (found != json::reader::step::key)
      return in_params = false, found == json::reader::step::end;
    const auto index = params_keys.find(key);
    bool read = index == 3 ? in.skip() : in.once(params_seen, index, key);
    if (read && index == 0)
      read = in.text("channel", head->channel);
    if (read && index == 1)
      read = rest_here(outline.method == "subscription" && !head->channel.empty());
    if (read && index == 2)
      read = in.text("type", outline.heartbeat_type);
    if (!read || rests)
      return read;
  }
}

/// Stands before the content: rests here when it is `known` what it is, passes over it otherwise.
bool frame_decoder::state::rest_here(bool known) {
  body = in.here();
  if (in_params) {
    outline.has_data = true;
    head->kind = frame_kind::notification;
  }
  rests = known;
  return known || in.skip();
}

bool frame_decoder::state::finish() {
  rests = false;
  return (!in_params || read_params(false)) && read_top(false);
}

bool frame_decoder::state::read_id() {
  outline.has_id = true;
  if (in.peek() == '"' || in.is_null())
    return in.skip(); // ours are numbers: an answer to nobody
  std::int64_t found = 0;
  if (!in.whole("id", found))
    return false;
  if (found > 0)
    head->id = static_cast<venues::request_id>(found);
  return true;
}

bool frame_decoder::state::read_error() {
  outline.has_error = true;
  return in.walk(error_keys, [this](std::size_t key, std::string_view name) {
    if (key == 1)
      return in.text(name, head->message);
    if (key == 2)
      return read_error_data();
    std::int64_t code = 0;
    if (!in.whole(name, code))
      return false;
    head->code = static_cast<int>(code);
    return head->code == code || in.fail(fault_kind::wrong_shape, "is out of range", name);
  });
}

bool frame_decoder::state::read_error_data() {
  if (in.peek() == '"')
    return in.text("data", head->reason);
  if (in.peek() != '{')
    return true; // the protocol leaves its type open
  return in.walk(error_data_keys, [this](std::size_t key, std::string_view name) {
    if (key == 2)
      return head->wait = wait_of(in.token()), in.skip();
    return in.peek() != '"' || in.text(name, key == 0 ? head->reason : head->parameter);
  });
}

bool frame_decoder::state::classify() {
  if (outline.method.empty()) {
    if (outline.has_result == outline.has_error || outline.has_data)
      return in.fail(fault_kind::wrong_shape, "an answer has either a result or an error, and no data");
    head->kind = outline.has_error ? frame_kind::error : frame_kind::result;
    return true;
  }
  if (outline.has_id || outline.has_result || outline.has_error)
    return in.fail(fault_kind::wrong_shape, "a notification has no id, no result and no error");
  if (outline.method == "subscription" && !head->channel.empty() && outline.has_data) {
    head->kind = frame_kind::notification;
    return true;
  }
  const bool asks = outline.heartbeat_type == "test_request";
  if (outline.method == "heartbeat" && (asks || outline.heartbeat_type == "heartbeat")) {
    head->kind = asks ? frame_kind::test_request : frame_kind::heartbeat;
    return true;
  }
  return in.fail(fault_kind::wrong_shape, "is no notification that the protocol has", "method", outline.method);
}

frame_decoder::frame_decoder() : state_{std::make_unique<state>()} {}

frame_decoder::~frame_decoder() = default;

decode_fault frame_decoder::open(std::string_view frame, envelope& to) {
  to = {};
  // The one frame that cannot wait; the exchange always writes it like this.
  if (frame == test_request_frame) {
    to.kind = frame_kind::test_request;
    return std::nullopt;
  }
  auto& now = *state_;
  now.head = &to;
  now.outline = {};
  now.top_seen = now.params_seen = 0;
  now.in_params = now.rests = false;
  if (now.in.start(frame))
    now.read_frame();
  return now.in.take_fault();
}

} // namespace cafnode::deribit
