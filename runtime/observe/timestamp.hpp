#pragma once

#include "runtime/base/time.hpp"

#include <string>

namespace cafnode::observe {

/// RFC 3339 in UTC with microseconds: `2026-11-22T10:45:21.000123Z`. Always 27 characters for the years 0 to 9999.
[[nodiscard]] std::string to_rfc3339(base::wall_time at);

} // namespace cafnode::observe
