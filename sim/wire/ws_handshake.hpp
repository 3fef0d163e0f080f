#pragma once

#include <string>
#include <string_view>

namespace cafnode::sim {

/// What a server answers to a client's Sec-WebSocket-Key (RFC 6455, 4.2.2).
[[nodiscard]] std::string websocket_accept(std::string_view client_key);

/// The whole answer that makes a WebSocket of an HTTP connection.
[[nodiscard]] std::string write_upgrade(std::string_view client_key);

} // namespace cafnode::sim
