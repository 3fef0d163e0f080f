#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace cafnode::net {

/// "host:port" as a person writes it, with brackets around an IPv6 literal.
[[nodiscard]] std::string endpoint_text(const std::string& host, std::uint16_t port);
[[nodiscard]] std::string endpoint_text(const boost::asio::ip::tcp::endpoint& at);

/// A name's port with the address that was taken: "ex.test:443 (192.0.2.1)"; the address alone where the host is one.
[[nodiscard]] std::string endpoint_text(const std::string& host, const boost::asio::ip::tcp::endpoint& at);

/// What the Host field of an HTTP request names: without the port where that is the usual one.
[[nodiscard]] std::string host_field(const std::string& host, std::uint16_t port, bool encrypted);

} // namespace cafnode::net
