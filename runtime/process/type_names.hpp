#pragma once

#include <caf/fwd.hpp>

#include <string>

namespace cafnode::process {

/// The types in `content`, for example "cafnode::session::frame_seen, std::string". Never the values, since they may be
/// secret or huge.
[[nodiscard]] std::string type_names(const caf::type_erased_tuple& content);

} // namespace cafnode::process
