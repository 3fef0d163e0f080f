#pragma once

#include "supervisors/event.hpp"

#include <string_view>

/// The values of a supervisor tree as they are written in its headers; those of `transition` are in event.hpp. A value
/// that is none of the enumerators gives "unknown". Any thread.
namespace cafnode::supervision {

[[nodiscard]] std::string_view to_string(strategy value) noexcept;
[[nodiscard]] std::string_view to_string(child_type value) noexcept;
[[nodiscard]] std::string_view to_string(child_state value) noexcept;

} // namespace cafnode::supervision
