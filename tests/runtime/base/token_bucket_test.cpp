#include "runtime/base/rng.hpp"
#include "runtime/base/token_bucket.hpp"

#include <doctest/doctest.h>

using cafnode::base::duration;
using cafnode::base::time_point;
using cafnode::base::token_bucket;
using namespace std::chrono_literals;

SCENARIO("a bucket starts full, gives what it has, and refuses the rest without taking anything") {
  token_bucket bucket{{10, 5}, time_point{}};
  CHECK(bucket.available(time_point{}) == 10);
  CHECK(bucket.take(7, time_point{}));
  CHECK_FALSE(bucket.take(4, time_point{}));
  CHECK(bucket.available(time_point{}) == 3);
  CHECK(bucket.take(3, time_point{}));
  CHECK_FALSE(bucket.take(1, time_point{}));
  CHECK(bucket.take(0, time_point{}));
}

SCENARIO("credits come back at their rate and never beyond the pool") {
  token_bucket bucket{{10, 5}, time_point{}};
  CHECK(bucket.take(10, time_point{}));
  CHECK_FALSE(bucket.take(1, time_point{199ms}));
  CHECK(bucket.take(1, time_point{200ms}));
  CHECK(bucket.available(time_point{1200ms}) == 5);
  CHECK(bucket.available(time_point{24h * 365 * 100}) == 10);
}

SCENARIO("a reserve is left untouched") {
  token_bucket bucket{{10, 1}, time_point{}};
  CHECK(bucket.take(6, time_point{}, 4));
  CHECK_FALSE(bucket.take(1, time_point{}, 4));
  CHECK(bucket.take(4, time_point{}));
}

SCENARIO("the wait that is told is just long enough") {
  token_bucket bucket{{10, 3}, time_point{}};
  CHECK(bucket.wait_for(10, time_point{}) == duration::zero());
  CHECK(bucket.take(10, time_point{}));
  const auto wait = bucket.wait_for(1, time_point{});
  CHECK_FALSE(token_bucket{bucket}.take(1, time_point{wait - 1us}));
  CHECK(token_bucket{bucket}.take(1, time_point{wait}));
  CHECK(bucket.wait_for(8, time_point{}, 3) == duration::max());
}

SCENARIO("a drained bucket fills again from nothing") {
  token_bucket bucket{{10, 10}, time_point{}};
  bucket.drain(time_point{1s});
  CHECK(bucket.available(time_point{1s}) == 0);
  CHECK(bucket.available(time_point{1500ms}) == 5);
}

SCENARIO("over any span no more is given than the pool and the refill of that span") {
  const std::uint64_t seed = 20'261'122;
  CAPTURE(seed);
  cafnode::base::rng chance{seed};
  for (int round = 0; round < 50; ++round) {
    const auto pool = chance.between(1, 50);
    const auto rate = chance.between(1, 1000);
    token_bucket bucket{{pool, rate}, time_point{}};
    time_point now{};
    std::int64_t given = 0;
    for (int i = 0; i < 500; ++i) {
      now += std::chrono::microseconds{chance.between(0, 3000)};
      const auto cost = chance.between(0, pool);
      if (bucket.take(cost, now))
        given += cost;
    }
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    CHECK(given <= pool + elapsed * rate / 1'000'000);
  }
}

SCENARIO("the largest pool and refill stay inside 64 bits") {
  token_bucket bucket{{1'000'000'000, 1'000'000'000}, time_point{}};
  CHECK(bucket.take(1'000'000'000, time_point{}));
  CHECK(bucket.available(time_point{500ms}) == 500'000'000);
  CHECK(bucket.available(time_point{24h * 365 * 200}) == 1'000'000'000);
}
