#include "actors/session/link_pulse.hpp"
#include "tests/actors/session/pulse_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using namespace std::chrono_literals;
using session::frame_role;
using session::pulse_verdict;
using test::flow;
using test::fresh;
using test::wait;

SCENARIO("after an absence of ours the socket is read and the question asked anew") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  GIVEN("an absence that begins at any moment of the judgement") {
    for (const auto pause : {300ms, 1000ms, 30'000ms})
      for (auto before = 0ms; before < 2500ms; before += 50ms) {
        CAPTURE(pause.count());
        CAPTURE(before.count());
        auto paused = pulse;
        auto then = at;
        while (paused.next_look(then) <= at + before) {
          then = paused.next_look(then);
          if (const auto verdict = paused.look(then); verdict != pulse_verdict::fine)
            paused.probed(then);
        }
        const auto due = paused.next_look(then);
        const auto back = std::max(due, at + before + pause);
        // The timer is served first: what came in the meantime is still unread.
        REQUIRE(paused.look(back) != pulse_verdict::silent);
        if (back - due > 250ms) {
          REQUIRE(paused.away().has_value());
          CHECK(paused.away()->until == back);
          const auto step = paused.next_look(back);
          CHECK(paused.look(step) != pulse_verdict::silent);
        }
        paused.heard(frame_role::news, back + 1ms);
        CHECK(paused.look(back + 2ms) == pulse_verdict::fine);
      }
  }
}

SCENARIO("looks that are always late do not keep a dead connection for ever") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  for (int i = 0; i < 200; ++i) {
    at = pulse.next_look(at) + 2s;
    const auto verdict = pulse.look(at);
    if (verdict == pulse_verdict::silent)
      return;
    if (verdict != pulse_verdict::fine)
      pulse.probed(at);
  }
  FAIL("it was never found dead");
}

SCENARIO("an absence is taken out of every silence, once") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  const auto last = at;
  const auto due = pulse.next_look(at);
  const auto back = due + 400ms;
  pulse.attend(back);
  CHECK(pulse.quiet(back) == due - last);
  REQUIRE(pulse.away().has_value());
  CHECK(pulse.away()->from == due);
  CHECK(pulse.away()->until == back);
  WHEN("more happens before the next look") {
    pulse.attend(back + 900ms);
    CHECK(pulse.away()->until == back);
    CHECK(pulse.quiet(back) == due - last);
  }
  WHEN("the look comes in time from then on, the silence goes on") {
    at = back;
    CHECK(wait(pulse, at) == pulse_verdict::probe_early);
  }
}

SCENARIO("what lies in an absence is no gap of the stream") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  at = pulse.next_look(at) + 30s;
  pulse.attend(at);
  at = flow(pulse, 100ms, 200ms, at);
  const auto last = at;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(at - last <= 800ms);
}

SCENARIO("without somebody who promised to look, a look that does not come is no absence") {
  auto pulse = fresh();
  auto at = pulse.next_look(flow(pulse, 100ms, 30s));
  pulse.unwatched();
  pulse.attend(at + 1h);
  CHECK_FALSE(pulse.away().has_value());
}

SCENARIO("a short absence gives the answer that much more time, a long one asks again") {
  auto pulse = fresh(1s); // five seconds of patience
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  const auto asked = at;
  GIVEN("a short one") {
    at = pulse.next_look(at) + 800ms;
    REQUIRE(pulse.look(at) == pulse_verdict::fine);
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    CHECK(at - asked == 5s + 800ms + 500ms + 100ms);
  }
  GIVEN("a long one") {
    at = pulse.next_look(at) + 30s;
    const auto back = at;
    auto verdict = pulse.look(at);
    while (verdict == pulse_verdict::fine) {
      at = pulse.next_look(at);
      verdict = pulse.look(at);
    }
    REQUIRE(verdict == pulse_verdict::probe_early);
    pulse.probed(at);
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    CHECK(at - back >= 5s);
  }
}

SCENARIO("after a long absence the socket has as long to say something as after a frame") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  at = pulse.next_look(at) + 30s;
  const auto back = at;
  REQUIRE(pulse.look(at) == pulse_verdict::probe_early);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - back == 2700ms);
}

SCENARIO("an absence in the last step before the end begins that step anew") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  auto step = pulse.next_look(at);
  for (; step - at != 100ms; step = pulse.next_look(at)) {
    at = step;
    REQUIRE(pulse.look(at) == pulse_verdict::fine);
  }
  const auto back = step + 400ms;
  REQUIRE(pulse.look(back) == pulse_verdict::fine);
  CHECK(pulse.next_look(back) - back >= 100ms);
}

SCENARIO("a thread that is late again and again is forgiven as often as something comes in between") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  for (int i = 0; i < 10; ++i) {
    CAPTURE(i);
    REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
    pulse.probed(at);
    at = pulse.next_look(at) + 2s;
    REQUIRE(pulse.look(at) != pulse_verdict::silent);
    CHECK(pulse.next_look(at) - at != 100ms); // not found dead either
    at = flow(pulse, 100ms, 5s, at);
  }
}

SCENARIO("a connection whose predecessor ended without an answer is asked at once, so that it is judged as before") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  const auto again = at + 1s;
  pulse.dialing();
  pulse.opened(again);
  pulse.ready(again);
  at = again;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(at - again < 5s);
  pulse.probed(at);
  pulse.acknowledged(20ms, at);
  pulse.heard(cafnode::session::frame_role::answer, at);
  const auto last = flow(pulse, 100ms, 30s, at);
  at = last;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - last == 2700ms);
}
