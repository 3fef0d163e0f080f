#pragma once

#include <cstdint>
#include <string>

namespace cafnode::test {

/// A random supervision script as JSON, from `seed` alone: trees up to three deep, every kind of child, every step,
/// many of them while a group restarts or a supervisor goes down.
///
/// No two things of a script fall due at the same time by chance: each child that needs its grace has one of its own,
/// whose rest by 40 ms, the length of a step, is another power of two.
///
/// And where ours differs from OTP by intention, scripts do not go: under one_for_one ours goes on while one child
/// takes its time. So no child needs its grace below a supervisor that is a child of a one_for_one.
[[nodiscard]] std::string random_script(std::uint64_t seed);

} // namespace cafnode::test
