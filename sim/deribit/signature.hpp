#pragma once

#include <string>
#include <string_view>

namespace cafnode::sim {

/// Lower-case hex of HMAC-SHA256.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// Decodes standard base64; empty when it is not.
[[nodiscard]] std::string decode_base64(std::string_view text);

} // namespace cafnode::sim
