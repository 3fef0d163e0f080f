#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::control {

/// What a text of a request names, by which its bound and its alphabet are known. What does not fit can name nothing,
/// and must go no further: not into a message, a log or a request to an exchange.
enum class text_kind : std::uint8_t {
  connection, // letters, digits and '-'; 64
  instrument, // letters, digits, '_', '-' and '.'; 64
  order_id,   // an id or a label: letters, digits and ". _ - :"; 64
  path,       // of the tree: printable ASCII; 1,024
  word,       // an event's kind: letters, digits, '_' and '-'; 64
};

/// Why `text` cannot be one of these, in words that follow its name; none when it can.
[[nodiscard]] std::optional<std::string> why_not(text_kind kind, std::string_view text);

/// What of an unknown text is told back to its sender: its beginning, controls shown as '?'.
[[nodiscard]] std::string shown(std::string_view text);

} // namespace cafnode::control
