#include "actors/session/link_pulse.hpp"
#include "tests/actors/session/drawn_link.hpp"
#include "tests/actors/session/pulse_rig.hpp"

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
using test::flow;
using test::fresh;
using test::link_character;
using test::start;
using test::wait;

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

SCENARIO("where data flows, the first connection is judged as quickly as any, measured or not") {
  link_pulse pulse{{}};
  pulse.opened(start);
  pulse.heard(frame_role::answer, start + 5ms);
  pulse.ready(start + 5ms);
  const auto last = flow(pulse, 100ms, 1500ms, start + 5ms);
  auto at = last;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  REQUIRE(wait(pulse, at) == pulse_verdict::silent);
  CHECK(at - last <= 3s);
}

SCENARIO("an exchange that answers questions later than its set-up taught loses a connection or two, not all") {
  for (const duration takes : {2700ms, 3000ms, 4500ms, 5000ms, 8000ms, 12'000ms}) {
    CAPTURE(std::chrono::duration_cast<std::chrono::milliseconds>(takes).count());
    link_pulse pulse{{}};
    int ends = 0;
    auto at = start;
    for (const auto over = start + 10min; at < over;) {
      pulse.dialing();
      pulse.opened(at);
      at += 5ms;
      pulse.heard(frame_role::answer, at);
      pulse.ready(at);
      for (auto verdict = pulse_verdict::fine; at < over;) {
        verdict = wait(pulse, at);
        if (verdict == pulse_verdict::silent)
          break;
        pulse.probed(at);
        const auto answered = at + takes;
        for (verdict = pulse_verdict::fine; verdict == pulse_verdict::fine && at < answered;) {
          at = std::min(answered, pulse.next_look(at));
          verdict = pulse.look(at);
        }
        if (verdict == pulse_verdict::silent)
          break;
        pulse.heard(frame_role::answer, answered);
        pulse.acknowledged(takes, answered);
      }
      ends += at < over ? 1 : 0;
      at += 1s;
    }
    CHECK(ends <= 2);
  }
}

SCENARIO("an end without an answer gives the next connection twice the time; an answer takes that back") {
  auto pulse = fresh();
  std::vector<duration> lasted;
  auto from = start;
  for (int i = 0; i < 3; ++i) {
    const auto last = flow(pulse, 100ms, 30s, from);
    auto at = last;
    REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
    pulse.probed(at);
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    lasted.push_back(at - last);
    from = at + 1s;
    pulse.dialing();
    pulse.opened(from);
    pulse.ready(from);
    if (i == 1)
      pulse.acknowledged(20ms, from);
  }
  CHECK(lasted == std::vector<duration>{2700ms, 5300ms, 2700ms});
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
    for (int i = 0; i < 3; ++i) {
      pulse.heard(frame_role::answer, at + 20ms);
      at += 20ms;
      const auto asked = at;
      REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
      pulse.probed(at);
      after.push_back(at - asked);
    }
    CHECK(std::is_sorted(after.begin(), after.end()));
    CHECK(after.back() >= 2500ms);
    THEN("in the end only after the exchange's interval") {
      pulse.heard(frame_role::answer, at + 20ms);
      at += 20ms;
      const auto asked = at;
      REQUIRE(wait(pulse, at) == pulse_verdict::probe);
      CHECK(at - asked == 11'500ms);
    }
    THEN("news makes it usual again") {
      pulse.heard(frame_role::answer, at + 20ms);
      at = flow(pulse, 100ms, 60s, at + 20ms);
      const auto last = at;
      REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
      CHECK(at - last < 1s);
    }
  }
  WHEN("it is in the last step before the end") {
    while (pulse.look(at) == pulse_verdict::fine && at < start + 60s) {
      const auto next = pulse.next_look(at);
      if (next - at == 100ms) { // the socket is read once more
        pulse.heard(frame_role::news, at + 50ms);
        CHECK(pulse.look(at + 100ms) == pulse_verdict::fine);
        CHECK(pulse.quiet(at + 100ms) == 50ms);
        CHECK(pulse.next_look(at + 100ms) > at + 500ms);
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
  WHEN("it says nothing more, it has the patience of a way that no question has measured") {
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    CHECK(at - start == 10s + 5100ms);
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

SCENARIO("a question that went out is not asked again at once, whatever comes for it") {
  link_pulse pulse{{}};
  pulse.opened(start);
  pulse.ready(start);
  auto at = start;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  pulse.probed(at);
  pulse.heard(frame_role::answer, at + 20ms);
  const auto last = at + 20ms;
  REQUIRE(wait(pulse, at) == pulse_verdict::probe);
  CHECK(at - last == 11'500ms);
}

SCENARIO("a look that was answered with nothing done is followed by another, a moment later") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
  CHECK(pulse.next_look(at) > at);
}

SCENARIO("a new connection begins anew, but for the length of its way") {
  auto pulse = fresh();
  auto at = flow(pulse, 100ms, 30s);
  const auto begin_anew = [&](bool is_asked = false) {
    pulse.dialing();
    CHECK_FALSE(pulse.away().has_value());
    for (int i = 0; i < 3; ++i) {
      at = pulse.next_look(at + 20min);
      CHECK(pulse.look(at) == pulse_verdict::fine);
    }
    pulse.opened(at);
    pulse.ready(at);
    CHECK(pulse.next_look(at) == at + 1s);
    const auto opened = at;
    if (is_asked) {
      REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
      CHECK(at - opened == 1s);
      pulse.probed(at);
      pulse.acknowledged(20ms, at);
      pulse.heard(cafnode::session::frame_role::answer, at);
    }
    const auto asked = at;
    REQUIRE(wait(pulse, at) == pulse_verdict::probe);
    CHECK(at - (is_asked ? asked : opened) == 11'500ms);
  };
  GIVEN("one that flowed") {
    begin_anew();
  }
  GIVEN("one on which we were away") {
    at = pulse.next_look(at) + 400ms;
    pulse.attend(at);
    REQUIRE(pulse.away().has_value());
    begin_anew();
  }
  GIVEN("one whose question waits") {
    REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
    pulse.probed(at);
    begin_anew();
  }
  GIVEN("one that was found dead") {
    REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
    pulse.probed(at);
    REQUIRE(wait(pulse, at) == pulse_verdict::silent);
    begin_anew(true);
  }
  GIVEN("one that was judged by looks that were always late") {
    REQUIRE(wait(pulse, at) == pulse_verdict::probe_early);
    pulse.probed(at);
    for (int i = 0; i < 40 && pulse.look(at) != pulse_verdict::silent; ++i)
      at = pulse.next_look(at) + 300ms;
    pulse.unwatched();
    pulse.dialing();
    pulse.opened(at);
    CHECK(pulse.look(at + 25s) == pulse_verdict::fine);
    CHECK(pulse.look(at + 26s) == pulse_verdict::fine);
    CHECK(pulse.look(at + 26s + 100ms) == pulse_verdict::silent);
  }
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
  // 500 credits each, of 10,000 per second that an account has.
  const auto credits = static_cast<double>(asked) * 500 / (static_cast<double>(links) * 86'400);
  MESSAGE("credits per second and connection: ", credits);
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
