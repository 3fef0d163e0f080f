#include "actors/session/gap_model.hpp"
#include "actors/session/round_trips.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::duration;
using cafnode::base::time_point;

namespace {

gap_model after(duration gap, duration span) {
  gap_model model;
  for (auto seen = duration::zero(); seen < span; seen += gap)
    model.add(gap);
  return model;
}

} // namespace

SCENARIO("a stream flows when its pauses are short, however many frames come between them") {
  CHECK(after(10ms, 10s).flows());
  CHECK(after(1s, 20s).flows());
  CHECK_FALSE(after(3s, 60s).flows());
  gap_model bursts;
  for (int i = 0; i < 20; ++i) {
    for (int frame = 0; frame < 100; ++frame)
      bursts.add(100us);
    bursts.add(2s);
  }
  CHECK_FALSE(bursts.flows());
}

SCENARIO("nothing is known after a moment, and nothing makes a silence unusual then") {
  CHECK_FALSE(gap_model{}.unusual_after().has_value());
  CHECK_FALSE(after(10ms, 900ms).unusual_after().has_value());
  CHECK(after(10ms, 1100ms).unusual_after() == gap_model::unusual_min);
}

SCENARIO("the slower a stream, the longer its silence may be, and where it flows at most one and a half seconds") {
  auto last = duration::zero();
  for (const auto gap : {10ms, 100ms, 600ms, 1000ms, 1400ms, 2000ms, 2500ms}) {
    CAPTURE(gap.count());
    const auto model = after(gap, 60s);
    const auto unusual = model.unusual_after();
    REQUIRE(unusual.has_value());
    CHECK(*unusual >= last);
    CHECK(*unusual > gap);
    CHECK((*unusual <= gap_model::flow_gap_max) == model.flows());
    last = *unusual;
  }
  CHECK_FALSE(after(10s, 100s).unusual_after().has_value());
}

SCENARIO("a stream that changes its pace is known anew within half a minute") {
  auto model = after(50ms, 60s);
  for (int i = 0; i < 6; ++i)
    model.add(5s);
  CHECK_FALSE(model.flows());
  for (int i = 0; i < 600; ++i)
    model.add(50ms);
  CHECK(model.unusual_after() == gap_model::unusual_min);
}

SCENARIO("one long gap does not hide a flow for long") {
  auto model = after(50ms, 60s);
  model.add(10min);
  for (int i = 0; i < 600; ++i)
    model.add(50ms);
  CHECK(model.flows());
}

SCENARIO("an answer may take a few round trips, a second at least, and twice what was the worst") {
  round_trips trips;
  const time_point start{1h};
  CHECK_FALSE(trips.known());
  CHECK(trips.patience() == round_trips::patience_unknown);
  for (int i = 0; i < 100; ++i)
    trips.add(20ms, start);
  CHECK(trips.patience() == round_trips::patience_min);
  trips.add(800ms, start);
  CHECK(trips.patience() == 1600ms);
  WHEN("half an hour has passed since the worst, not before, it counts half") {
    trips.add(20ms, start + 29min);
    trips.add(900ms, start + 29min);
    trips.add(20ms, start + 58min);
    CHECK(trips.patience() == 1800ms);
    for (int i = 0; i < 100; ++i)
      trips.add(20ms, start + 59min);
    CHECK(trips.patience() == round_trips::patience_min);
  }
  WHEN("an hour has passed, the worst is forgiven") {
    for (int i = 0; i < 100; ++i)
      trips.add(20ms, start + 1h);
    CHECK(trips.patience() == round_trips::patience_min);
  }
  WHEN("the way has become long") {
    for (int i = 0; i < 100; ++i)
      trips.add(700ms, start + 1s);
    CHECK(trips.patience() >= 2100ms);
    CHECK(trips.patience() < 3s);
  }
}
