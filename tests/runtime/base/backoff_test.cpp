#include "runtime/base/backoff.hpp"

#include <doctest/doctest.h>

using cafnode::base::backoff;
using cafnode::base::rng;
using std::chrono::milliseconds;

SCENARIO("without jitter a back-off doubles from the first wait up to its cap and stays there") {
  rng chance{1};
  backoff waits{{milliseconds{100}, milliseconds{1000}, 0}};
  for (const std::int64_t expected : {100, 200, 400, 800, 1000, 1000})
    CHECK(waits.next(chance).count() == expected);
  CHECK(waits.failures() == 6);
}

SCENARIO("a reset begins again at the first wait") {
  rng chance{1};
  backoff waits{{milliseconds{100}, milliseconds{1000}, 0}};
  static_cast<void>(waits.next(chance));
  static_cast<void>(waits.next(chance));
  waits.reset();
  CHECK(waits.failures() == 0);
  CHECK(waits.next(chance).count() == 100);
}

SCENARIO("jitter spreads a wait over the given share below it, and never above") {
  const std::uint64_t seed = 7;
  CAPTURE(seed);
  rng chance{seed};
  std::int64_t least = 1000;
  std::int64_t most = 0;
  for (int i = 0; i < 2000; ++i) {
    backoff waits{{milliseconds{1000}, milliseconds{1000}, 50}};
    const auto wait = waits.next(chance).count();
    REQUIRE(wait >= 500);
    REQUIRE(wait <= 1000);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(least < 520);
  CHECK(most > 980);
}

SCENARIO("a wait is never zero, and no count of failures overflows it") {
  rng chance{3};
  backoff full{{milliseconds{1}, milliseconds::max() / 200, 100}};
  backoff steady{{milliseconds{1}, milliseconds::max() / 200, 0}};
  for (int i = 0; i < 200; ++i)
    REQUIRE(full.next(chance).count() >= 1);
  for (int i = 0; i < 200; ++i)
    static_cast<void>(steady.next(chance));
  CHECK(steady.next(chance) == milliseconds::max() / 200);
}

SCENARIO("the same seed gives the same waits") {
  rng one{42};
  rng two{42};
  backoff left{{}};
  backoff right{{}};
  for (int i = 0; i < 20; ++i)
    CHECK(left.next(one) == right.next(two));
}
