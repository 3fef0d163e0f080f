#include "sim/line/http_call.hpp"

#include <algorithm>
#include <cctype>

namespace cafnode::sim {

namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Whether HOST or HOST:PORT is a name of this machine's loopback; nothing at all is what no browser sends.
bool is_loopback(std::string_view host) {
  const std::size_t end = host.starts_with('[') ? host.find(']') : host.find(':');
  const std::string_view port = end == std::string_view::npos ? "" : host.substr(end + (host[end] == ']' ? 1 : 0));
  const std::string name = lower_case(host.substr(0, host.size() - port.size()));
  const bool is_plain = port.empty() || (port.starts_with(':') && port.find_first_not_of("0123456789", 1) == port.npos);
  return is_plain && (name.empty() || name == "localhost" || name == "127.0.0.1" || name == "[::1]");
}

std::string_view behind_scheme(std::string_view origin) {
  const std::size_t mark = origin.find("://");
  return mark == std::string_view::npos ? "null" : origin.substr(mark + 3);
}

} // namespace

void http_call::aim_at(std::string where) {
  target = std::move(where);
  const std::size_t mark = std::min(target.find('?'), target.size());
  path = decode_percent(std::string_view{target}.substr(0, mark));
  query = target.substr(std::min(mark + 1, target.size()));
}

std::string_view http_call::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers)
    if (key == name)
      return value;
  return {};
}

bool http_call::wants_websocket() const {
  return lower_case(header("upgrade")) == "websocket" && !header("sec-websocket-key").empty();
}

bool http_call::is_for_loopback() const {
  const std::string_view origin = header("origin");
  return is_loopback(header("host")) && (origin.empty() || is_loopback(behind_scheme(origin)));
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
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

} // namespace cafnode::sim
