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

// A frame with more frames in it is not taken apart.
constexpr std::size_t batch_max = 1000;

enum top_key : std::size_t { id, method, params, result, error, us_out };

constexpr json::key_set<3> params_keys{"params", 0, {"channel", "data", "type"}};
constexpr json::key_set<3> error_keys{"error", 0, {"code", "message", "data"}};
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

/// What cannot be read beside the content says nothing, and ends nothing.
bool frame_decoder::state::pass_over(json::reader::mark before) {
  if (!in.pass_over(before))
    return false;
  in.note_frame();
  return true;
}

bool frame_decoder::state::read_top(bool first) {
  std::string_view key;
  for (;; first = false) {
    const auto found = in.next_key(first, "frame", key);
    if (found == json::reader::step::fault)
      return false;
    if (found == json::reader::step::end)
      break;
    const auto index = top_keys.find(key);
    const auto before = in.here();
    const bool read = index < 6 ? in.once(top_seen, index, key) && read_top_value(index) : in.skip();
    if (!read && !pass_over(before))
      return false;
    if (rests)
      return true;
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
    if (in.peek() != '{')
      return in.skip();
    in_params = true;
    return in.expect('{', "params") && read_params(true);
  case top_key::result:
    outline.has_result = true;
    outline.null_result = in.is_null();
    return rest_here(head->id.has_value() && !outline.null_result);
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
    const auto before = in.here();
    bool read = index == 3 ? in.skip() : in.once(params_seen, index, key);
    if (read && index == 0)
      read = in.text("channel", head->channel);
    if (read && index == 1)
      read = rest_here(outline.method == "subscription" && !head->channel.empty());
    if (read && index == 2)
      read = in.text("type", outline.heartbeat_type);
    if (!read && !pass_over(before))
      return false;
    if (rests)
      return true;
  }
}

/// Stands before the content: rests here when it is `known` what it is, passes over it otherwise.
bool frame_decoder::state::rest_here(bool known) {
  (in_params ? outline.has_data : outline.has_result) = true;
  if (ends)
    return in.skip();
  body = in.here();
  head->kind = in_params ? frame_kind::notification : frame_kind::result;
  rests = known;
  return known || in.skip();
}

bool frame_decoder::state::finish() {
  rests = false;
  ends = true;
  const auto told = head->kind;
  if ((in_params && !read_params(false)) || !read_top(false))
    return false;
  return head->kind == told || in.fail(fault_kind::wrong_shape, "is two kinds of frame at once");
}

bool frame_decoder::state::read_id() {
  outline.has_id = true;
  if (in.is_null())
    return in.skip();
  std::int64_t found = 0;
  if (!in.whole("id", found)) {
    // Ours are numbers: a text that is none belongs to nobody here.
    return in.peek() == '"' && in.forget_fault() && in.skip();
  }
  if (found > 0)
    head->id = static_cast<venues::request_id>(found);
  return true;
}

bool frame_decoder::state::read_error() {
  if (in.is_null())
    return in.skip();
  outline.has_error = true;
  if (in.peek() != '{')
    return in.raw(head->message);
  const bool read = in.walk_bearing(
      error_keys,
      [this](std::size_t key, std::string_view name) {
        if (key == 1)
          return in.is_null() || in.text(name, head->message);
        return key == 0 ? read_error_code() : read_error_data();
      },
      [](std::size_t) {});
  in.note_frame();
  return read;
}

bool frame_decoder::state::read_error_code() {
  std::int64_t code = 0;
  if (!in.whole("code", code))
    return false;
  head->code = static_cast<int>(code);
  if (head->code == code)
    return true;
  head->code = 0; // one that no table has
  return in.fail(fault_kind::wrong_shape, "is out of range", "code");
}

bool frame_decoder::state::read_error_data() {
  if (in.peek() == '"')
    return in.text("data", head->reason);
  if (in.peek() != '{')
    return true; // the protocol leaves its type open
  return in.walk_bearing(
      error_data_keys,
      [this](std::size_t key, std::string_view name) {
        if (key == 2) {
          head->wait = wait_of(in.token());
          return in.skip();
        }
        return in.peek() != '"' || in.text(name, key == 0 ? head->reason : head->parameter);
      },
      [](std::size_t) {});
}

/// Says what the frame is, whatever stands in it besides.
bool frame_decoder::state::classify() {
  const bool result = outline.has_result && !(outline.null_result && outline.has_error);
  if (result && outline.has_error)
    return in.fail(fault_kind::wrong_shape, "an answer has either a result or an error");
  if (result || outline.has_error || (outline.has_id && outline.method.empty())) {
    head->kind = result ? frame_kind::result : frame_kind::error;
    if (!result && !outline.has_error)
      head->message = "neither a result nor an error";
    return true;
  }
  if (outline.method == "subscription" && !head->channel.empty() && outline.has_data) {
    head->kind = frame_kind::notification;
    return true;
  }
  const bool asks = outline.heartbeat_type == "test_request";
  if (outline.method == "heartbeat" && (asks || outline.heartbeat_type == "heartbeat")) {
    head->kind = asks ? frame_kind::test_request : frame_kind::heartbeat;
    return true;
  }
  if (outline.method.empty() || outline.method == "subscription")
    return in.fail(fault_kind::wrong_shape, "is neither an answer nor a notification", "frame");
  return in.fail(fault_kind::unknown_message, "is no message that is known here", "method", outline.method);
}

frame_decoder::frame_decoder() : state_{std::make_unique<state>()} {}

frame_decoder::~frame_decoder() = default;

decode_fault frame_decoder::open(std::string_view frame, envelope& to) {
  to = {};
  // The one frame that cannot wait; the exchange always writes it like this.
  auto& now = *state_;
  if (frame == test_request_frame) {
    to.kind = frame_kind::test_request;
    now.in.forget_notes();
    return std::nullopt;
  }
  now.head = &to;
  now.outline = {};
  now.top_seen = now.params_seen = 0;
  now.in_params = now.rests = now.ends = false;
  if (now.in.start(frame))
    now.read_frame();
  return now.in.take_fault();
}

const std::vector<venues::protocol_fault>& frame_decoder::notes() const noexcept {
  return state_->in.notes();
}

std::size_t frame_decoder::passed_over() const noexcept {
  return state_->in.passed_over();
}

decode_fault frame_decoder::split(std::string_view frame, std::vector<std::string_view>& to) {
  auto& in = state_->in;
  to.clear();
  if (in.start(frame) && in.each("batch", [&] { return in.raw(to.emplace_back()); })) {
    if (!in.at_end())
      in.fail(fault_kind::not_json, "something follows its end", "batch");
    else if (to.empty() || to.size() > batch_max)
      in.fail(fault_kind::wrong_shape, "is empty, or too long to be taken apart", "batch");
  }
  return in.take_fault();
}

} // namespace cafnode::deribit
