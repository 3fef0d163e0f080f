#pragma once

#include <compare>
#include <cstdint>

namespace cafnode::supervision {

/// Names one child of one supervisor for as long as it is known; never used again. 0: none.
using slot_key = std::uint64_t;

/// One incarnation of one child. A notice with an older incarnation is about a process that was given up long ago.
struct child_ref {
  slot_key slot = 0;
  std::uint32_t incarnation = 0; // counts its starts, from 1

  friend auto operator<=>(const child_ref&, const child_ref&) = default;
};

} // namespace cafnode::supervision
