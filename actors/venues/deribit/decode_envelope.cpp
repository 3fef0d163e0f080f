#include "actors/venues/deribit/json_reader.hpp"

#include <limits>

namespace cafnode::deribit {

namespace json {

namespace {

constexpr std::size_t detail_bytes_max = 200;
constexpr std::size_t excerpt_bytes_max = 40;

std::string_view trimmed(std::string_view token) noexcept {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
    token.remove_suffix(1);
  return token;
}

} // namespace

bool reader::fail(venues::fault_kind kind, std::string_view what, std::string_view key, std::string_view found) {
  if (fault_)
    return false;
  std::string detail;
  if (!key.empty())
    detail.append("'").append(key).append("' ");
  detail.append(what);
  if (!found.empty())
    detail.append(": ").append(found.substr(0, excerpt_bytes_max));
  detail.resize(std::min(detail.size(), detail_bytes_max));
  fault_ = venues::protocol_fault{kind, std::move(detail)};
  return false;
}

bool reader::fail(simdjson::error_code error, std::string_view key) {
  const bool shape = error == simdjson::INCORRECT_TYPE || error == simdjson::NO_SUCH_FIELD;
  const auto kind = shape ? venues::fault_kind::wrong_shape : venues::fault_kind::not_json;
  return fail(kind, simdjson::error_message(error), key);
}

std::string_view reader::token(od::value& value) noexcept {
  return trimmed(value.raw_json_token());
}

bool reader::text(od::value value, std::string_view key, std::string_view& to) {
  const auto found = token(value);
  if (found.size() < 2 || found.front() != '"' || found.back() != '"')
    return fail(venues::fault_kind::wrong_shape, "is not a text", key, found);
  to = found.substr(1, found.size() - 2);
  if (std::memchr(to.data(), '\\', to.size()) == nullptr)
    return true;
  if (const auto error = value.get_string().get(to))
    return fail(error, key);
  return true;
}

bool reader::text(od::value value, std::string_view key, std::string& to) {
  std::string_view found;
  if (!text(value, key, found))
    return false;
  to.assign(found);
  return true;
}

bool reader::number(od::value& value, std::string_view key, base::decimal& to, bool round) {
  const auto found = token(value);
  const auto parsed = round ? base::decimal::parse_rounded(found) : parse_exact(found);
  if (parsed.has_value()) {
    to = parsed.value();
    return true;
  }
  if (parsed.fault() == base::decimal_fault::malformed)
    return fail(venues::fault_kind::wrong_shape, "is not a number", key, found);
  return fail(venues::fault_kind::bad_number, "cannot be held exactly", key, found);
}

bool reader::exact(od::value value, std::string_view key, base::decimal& to) {
  return number(value, key, to, false);
}

bool reader::exact_or_null(od::value value, std::string_view key, base::decimal& to) {
  return is_null(value) || number(value, key, to, false);
}

bool reader::rounded_or_null(od::value value, std::string_view key, base::decimal& to) {
  return is_null(value) || number(value, key, to, true);
}

bool reader::whole(od::value value, std::string_view key, std::int64_t& to) {
  const auto found = token(value);
  const auto parsed = parse_whole(found);
  if (!parsed)
    return fail(venues::fault_kind::wrong_shape, "is not a whole number", key, found);
  to = *parsed;
  return true;
}

bool reader::whole(od::value value, std::string_view key, std::uint64_t& to) {
  std::int64_t found = 0;
  if (!whole(value, key, found))
    return false;
  if (found < 0)
    return fail(venues::fault_kind::wrong_shape, "is negative", key);
  to = static_cast<std::uint64_t>(found);
  return true;
}

bool reader::flag(od::value value, std::string_view key, bool& to) {
  const auto found = token(value);
  to = found == "true";
  return to || found == "false" || fail(venues::fault_kind::wrong_shape, "is neither true nor false", key, found);
}

bool reader::side(od::value value, std::string_view key, venues::side& to) {
  const auto found = token(value);
  to = found == R"("buy")" ? venues::side::buy : venues::side::sell;
  return to == venues::side::buy || found == R"("sell")" ||
         fail(venues::fault_kind::wrong_shape, "is neither buy nor sell", key, found);
}

bool reader::object(od::value value, std::string_view key, od::object& to) {
  const auto error = value.get_object().get(to);
  return !error || fail(error, key);
}

bool reader::array(od::value value, std::string_view key, od::array& to) {
  const auto error = value.get_array().get(to);
  return !error || fail(error, key);
}

} // namespace json

namespace {

using venues::fault_kind;

constexpr std::string_view test_request_frame =
    R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})";

constexpr json::key_set<6> top_keys{"frame", 0, {"jsonrpc", "id", "method", "params", "result", "error"}};

enum top_key : std::size_t { jsonrpc, id, method, params, result, error };

constexpr json::key_set<4> params_keys{"params", 0, {"channel", "data", "type", "label"}};
constexpr json::key_set<3> error_keys{"error", 2, {"code", "message", "data"}};
constexpr json::key_set<2> error_data_keys{"error.data", 0, {"reason", "param"}};

