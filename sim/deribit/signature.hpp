#pragma once

#include <string>
#include <string_view>

namespace cafnode::sim {

/// Lower-case hex of HMAC-SHA256.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// Decodes standard base64; empty when it is not.
[[nodiscard]] std::string decode_base64(std::string_view text);

/// What a server answers to a client's Sec-WebSocket-Key (RFC 6455, 4.2.2).
[[nodiscard]] std::string websocket_accept(std::string_view client_key);

} // namespace cafnode::sim
