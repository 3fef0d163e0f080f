#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cafnode::venues::json {

/// Resolves the escapes of a JSON text (without its quotes); nothing when one of them is not of JSON, half a surrogate
/// pair included.
[[nodiscard]] std::optional<std::string> unescape(std::string_view escaped);

} // namespace cafnode::venues::json
