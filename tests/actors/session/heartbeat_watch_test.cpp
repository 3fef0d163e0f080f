#include "actors/session/heartbeat_watch.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::duration;
using cafnode::base::time_point;

namespace {

constexpr heartbeat_limits limits{1s, 25s, 10s};
constexpr time_point start{100s};

heartbeat_watch fresh() {
  heartbeat_watch watch{limits};
  watch.opened(start);
  return watch;
}

/// A watch that knows that the exchange asks 10.6 s after our last word; that was at `start`.
heartbeat_watch measured() {
  auto watch = fresh();
  watch.spoke(start - 10'600ms);
  watch.asked(start, std::nullopt);
  watch.answered(start);
  watch.spoke(start);
  return watch;
}

} // namespace

SCENARIO("an answer is measured from the first question that waits for it") {
  auto watch = fresh();
  CHECK_FALSE(watch.answered(start).has_value());
  watch.asked(start + 1s, std::nullopt);
  CHECK(watch.waits());
  watch.asked(start + 2s, std::nullopt);
  const auto span = watch.answered(start + 2500ms);
  REQUIRE(span.has_value());
  CHECK(*span == 1500ms);
  CHECK(watch.missed(*span));
  CHECK_FALSE(watch.missed(1s));
  CHECK_FALSE(watch.waits());
  CHECK_FALSE(watch.answered(start + 3s).has_value());
}

SCENARIO("a question that lay in the socket while we were away is late by then") {
  auto watch = measured();
  GIVEN("an absence of thirty seconds, in which it was due") {
    const absence away{start + 3s, start + 33s};
    watch.asked(start + 33s, away);
    const auto span = watch.answered(start + 33s);
    REQUIRE(span.has_value());
    CHECK(*span == 33s - 10'600ms);
    CHECK(watch.missed(*span));
    THEN("the next one is measured as ever") {
      watch.spoke(start + 33s);
      watch.asked(start + 43'600ms, away);
      CHECK(watch.answered(start + 43'600ms) == 0s);
    }
  }
  GIVEN("an absence that begins after it was due: the exchange asks later than it did before") {
    watch.asked(start + 15s, absence{start + 12s, start + 15s});
    CHECK(watch.answered(start + 15s) == 3s);
  }
  GIVEN("an absence that ended before it was due") {
    watch.asked(start + 10'600ms, absence{start + 1s, start + 10s});
    CHECK(watch.answered(start + 10'600ms) == 0s);
  }
  GIVEN("a short absence") {
    watch.asked(start + 11s, absence{start + 10'500ms, start + 11s});
    const auto span = watch.answered(start + 11s);
    CHECK(span == 400ms);
    CHECK_FALSE(watch.missed(*span));
  }
}

SCENARIO("a question that comes later than usual, and long after an absence, is measured from its arrival") {
  auto watch = measured();
  watch.asked(start + 14s, absence{start + 1s, start + 2s});
  CHECK(watch.answered(start + 14s) == 0s);
}

SCENARIO("the exchange is expected to ask as soon as it ever did, but for what comes before its interval is over") {
  auto watch = measured();
  const auto next = [&](duration after) {
    watch.asked(start + after, std::nullopt);
    watch.answered(start + after);
    watch.spoke(start);
  };
  const auto expected = [&] {
    watch.asked(start + 40s, absence{start + 1s, start + 40s});
    return start + 40s - (start + *watch.answered(start + 40s));
  };
  GIVEN("one that came later") {
    next(12s);
    CHECK(expected() == 10'600ms);
  }
  GIVEN("one that came sooner") {
    next(10'300ms);
    CHECK(expected() == 10'300ms);
  }
  GIVEN("one that came in the middle of the set-up") {
    next(2s);
    CHECK(expected() == 10'600ms);
  }
}

SCENARIO("a new connection has no question to answer, and none that was missed") {
  auto watch = measured();
  watch.asked(start, std::nullopt);
  GIVEN("a question without an answer on the old one") {
    watch.opened(start + 1s);
    CHECK_FALSE(watch.waits());
  }
  GIVEN("a late answer on the old one") {
    watch.answered(start + 5s);
    watch.opened(start + 6s);
    CHECK(watch.ended(start + 20s, true, std::nullopt).has_value());
  }
}

SCENARIO("before the exchange was seen to ask, it is expected after the interval") {
  auto watch = fresh();
  watch.asked(start + 20s, absence{start + 1s, start + 20s});
  CHECK(watch.answered(start + 20s) == 10s);
}

SCENARIO("what an absence has delayed teaches nothing of when the exchange asks") {
  auto watch = measured();
  watch.asked(start + 14s, absence{start + 1s, start + 14s});
  watch.answered(start + 14s);
  watch.spoke(start + 14s);
  watch.asked(start + 40s, absence{start + 15s, start + 40s});
  CHECK(watch.answered(start + 40s) == 40s - 24'600ms);
}

SCENARIO("the end of a connection counts the heartbeat that it ended for, once") {
  auto watch = measured();
  GIVEN("a question without an answer") {
    watch.asked(start + 10'600ms, std::nullopt);
    WHEN("it has waited too long") {
      CHECK(watch.ended(start + 12'600ms, false, std::nullopt) == 2s);
      CHECK_FALSE(watch.ended(start + 13s, true, std::nullopt).has_value());
    }
    WHEN("the link broke before the answer was late") {
      CHECK_FALSE(watch.ended(start + 11s, false, std::nullopt).has_value());
    }
    WHEN("the exchange says so") {
      CHECK(watch.ended(start + 11s, true, std::nullopt).has_value());
    }
  }
  GIVEN("an exchange that closes for a question that never came") {
    CHECK(watch.ended(start + 21'200ms, true, std::nullopt) == 10'600ms);
  }
  GIVEN("a late answer, which was counted") {
    watch.asked(start + 33s, absence{start + 3s, start + 33s});
    watch.answered(start + 33s);
    watch.spoke(start + 33s);
    CHECK_FALSE(watch.ended(start + 33s, true, absence{start + 3s, start + 33s}).has_value());
  }
  GIVEN("an answer in time, and a close for the one that must have come after it") {
    watch.asked(start + 10'600ms, std::nullopt);
    watch.answered(start + 10'600ms);
    watch.spoke(start + 10'600ms);
    CHECK(watch.ended(start + 32s, true, std::nullopt).has_value());
  }
  GIVEN("a link that broke while we were away") {
    CHECK(watch.ended(start + 33s, false, absence{start + 3s, start + 33s}) == 33s - 10'600ms);
  }
  GIVEN("a link that broke while we were away, and nothing was due") {
    CHECK_FALSE(watch.ended(start + 9s, false, absence{start + 3s, start + 9s}).has_value());
  }
  GIVEN("a connection that was never opened again") {
    CHECK_FALSE(watch.ended(start + 1s, false, std::nullopt).has_value());
    CHECK_FALSE(watch.ended(start + 33s, true, absence{start + 3s, start + 33s}).has_value());
  }
}

SCENARIO("an exchange that never asks cannot have missed an answer while we were away") {
  auto of_pings = limits;
  of_pings.peer_asks = false;
  heartbeat_watch watch{of_pings};
  watch.opened(start);
  CHECK_FALSE(watch.ended(start + 33s, false, absence{start + 3s, start + 33s}).has_value());
}
