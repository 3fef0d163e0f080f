#include "sim/wire/http_text.hpp"

#include "sim/deribit/rpc_text.hpp"
#include "sim/market/exact_json.hpp"
#include "sim/wire/ws_frame.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace cafnode::sim {

namespace http = boost::beast::http;

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
      at += 2;
    } else {
      out.push_back(text[at] == '+' ? ' ' : text[at]);
    }
  }
  return out;
}

bool is_text_param(std::string_view name) {
  constexpr std::array<std::string_view, 22> names{
      "instrument_name", "currency",  "kind",          "order_id", "label",  "client_id", "client_secret", "grant_type",
      "access_token",    "signature", "refresh_token", "nonce",    "data",   "state",     "scope",         "type",
      "expected_result", "direction", "session_name",  "start_id", "end_id", "sorting"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

boost::json::value read_query_value(std::string_view name, std::string text) {
  const bool typed = !text.empty() && (std::string_view{"-0123456789[{"}.find(text[0]) != std::string_view::npos ||
                                       text == "true" || text == "false" || text == "null");
  if (typed && !is_text_param(name))
    if (auto value = parse_json(text))
      return std::move(*value);
  std::erase(text, '\x01'); // the mark of exact numbers never comes from outside
  if (!is_utf8(text))       // nor what would break the JSON of an answer or of the audit log
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) >= 0x80; }, '?');
  return boost::json::string{text};
}

/// Whether HOST or HOST:PORT is a name of this machine's loopback; nothing at all is what no browser sends.
bool is_loopback(std::string_view host) {
  const std::size_t end = host.starts_with('[') ? host.find(']') : host.find(':');
  const std::string_view port = end == std::string_view::npos ? "" : host.substr(end + (host[end] == ']' ? 1 : 0));
  const std::string name = lower(host.substr(0, host.size() - port.size()));
  const bool is_plain = port.empty() || (port.starts_with(':') && port.find_first_not_of("0123456789", 1) == port.npos);
  return is_plain && (name.empty() || name == "localhost" || name == "127.0.0.1" || name == "[::1]");
}

std::string_view behind_scheme(std::string_view origin) {
  const std::size_t mark = origin.find("://");
  return mark == std::string_view::npos ? "null" : origin.substr(mark + 3);
}

std::string_view reason_of(int status) {
  return http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))).data();
}

} // namespace

struct http_reader::parser {
  http::request_parser<http::string_body> machine;
};

http_reader::http_reader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_{header_bytes_max}, body_bytes_max_{body_bytes_max} {}

http_reader::~http_reader() = default;

http_reader::state http_reader::feed(std::string_view bytes, std::size_t& used) {
  if (!parser_) {
    parser_ = std::make_unique<parser>();
    parser_->machine.header_limit(static_cast<std::uint32_t>(header_bytes_max_));
    parser_->machine.body_limit(body_bytes_max_);
    parser_->machine.eager(true);
  }
  boost::beast::error_code fault;
  used = parser_->machine.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, fault);
  if (fault == http::error::body_limit || fault == http::error::header_limit)
    return state::too_large;
  if (fault && fault != http::error::need_more)
    return state::broken;
  return parser_->machine.is_done() ? state::complete : state::unfinished;
}

http_call http_reader::take() {
  auto message = parser_->machine.release();
  parser_.reset();
  http_call call;
  call.method = std::string_view{message.method_string().data(), message.method_string().size()};
  call.target = std::string_view{message.target().data(), message.target().size()};
  const std::size_t mark = std::min(call.target.find('?'), call.target.size());
  call.path = decode_percent(std::string_view{call.target}.substr(0, mark));
  call.query = call.target.substr(std::min(mark + 1, call.target.size()));
  for (const auto& field : message)
    call.headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                              std::string{field.value().data(), field.value().size()});
  call.keep_alive = message.keep_alive();
  call.body = std::move(message.body());
  return call;
}

std::string_view http_call::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers)
    if (key == name)
      return value;
  return {};
}

bool http_call::is_for_loopback() const {
  const std::string_view origin = header("origin");
  return is_loopback(header("host")) && (origin.empty() || is_loopback(behind_scheme(origin)));
}

bool http_call::wants_websocket() const {
  return lower(header("upgrade")) == "websocket" && !header("sec-websocket-key").empty();
}

std::string write_http(int status, std::string_view body, bool keep_alive, std::string_view content_type) {
  return fmt::format("HTTP/1.1 {} {}\r\nServer: exchange-sim\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                     "Connection: {}\r\n\r\n{}",
                     status, reason_of(status), content_type, body.size(), keep_alive ? "keep-alive" : "close", body);
}

std::string write_upgrade(std::string_view accept_key) {
  return fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Server: exchange-sim\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                     accept_key);
}

boost::json::object read_query(std::string_view query) {
  boost::json::object params;
  while (!query.empty() && params.size() < 256) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string name = decode_percent(pair.substr(0, equals));
    if (!name.empty())
      params[name] = read_query_value(name, decode_percent(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return params;
}

} // namespace cafnode::sim
