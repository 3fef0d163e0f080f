#include "actors/session/setup_queue.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace cafnode;
using session::setup_queue;
using session::standing;

SCENARIO("the live go before the returning, these before the fresh, and each in the order of asking") {
  setup_queue queue;
  const auto fresh = queue.enter(standing::fresh, {});
  const auto back = queue.enter(standing::returning, {});
  const auto back_too = queue.enter(standing::returning, {});
  const auto live = queue.enter(standing::live, {});
  CHECK(queue.ahead_of(fresh) == 3);
  CHECK(queue.ahead_of(back_too) == 2);
  queue.grant_next();
  CHECK(queue.collect(live));
  queue.grant_next();
  CHECK(queue.collect(back));
  CHECK_FALSE(queue.collect(back)); // once
  queue.leave(back_too);
  queue.grant_next();
  CHECK(queue.collect(fresh));
  CHECK(queue.waiting() == 0);
  CHECK_FALSE(queue.next().has_value());
}

SCENARIO("connections that flap without end do not keep a fresh one out") {
  setup_queue queue;
  const auto fresh = queue.enter(standing::fresh, {});
  for (int i = 0; i < 8; ++i)
    static_cast<void>(queue.enter(standing::returning, {}));
  int turns = 0;
  while (!queue.collect(fresh)) {
    static_cast<void>(queue.enter(standing::returning, {}));
    queue.grant_next();
    REQUIRE(++turns <= 4);
  }
}

SCENARIO("in any order of coming and leaving, each gets at most one turn, and none of those who stay is forgotten") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    setup_queue queue;
    std::vector<setup_queue::ticket> waiting;
    for (int step = 0; step < 300; ++step) {
      const auto draw = chance.between(0, 9);
      if (draw < 5) {
        waiting.push_back(queue.enter(static_cast<standing>(chance.between(0, 2)), {}));
      } else if (draw < 8 && queue.next()) {
        queue.grant_next();
      } else if (!waiting.empty()) {
        const auto at = static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(waiting.size()) - 1));
        queue.leave(waiting[at]);
        CHECK_FALSE(queue.collect(waiting[at]));
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at));
      }
      std::erase_if(waiting, [&](auto which) { return queue.collect(which); });
      REQUIRE(queue.waiting() == waiting.size());
    }
    while (queue.next())
      queue.grant_next();
    for (const auto which : waiting)
      CHECK(queue.collect(which));
  }
}
