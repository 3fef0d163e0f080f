#pragma once

#include <cstddef>
#include <string_view>

namespace cafnode::control {

/// Members of the outermost object of `json`, which is well formed: each counts, a name that comes again too.
/// Boost.JSON keeps the last of them and says nothing.
[[nodiscard]] std::size_t count_members(std::string_view json);

} // namespace cafnode::control
