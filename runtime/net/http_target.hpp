#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::net {

/// The path and query of a request line, percent-decoded.
struct http_target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

/// None for anything but an absolute path of printable ASCII with whole escapes (RFC 3986, 2.1), or with an escaped
/// NUL. A '+' in the query is a space.
[[nodiscard]] std::optional<http_target> parse_target(std::string_view text);

/// The name or address in a Host field, without port and brackets; empty where what stands behind it is no port.
[[nodiscard]] std::string_view host_of(std::string_view host_field);

/// A socket address as text, without its port; an IPv4 address that came in an IPv6 one as IPv4. Empty for others.
[[nodiscard]] std::string address_text(const void* socket_address, std::size_t size);

/// Whether a Host field names this machine or `bound`, with any port: what a browser never sends for a foreign name
/// that was made to resolve to the loopback address (DNS rebinding).
[[nodiscard]] bool names_this_host(std::string_view host_field, std::string_view bound);

} // namespace cafnode::net
