#pragma once

#include "chaos/judge/judge.hpp"
#include "chaos/life/life.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cafnode::chaos {

/// What came of one life.
struct verdict {
  std::uint64_t fingerprint = 0;
  std::vector<violation> violations;
  std::vector<std::size_t> hits; // of faults, by kind
  std::size_t orders = 0;        // that the exchange had
  std::size_t fills = 0;
};

/// Lives it, from the beginning to rest, and judges it.
[[nodiscard]] verdict live(const life_plan& plan);

} // namespace cafnode::chaos
