#include "actors/session/spender.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using base::time_point;
using session::rate_budget;
using session::rate_limits;
using session::spender;
using session::standing;

namespace {

std::shared_ptr<rate_budget> rested() {
  return std::make_shared<rate_budget>(rate_limits{{10, 1}, {5000, 100}, 0, {3000, 100}}, time_point{-1h});
}

} // namespace

SCENARIO("a set-up pays once: for what the machine sends, and for the first queries; the rest comes back") {
  const auto budget = rested();
  spender alpha{budget};
  REQUIRE(alpha.ask_turn(standing::fresh, {0, 2500, 3000}, time_point{}).granted);
  CHECK(budget->credits_left(time_point{}) == 2500);
  alpha.saw({{0, 1000, 3000}, {0, 1000, 3000}}, time_point{});
  CHECK(budget->credits_left(time_point{}) == 2500);
  REQUIRE(alpha.take_query(500, time_point{}));
  CHECK(budget->credits_left(time_point{}) == 2500);
  alpha.handed_on({0, 500, 0}, true, time_point{});
  alpha.saw({{0, 1500, 3000}, {0, 1500, 3000}}, time_point{});
  alpha.end_turn(time_point{});
  CHECK(budget->credits_left(time_point{}) == 3500);
}

SCENARIO("heartbeats never wait and are counted") {
  const auto budget = rested();
  spender alpha{budget};
  alpha.saw({{0, 500, 0}, {}}, time_point{});
  CHECK(budget->credits_left(time_point{}) == 4500);
  alpha.saw({{0, 500, 0}, {0, 500, 0}}, time_point{5s});
  CHECK(budget->credits_left(time_point{10s}) == 5000);
}

SCENARIO("a command that the client did not send costs nothing") {
  const auto budget = rested();
  spender alpha{budget};
  REQUIRE(alpha.take_order(time_point{}));
  alpha.handed_on({1, 0, 0}, false, time_point{});
  CHECK(budget->matching_left(time_point{}) == 10);
}

SCENARIO("a connection that ends gives back what it never sent, leaves the queue, and owes the rest for a while") {
  const auto budget = rested();
  spender alpha{budget};
  spender beta{budget};
  REQUIRE(alpha.take_order(time_point{}));
  REQUIRE(alpha.take_order(time_point{}));
  alpha.handed_on({1, 0, 0}, true, time_point{});
  alpha.saw({{1, 0, 0}, {}}, time_point{});
  REQUIRE(beta.ask_turn(standing::fresh, {0, 0, 3000}, time_point{}).granted);
  REQUIRE_FALSE(alpha.ask_turn(standing::returning, {0, 0, 3000}, time_point{}).granted);
  alpha.ended(time_point{});
  CHECK(budget->waiting() == 0);
  CHECK(budget->matching_left(time_point{29s}) == 9);
  CHECK(budget->matching_left(time_point{32s}) == 10);
}

SCENARIO("without an account everything passes") {
  spender alpha{nullptr};
  CHECK(alpha.ask_turn(standing::fresh, {0, 1'000'000, 1'000'000}, time_point{}).granted);
  CHECK(alpha.take_query(1'000'000, time_point{}));
  alpha.saw({{0, 1000, 3000}, {}}, time_point{});
  alpha.ended(time_point{});
}

SCENARIO("in any order of events nothing is lost and nothing is counted twice") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    const auto budget = rested();
    std::vector<std::unique_ptr<spender>> all;
    std::vector<venues::traffic> machines(4);
    std::vector<std::int64_t> commands(4);
    for (int i = 0; i < 4; ++i)
      all.push_back(std::make_unique<spender>(budget));
    time_point now{};
    for (int step = 0; step < 400; ++step) {
      now += std::chrono::milliseconds{chance.between(0, 200)};
      const auto which = static_cast<std::size_t>(chance.between(0, 3));
      auto& one = *all[which];
      auto& machine = machines[which];
      switch (chance.between(0, 7)) {
      case 0:
        static_cast<void>(one.ask_turn(standing::fresh, {0, 1500, 3000}, now));
        break;
      case 1:
        commands[which] += one.take_query(500, now) ? 1 : 0;
        break;
      case 2:
        if (commands[which] > 0) {
          --commands[which];
          const bool sent = chance.between(0, 1) == 0;
          one.handed_on({0, 500, 0}, sent, now);
          machine.sent.other += sent ? 500 : 0;
          one.saw(machine, now);
        }
        break;
      case 3:
        machine.sent.other += 500; // a heartbeat
        one.saw(machine, now);
        break;
      case 4:
        machine.answered = machine.sent;
        one.saw(machine, now);
        break;
      case 5:
        one.end_turn(now);
        break;
      case 6:
        machine.sent.subscribe += 3000;
        one.saw(machine, now);
        break;
      default:
        one.ended(now);
        machine = {};
        commands[which] = 0;
      }
    }
    for (auto& one : all)
      one->ended(now);
    CHECK(budget->waiting() == 0);
    CHECK(budget->credits_left(now + 10min) == 5000);
    CHECK(budget->matching_left(now + 10min) == 10);
  }
}
