#include "runtime/base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace cafnode::base {

void fail_invariant(const char* condition, const char* file, int line, const char* why) noexcept {
  std::fprintf(stderr, "%s:%d: invariant broken: %s (%s)\n", file, line, why, condition);
  std::abort();
}

} // namespace cafnode::base