/// What the first walk over a frame finds; contents are read by a second one, when it is known what they are.
struct outline {
  std::string_view method;
  std::string_view heartbeat_type;
  bool has_id = false, has_data = false, has_result = false, has_error = false;
};

bool read_id(json::reader& in, json::od::value value, envelope& to) {
  if (json::reader::is_text(value) || json::reader::is_null(value))
    return true; // ours are numbers: an answer to nobody
  std::int64_t found = 0;
  if (!in.whole(value, "id", found))
    return false;
  if (found > 0)
    to.id = static_cast<venues::request_id>(found);
  return true;
}

bool read_params(json::reader& in, json::od::value value, envelope& to, outline& line) {
  json::od::object object;
  return in.object(value, "params", object) &&
         in.walk(object, params_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
           if (key == 1)
             line.has_data = true;
           if (key == 0)
             return in.text(inner, name, to.channel);
           return key != 2 || in.text(inner, name, line.heartbeat_type);
         });
}

bool read_error_data(json::reader& in, json::od::value value, envelope& to) {
  if (json::reader::is_text(value))
    return in.text(value, "data", to.reason);
  json::od::object object;
  if (value.get_object().get(object))
    return true; // the protocol leaves its type open
  return in.walk(object, error_data_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
    return !json::reader::is_text(inner) || in.text(inner, name, key == 0 ? to.reason : to.parameter);
  });
}

bool read_error(json::reader& in, json::od::value value, envelope& to) {
  json::od::object object;
  if (!in.object(value, "error", object))
    return false;
  return in.walk(object, error_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
    if (key == 1)
      return in.text(inner, name, to.message);
    if (key == 2)
      return read_error_data(in, inner, to);
    std::int64_t code = 0;
    if (!in.whole(inner, name, code))
      return false;
    to.code = static_cast<int>(code);
    return to.code == code || in.fail(fault_kind::wrong_shape, "is out of range", name);
  });
}

bool read_outline(json::reader& in, json::od::object object, envelope& to, outline& line) {
  return in.walk(object, top_keys, [&](std::size_t key, std::string_view name, json::od::value value) {
    switch (key) {
    case top_key::id:
      line.has_id = true;
      return read_id(in, value, to);
    case top_key::method:
      return in.text(value, name, line.method);
    case top_key::params:
      return read_params(in, value, to, line);
    case top_key::result:
      line.has_result = true;
      return true;
    case top_key::error:
      line.has_error = true;
      return read_error(in, value, to);
    default:
      return true;
    }
  });
}

bool classify(json::reader& in, envelope& to, const outline& line) {
  if (line.method.empty()) {
    if (line.has_result == line.has_error)
      return in.fail(fault_kind::wrong_shape, "an answer has either a result or an error");
    to.kind = line.has_error ? frame_kind::error : frame_kind::result;
    return true;
  }
  if (line.has_id || line.has_result || line.has_error)
    return in.fail(fault_kind::wrong_shape, "a notification has no id, no result and no error");
  if (line.method == "subscription" && !to.channel.empty() && line.has_data) {
    to.kind = frame_kind::notification;
    return true;
  }
  if (line.method == "heartbeat" && (line.heartbeat_type == "test_request" || line.heartbeat_type == "heartbeat")) {
    to.kind = line.heartbeat_type == "heartbeat" ? frame_kind::heartbeat : frame_kind::test_request;
    return true;
  }
  return in.fail(fault_kind::wrong_shape, "is no notification that the protocol has", "method", line.method);
}

} // namespace

bool frame_decoder::state::seek(std::string_view key, json::od::value& to) {
  in.reset();
  document.rewind();
  json::od::object object;
  if (const auto error = document.get_object().get(object))
    return in.fail(error, "frame");
  const auto error = object.find_field(key).get(to);
  return !error || in.fail(error, key);
}

bool frame_decoder::state::seek_data(json::od::value& to) {
  json::od::value found;
  json::od::object object;
  if (!seek("params", found) || !in.object(found, "params", object))
    return false;
  const auto error = object.find_field("data").get(to);
  return !error || in.fail(error, "data");
}

frame_decoder::frame_decoder() : state_{std::make_unique<state>()} {}

frame_decoder::~frame_decoder() = default;

decode_fault frame_decoder::open(std::string_view frame, envelope& to) {
  static_assert(simdjson::SIMDJSON_PADDING <= 64, "the parser reads further than frames can be read");
  to = {};
  // The one frame that cannot wait; the exchange always writes it like this.
  if (frame == test_request_frame) {
    to.kind = frame_kind::test_request;
    return std::nullopt;
  }
  auto& in = state_->in;
  in.reset();
  const simdjson::padded_string_view bytes{frame.data(), frame.size(), frame.size() + simdjson::SIMDJSON_PADDING};
  json::od::object object;
  outline line;
  auto error = state_->parser.iterate(bytes).get(state_->document);
  if (!error)
    error = state_->document.get_object().get(object);
  if (error)
    in.fail(error, "frame");
  else if (read_outline(in, object, to, line) &&
           (state_->document.current_location().error() == simdjson::OUT_OF_BOUNDS ||
            in.fail(fault_kind::not_json, "something follows the end of the frame")))
    classify(in, to, line);
  return in.take_fault();
}

} // namespace cafnode::deribit
