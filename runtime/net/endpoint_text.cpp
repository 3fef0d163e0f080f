#include "runtime/net/endpoint_text.hpp"

#include <fmt/format.h>

namespace cafnode::net {

std::string endpoint_text(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::string endpoint_text(const boost::asio::ip::tcp::endpoint& at) {
  return endpoint_text(at.address().to_string(), at.port());
}

std::string endpoint_text(const std::string& host, const boost::asio::ip::tcp::endpoint& at) {
  const auto address = at.address().to_string();
  const auto text = endpoint_text(host, at.port());
  return host == address ? text : fmt::format("{} ({})", text, address);
}

std::string host_field(const std::string& host, std::uint16_t port, bool encrypted) {
  const std::uint16_t usual = encrypted ? 443 : 80;
  const auto text = endpoint_text(host, port);
  return port == usual ? text.substr(0, text.rfind(':')) : text;
}

} // namespace cafnode::net
