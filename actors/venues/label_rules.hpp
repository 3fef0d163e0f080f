#pragma once

#include <cstddef>
#include <string_view>

namespace cafnode::venues {

/// What an exchange takes as the label of an order, beside letters and digits.
struct label_rules {
  std::size_t bytes_max = 64;     // 32 at least
  std::string_view signs = "._-"; // those of `._-` that it takes
};

} // namespace cafnode::venues
