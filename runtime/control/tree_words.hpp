#pragma once

#include "supervisors/event.hpp"

#include <string_view>

/// The words of the supervisor tree as the API and the command line write them.
namespace cafnode::control {

[[nodiscard]] std::string_view to_string(supervision::strategy value) noexcept;
[[nodiscard]] std::string_view to_string(supervision::child_type value) noexcept;
[[nodiscard]] std::string_view to_string(supervision::child_state value) noexcept;
[[nodiscard]] std::string_view to_string(supervision::circuit_state value) noexcept;

} // namespace cafnode::control
