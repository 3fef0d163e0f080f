#include "actors/session/login_hold.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using base::time_point;
using session::login_hold;

SCENARIO("a refused key rests for 30 s from the first, twice as long each time, and ten minutes at most") {
  login_hold key;
  time_point now{1h};
  CHECK(key.ask(1, now) == 0ms);
  for (const auto wait : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    CHECK(key.refused(1, now) == wait);
    CHECK(key.ask(1, now + wait - 1ms) > 0ms);
    now += wait;
    REQUIRE(key.ask(1, now) == 0ms);
  }
  key.accepted();
  CHECK(key.ask(2, now) == 0ms);
  CHECK(key.refused(2, now) == 30s);
}

SCENARIO("after a refusal one tries alone, and the others learn what came of it") {
  login_hold key;
  key.refused(1, time_point{});
  CHECK(key.refused(2, time_point{1s}) == 29s); // was under way when the first was refused
  REQUIRE(key.ask(2, time_point{30s}) == 0ms);
  CHECK(key.ask(1, time_point{30s}) > 0ms);
  GIVEN("that it is accepted") {
    key.accepted();
    CHECK(key.ask(1, time_point{30s}) == 0ms);
  }
  GIVEN("that its link was lost before anything was said") {
    key.left(2);
    CHECK(key.ask(1, time_point{31s}) == 0ms);
  }
  GIVEN("that it is refused again") {
    CHECK(key.refused(2, time_point{31s}) == 60s);
    CHECK(key.ask(1, time_point{90s}) > 0ms);
  }
}

SCENARIO("a person who has mended the key need not wait") {
  login_hold key;
  key.refused(1, time_point{});
  CHECK(key.ask(1, time_point{1s}, true) == 0ms);
  CHECK(key.refused(1, time_point{1s}) == 60s);
}

SCENARIO(
    "however many connections share a refused key, and in whatever order they ask, it is tried a few times an hour") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    login_hold key;
    key.refused(1, time_point{});
    int tries = 0;
    for (time_point now{}; now < time_point{1h}; now += std::chrono::milliseconds{chance.between(1, 2000)})
      if (const auto one = static_cast<login_hold::who>(chance.between(1, 16)); key.ask(one, now) == 0ms) {
        ++tries;
        key.refused(one, now + 50ms);
      }
    CHECK(tries >= 7);
    CHECK(tries <= 10);
  }
}
