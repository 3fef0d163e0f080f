#include "sim/deribit/rpc_text.hpp"

#include "runtime/base/decimal.hpp"
#include "sim/market/exact_json.hpp"

#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <iterator>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

std::string_view view(const json::string& text) noexcept {
  return {text.data(), text.size()};
}

void append_string(std::string& out, std::string_view text) {
  out += write_exact(json::string{text.data(), text.size()});
}

rpc_refusal refuse(std::string id, rpc_answer why) {
  return {std::move(id), std::move(why.error)};
}

bool is_id(const json::value& value) noexcept {
  return value.is_string() || value.is_int64() || value.is_uint64() || value.is_double();
}

rpc_reading read_object(json::object& object, std::string_view otherwise) {
  rpc_request request;
  if (const auto* id = object.if_contains("id"); id != nullptr && is_id(*id))
    request.id = json_text(*id);
  const auto* method = object.if_contains("method");
  if (method == nullptr ? otherwise.empty() : !method->is_string())
    return refuse(std::move(request.id), failed(11050, "bad_request", "missing method"));
  std::string_view name = method == nullptr ? otherwise : view(method->get_string());
  if (name.starts_with('/'))
    name.remove_prefix(1); // clients in the wild send "/public/test"
  request.method = name;
  auto* params = object.if_contains("params");
  if (params != nullptr && params->is_object())
    request.params = std::move(params->get_object());
  else if (params != nullptr && !params->is_null())
    return refuse(std::move(request.id), failed(-32602, "Invalid params"));
  return request;
}

} // namespace

std::optional<json::value> parse_json(std::string_view text) {
  auto value = parse_exact(text);
  if (!value)
    return std::nullopt;
  return std::move(value).value();
}

std::string json_text(const json::value& value) {
  return write_exact(value);
}

rpc_reading read_request(std::string_view text, std::string_view method) {
  auto value = parse_json(text);
  if (!value)
    return refuse({}, failed(11050, "bad_request", "invalid json"));
  if (!value->is_object())
    return refuse({}, failed(11050, "bad_request", "not an object"));
  return read_object(value->get_object(), method);
}

std::string write_answer(const answer_frame& frame, const rpc_answer& answer) {
  std::string out = R"({"jsonrpc":"2.0")";
  if (!frame.id.empty())
    out.append(",\"id\":").append(frame.id);
  if (answer.error.code == 0) {
    out.append(",\"result\":");
    out += json_text(answer.result);
  } else {
    fmt::format_to(std::back_inserter(out), ",\"error\":{{\"code\":{},\"message\":", answer.error.code);
    append_string(out, answer.error.message);
    if (!answer.error.data.is_null()) {
      out.append(",\"data\":");
      out += json_text(answer.error.data);
    }
    out.push_back('}');
  }
  const auto in = frame.in.time_since_epoch().count();
  const auto sent = frame.out.time_since_epoch().count();
  fmt::format_to(std::back_inserter(out), ",\"usIn\":{},\"usOut\":{},\"usDiff\":{},\"testnet\":{}}}", in, sent,
                 sent - in, frame.testnet);
  return out;
}

std::string write_notification(std::string_view channel, std::string_view data, std::string_view label) {
  std::string out;
  out.reserve(channel.size() + data.size() + 96);
  out.append(R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":)");
  append_string(out, channel);
  if (!label.empty()) {
    out.append(",\"label\":");
    append_string(out, label);
  }
  out.append(",\"data\":").append(data).append("}}");
  return out;
}

std::string write_heartbeat(std::string_view type) {
  return fmt::format(R"({{"params":{{"type":"{}"}},"method":"heartbeat","jsonrpc":"2.0"}})", type);
}

std::optional<std::int64_t> integer_param(const json::object& params, std::string_view name) {
  const auto* value = params.if_contains(name);
  if (value == nullptr)
    return std::nullopt;
  if (value->is_int64())
    return value->get_int64();
  if (!value->is_string())
    return std::nullopt;
  std::string_view text = view(value->get_string());
  if (text.starts_with(number_mark))
    text.remove_prefix(number_mark.size());
  if (text.size() < 19 && !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos)
    return std::stoll(std::string{text}); // up to eighteen digits: cannot overflow
  const auto number = base::decimal::parse(text);
  if (!number || !number.value().is_multiple_of(base::decimal::from_raw(base::decimal::one)))
    return std::nullopt;
  return number.value().raw() / base::decimal::one;
}

std::optional<std::string> text_param(const json::object& params, std::string_view name) {
  const auto* value = params.if_contains(name);
  if (value == nullptr || value->is_null())
    return std::nullopt;
  if (!value->is_string())
    return value->is_structured() ? std::nullopt : std::optional{json_text(*value)};
  std::string_view text = view(value->get_string());
  if (text.starts_with(number_mark))
    text.remove_prefix(number_mark.size());
  return std::string{text};
}

std::string short_text(const json::object& params, std::string_view name, std::size_t bytes_max) {
  std::string text = text_param(params, name).value_or("");
  if (text.size() <= bytes_max)
    return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U)
    --bytes_max; // a character's later bytes
  return text.substr(0, bytes_max);
}

bool true_param(const json::object& params, std::string_view name) {
  const auto text = text_param(params, name);
  return text && *text == "true";
}

rpc_answer failed(int code, std::string message, json::value data) {
  return {nullptr, {code, std::move(message), std::move(data)}};
}

rpc_answer invalid_param(std::string_view name, std::string_view reason) {
  return failed(-32602, "Invalid params", json::object{{"reason", reason}, {"param", name}});
}

rpc_answer succeeded(json::value result) {
  return {std::move(result), {}};
}

} // namespace cafnode::sim
