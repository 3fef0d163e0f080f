#pragma once

#include "supervisors/event.hpp"

#include <string_view>

/// The values of a supervisor tree as they are written in its headers: for logs, and for the API and the command line
/// of a node. A value that is none of the enumerators gives "unknown". Any thread.
namespace cafnode::supervision {

[[nodiscard]] std::string_view to_string(strategy value) noexcept;
[[nodiscard]] std::string_view to_string(child_type value) noexcept;
[[nodiscard]] std::string_view to_string(child_state value) noexcept;
[[nodiscard]] std::string_view to_string(circuit_state value) noexcept;
[[nodiscard]] std::string_view to_string(transition value) noexcept;

} // namespace cafnode::supervision
