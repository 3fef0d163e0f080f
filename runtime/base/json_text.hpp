#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cafnode::base {

/// Bytes of the well-formed UTF-8 character that `text` begins with (1 to 4), or 0 when it begins with none. Overlong
/// forms, surrogates and code points above U+10FFFF are not well formed (RFC 3629).
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Appends `text` as a JSON string, with its quotes (RFC 8259). A byte that is not UTF-8 becomes U+FFFD, so that the
/// output is always well formed whatever came from outside.
void append_json_string(std::string& out, std::string_view text);

[[nodiscard]] std::string json_string(std::string_view text);

} // namespace cafnode::base
