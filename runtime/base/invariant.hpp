#pragma once

namespace cafnode::base {

/// Prints the broken invariant and where it stands to standard error, then aborts the process.
[[noreturn]] void fail_invariant(const char* condition, const char* file, int line, const char* why) noexcept;

} // namespace cafnode::base

/// Checks a programmer error in every build type. Never for input, network or config faults: those are values.
#define CAFNODE_INVARIANT(condition, why)                                                                              \
  ((condition) ? static_cast<void>(0) : ::cafnode::base::fail_invariant(#condition, __FILE__, __LINE__, (why)))
