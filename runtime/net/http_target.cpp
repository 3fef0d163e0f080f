#include "runtime/net/http_target.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace cafnode::net {

namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  const char letter = lower(digit);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
      continue;
    }
    const int high = at + 1 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0)
      return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return out;
}

bool parse_query(std::string_view text, http_target& out) {
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty())
      continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    auto value = decode(pair.substr(std::min(pair.size(), equals + 1)), true);
    if (!name || !value)
      return false;
    out.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

} // namespace

std::optional<http_target> parse_target(std::string_view text) {
  const auto printable = [](char letter) { return letter > ' ' && letter < '\x7f'; };
  if (text.empty() || text.front() != '/' || !std::all_of(text.begin(), text.end(), printable))
    return std::nullopt;
  text = text.substr(0, text.find('#'));
  const auto mark = std::min(text.find('?'), text.size());
  http_target out;
  auto path = decode(text.substr(0, mark), false);
  if (!path || !parse_query(text.substr(std::min(text.size(), mark + 1)), out))
    return std::nullopt;
  out.path = std::move(*path);
  return out;
}

std::string_view host_of(std::string_view host_field) {
  const auto bracket = host_field.rfind(']');
  const auto colon = host_field.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto name = host_field.substr(0, colon);
  const auto port = host_field.substr(std::min(host_field.size(), name.size() + 1));
  if (!std::all_of(port.begin(), port.end(), [](char letter) { return letter >= '0' && letter <= '9'; }))
    return {};
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    name = name.substr(1, name.size() - 2);
  return name;
}

std::string address_text(const void* socket_address, std::size_t size) {
  char text[INET6_ADDRSTRLEN] = {};
  sockaddr_storage at{};
  std::memcpy(&at, socket_address, std::min(size, sizeof at));
  if (at.ss_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(at).sin_addr, text, sizeof text);
  const auto& six = reinterpret_cast<const sockaddr_in6&>(at).sin6_addr;
  if (at.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six))
    inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
  else if (at.ss_family == AF_INET6)
    inet_ntop(AF_INET6, &six, text, sizeof text);
  return text;
}

bool names_this_host(std::string_view host_field, std::string_view bound) {
  const auto name = host_of(host_field);
  return equal_ignoring_case(name, "localhost") || name == "127.0.0.1" || name == "::1" ||
         (!name.empty() && equal_ignoring_case(name, bound));
}

} // namespace cafnode::net
