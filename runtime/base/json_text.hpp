#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cafnode::base {

/// Bytes of the well-formed UTF-8 character that `text` begins with (1 to 4), or 0 when it begins with none. Overlong
/// forms, surrogates and code points above U+10FFFF are not well formed (RFC 3629).
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Whether one well-formed character beyond ASCII steers a terminal instead of standing in it: a control of 8 bits
/// (U+0080 to U+009F) or of the direction of writing (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069).
[[nodiscard]] bool steers_terminal(std::string_view character) noexcept;

/// The same JSON, with what steers a terminal escaped: text from outside may be in it.
[[nodiscard]] std::string harmless_json(std::string_view json);

/// Appends `text` as a JSON string, with its quotes (RFC 8259). What steers a terminal is escaped. A byte that is not
/// UTF-8 becomes U+FFFD, so that the output is always well formed whatever came from outside.
void append_json_string(std::string& out, std::string_view text);

[[nodiscard]] std::string json_string(std::string_view text);

} // namespace cafnode::base
