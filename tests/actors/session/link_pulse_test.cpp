#include "actors/session/link_pulse.hpp"
#include "tests/actors/session/drawn_link.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using base::duration;
using base::time_point;
using session::frame_role;
using session::link_pulse;
using session::pulse_verdict;
using test::drawn_link;
using test::link_character;

namespace {

constexpr time_point start{100h};

/// A pulse whose connection has streamed a frame every `gap` for `span`, and whose way is known.
time_point flow(link_pulse& pulse, duration gap, duration span, time_point from = start) {
  auto at = from;
  for (; at < from + span; at += gap)
    pulse.heard(frame_role::news, at);
  return at - gap;
}

link_pulse fresh(duration round_trip = 20ms) {
  link_pulse pulse{{}};
  pulse.dialing();
  pulse.opened(start);
  pulse.ready(start);
  pulse.acknowledged(round_trip, start);
  return pulse;
}

/// Looks when it is due until something is to be done.
pulse_verdict wait(link_pulse& pulse, time_point& at) {
  for (;;) {
    at = pulse.next_look(at);
    if (const auto verdict = pulse.look(at); verdict != pulse_verdict::fine)
      return verdict;
  }
}

} // namespace

SCENARIO("where data flows, a silence is asked about within a second and dead within three") {
  auto pulse = fresh();
  const auto last = flow(pulse, 100ms, 30s);
  auto at = last;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(at - last >= 750ms);
  CHECK(at - last < 1s);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - last == 2700ms);
}

SCENARIO("a slow way is given a few of its round trips") {
  auto pulse = fresh(1s);
  const auto last = flow(pulse, 100ms, 30s);
  auto at = last;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  const auto asked = at;
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - asked >= 4s);
}

SCENARIO("a quiet connection is asked after the exchange's own interval, and dead before one and a half") {
  auto pulse = fresh();
  auto at = start;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe);
  CHECK(at - start == 11'500ms);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - start < 15s);
}

SCENARIO("the configured limit ends a silence whatever was learned") {
  link_pulse pulse{{10s, 12s}};
  pulse.opened(start);
  pulse.ready(start);
  pulse.acknowledged(9s, start);
  auto at = start;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe);
  CHECK(at - start == 6s);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - start == 12s + 100ms);
}

SCENARIO("any frame after the question saves the connection") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  WHEN("it is the answer, the stream is taken to be slower, and asked about less and less") {
    std::vector<duration> after;
    for (int i = 0; i < 4; ++i) {
      pulse.heard(frame_role::answer, at + 20ms);
      at += 20ms;
      const auto asked = at;
      REQUIRE(wait(pulse, at) != pulse_verdict::silent);
      pulse.probed(at);
      after.push_back(at - asked);
    }
    CHECK(std::is_sorted(after.begin(), after.end()));
    CHECK(after.back() >= 5s);
  }
  WHEN("it is in the last step before the end") {
    while (pulse.look(at) == pulse_verdict::fine && at < start + 60s) {
      const auto next = pulse.next_look(at);
      if (next - at == 100ms) { // the socket is read once more
        pulse.heard(frame_role::news, at + 50ms);
        CHECK(pulse.look(at + 100ms) == pulse_verdict::fine);
        CHECK(pulse.quiet(at + 100ms) == 50ms);
        return;
      }
      at = next;
    }
    FAIL("there was no last step");
  }
}

SCENARIO("what was heard for a moment only says nothing of a silence") {
  auto pulse = fresh();
  auto at = flow(pulse, 50ms, 500ms);
  const auto last = at;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe);
  CHECK(at - last == 11'500ms);
}

SCENARIO("the first answer of a connection tells how long its way is, until a question measures it") {
  link_pulse pulse{{}};
  pulse.opened(start);
  pulse.heard(frame_role::news, start + 60ms);
  pulse.heard(frame_role::news, start + 9s); // no answer to the first question of the set-up
  pulse.ready(start + 9s);
  auto at = start + 9s;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(at - start == 10s);
  pulse.probed(at);
  WHEN("it says nothing more, it has no more patience than with any other") {
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    CHECK(at - start == 9s + 2700ms);
  }
  WHEN("it was measured, it is not asked for that again, nor on the next connection") {
    pulse.acknowledged(20ms, at);
    pulse.heard(frame_role::answer, at + 20ms);
    REQUIRE(wait(pulse, at) == pulse_verdict::probe);
    pulse.dialing();
    pulse.opened(at);
    pulse.ready(at);
    const auto again = at;
    REQUIRE(wait(pulse, at) == pulse_verdict::probe);
    CHECK(at - again == 11'500ms);
  }
  WHEN("its answer never came, the next connection is asked") {
    pulse.dialing();
    pulse.opened(at);
    pulse.ready(at);
    CHECK(wait(pulse, at) == pulse_verdict::probe_early);
  }
}

SCENARIO("a way that was never measured is measured, and until then has patience") {
  link_pulse pulse{{}};
  pulse.opened(start);
  pulse.ready(start);
  auto at = start;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(at - start == 1s);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - start >= 6s);
}

SCENARIO("a question that cannot be afforded is put off, one that must be asked is not") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  const auto last = at;
  int refused = 0;
  while (wait(pulse, at) == pulse_verdict::probe_early) {
    pulse.cannot_afford(at);
    ++refused;
  }
  CHECK(refused >= 5);
  CHECK(refused <= 12);
  CHECK(at - last == 11'500ms);
}

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

SCENARIO("nothing is judged before the link is open, and the limit alone before it is ready") {
  link_pulse pulse{{}};
  pulse.dialing();
  CHECK(pulse.look(start + 1h) == pulse_verdict::fine);
  pulse.opened(start);
  auto at = start;
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - start >= 25s);
}

SCENARIO("no living link is ever taken for dead: a day on each of many, with all that links and processes do") {
  std::uint64_t asked = 0;
  constexpr std::uint64_t links = 40;
  for (std::uint64_t seed = 1; seed <= links; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    drawn_link link{link_character::draw(chance), seed};
    link.run(24h);
    REQUIRE_MESSAGE(!link.dead(), "dead after ",
                    std::chrono::duration_cast<std::chrono::seconds>(link.now() - time_point{1h}).count(), " s");
    asked += link.questions();
  }
  // 500 credits each, of 10,000 a second that an account has.
  const auto credits = static_cast<double>(asked) * 500 / (static_cast<double>(links) * 86'400);
  MESSAGE("credits a second and connection: ", credits);
  CHECK(credits < 100);
}

SCENARIO("a muted connection is found dead within the aims, whatever its link is like") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    auto character = link_character::draw(chance);
    character.reconnect_every = character.pause_every = duration::zero();
    character.tail_max = 100ms;
    character.stall_max = 300ms;
    character.slower_at_night = 1;
    drawn_link link{character, seed};
    link.run(std::chrono::seconds{chance.between(30, 600)});
    REQUIRE(!link.dead());
    link.mute();
    link.run(30s);
    REQUIRE(link.dead());
    const bool flows = character.gap > duration::zero() && character.gap * (character.burst > 1 ? 2 : 1) <= 500ms;
    CHECK(link.now() - link.last_read() < (flows ? duration{3s} : duration{15s}));
  }
}
