#pragma once

#include "runtime/base/invariant.hpp"

#include <cstdint>

namespace cafnode::base {

/// The only source of chance: seeded, the same sequence on every machine (splitmix64). Not for secrets.
class rng {
public:
  explicit constexpr rng(std::uint64_t seed) noexcept : state_{seed} {}

  /// The next 64 random bits.
  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }

  /// A whole number in [low, high], both included.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
    CAFNODE_INVARIANT(low <= high, "an empty range was asked for a random number");
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t offset = span == 0 ? next() : next() % span;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
  }

  /// True `count` times in `of`, on average.
  constexpr bool chance(std::int64_t count, std::int64_t of) { return between(1, of) <= count; }

private:
  std::uint64_t state_;
};

} // namespace cafnode::base
