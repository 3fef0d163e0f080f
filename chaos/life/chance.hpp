#pragma once

#include "runtime/base/rng.hpp"

#include <cstdint>
#include <string_view>

namespace cafnode::chaos {

/// The stream of chance for one thing of one life. Streams do not touch each other, whatever is drawn from one.
[[nodiscard]] constexpr base::rng stream(std::uint64_t seed, std::string_view name, std::uint64_t index = 0) noexcept {
  std::uint64_t mixed = base::rng{seed}.next();
  for (const char letter : name)
    mixed = base::rng{mixed ^ static_cast<unsigned char>(letter)}.next();
  return base::rng{base::rng{mixed ^ index}.next()};
}

} // namespace cafnode::chaos
