#include "actors/session/rate_budget.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::time_point;

namespace {

// Long enough before the tests' zero that every pool is full there.
constexpr time_point long_ago{-1h};

} // namespace

SCENARIO("a budget begins empty: what the process before this one has spent, nobody knows") {
  rate_budget budget{{{10, 5}, {1000, 100}, 0, {300, 100}}, time_point{}};
  CHECK_FALSE(budget.take_order(time_point{}));
  CHECK_FALSE(budget.take_cancel(time_point{}));
  CHECK_FALSE(budget.take_query(1, time_point{}));
  CHECK(budget.take_order(time_point{200ms}));
}

SCENARIO("two connections of one account can spend no more than one could") {
  rate_budget budget{{{10, 5}, {1000, 100}, 0}, long_ago};
  std::int64_t sent = 0;
  for (int i = 0; i < 20; ++i)
    for (int connection = 0; connection < 2; ++connection)
      sent += budget.take_order(time_point{}) ? 1 : 0;
  CHECK(sent == 10);
  budget.answered({sent, 0, 0}, time_point{});
  CHECK(budget.take_order(time_point{200ms}));
  CHECK_FALSE(budget.take_order(time_point{200ms}));
}

SCENARIO("what has no answer yet keeps its place: time gives back only what fits beside it") {
  rate_budget budget{{{10, 5}, {1000, 100}, 0}, long_ago};
  for (int i = 0; i < 10; ++i)
    REQUIRE(budget.take_order(time_point{}));
  CHECK_FALSE(budget.take_order(time_point{1min}));
  budget.answered({1, 0, 0}, time_point{1min});
  CHECK(budget.take_order(time_point{1min + 200ms}));
  CHECK_FALSE(budget.take_order(time_point{2min}));
  AND_WHEN("the connection is lost") {
    budget.lost({10, 0, 0}, time_point{2min});
    THEN("they may still arrive for a while") {
      CHECK_FALSE(budget.take_order(time_point{2min + 29s}));
      CHECK(budget.take_order(time_point{2min + 31s}));
    }
  }
}

SCENARIO("a thread that reaches the budget with an older time neither stops nor refills it") {
  rate_budget budget{{{1, 1}, {1000, 100}, 0}, long_ago};
  CHECK(budget.take_order(time_point{5s}));
  CHECK_FALSE(budget.take_order(time_point{4s}));
  CHECK(budget.matching_left(time_point{3s}) == 0);
  budget.answered({1, 0, 0}, time_point{4s});
  CHECK(budget.take_order(time_point{6s}));
}

SCENARIO("orders leave the reserve to cancels") {
  rate_budget budget{{{10, 1}, {1000, 100}, 50}, long_ago};
  for (int i = 0; i < 5; ++i)
    REQUIRE(budget.take_order(time_point{}));
  CHECK_FALSE(budget.take_order(time_point{}));
  CHECK(budget.take_cancel(time_point{}));
  CHECK(budget.take_query(1000, time_point{}));
  CHECK(budget.query_wait(500, time_point{}) == 5s);
}

SCENARIO("turns are given in the order of asking, and one that is not wanted any more goes to the next") {
  rate_budget budget{{{10, 5}, {1000, 1000}, 0, {3000, 1000}}, time_point{}};
  const cafnode::venues::credits cost{0, 100, 1000};
  const auto first = budget.enter(standing::fresh, cost, time_point{});
  const auto second = budget.enter(standing::fresh, cost, time_point{});
  const auto third = budget.enter(standing::fresh, cost, time_point{});
  CHECK_FALSE(budget.poll(second, time_point{}).granted);
  CHECK(budget.poll(first, time_point{}).wait == 1s);
  CHECK_FALSE(budget.poll(third, time_point{1s}).granted); // gives the first its turn, whoever asks
  CHECK_FALSE(budget.poll(second, time_point{1s}).granted);
  CHECK(budget.poll(first, time_point{1s}).granted);
  budget.leave(second, cost, time_point{1s});
  CHECK(budget.waiting() == 1);
  CHECK(budget.poll(third, time_point{2s}).granted);
  CHECK(budget.waiting() == 0);
}

SCENARIO("a turn that was given and never fetched comes back with its credits") {
  rate_budget budget{{{10, 5}, {1000, 1000}, 0, {1000, 1000}}, long_ago};
  const cafnode::venues::credits cost{0, 100, 1000};
  const auto gone = budget.enter(standing::fresh, cost, time_point{});
  const auto next = budget.enter(standing::fresh, cost, time_point{});
  CHECK_FALSE(budget.poll(next, time_point{}).granted);
  budget.leave(gone, cost, time_point{});
  CHECK(budget.poll(next, time_point{}).granted);
}

SCENARIO("each pool is counted by itself") {
  rate_budget budget{{{10, 1}, {1000, 100}, 0, {3000, 100}}, long_ago};
  const auto subscribes = [&](std::int64_t cost, time_point at) {
    const auto ticket = budget.enter(standing::fresh, {0, 0, cost}, at);
    const bool granted = budget.poll(ticket, at).granted;
    if (granted)
      budget.unsent({0, 0, cost}, at);
    else
      budget.leave(ticket, {0, 0, cost}, at);
    return granted;
  };
  WHEN("what must not wait is sent") {
    budget.force({4, 300, 2000}, time_point{});
    CHECK(budget.matching_left(time_point{}) == 6);
    CHECK(budget.credits_left(time_point{}) == 700);
    CHECK(subscribes(1000, time_point{}));
    CHECK_FALSE(subscribes(1001, time_point{}));
    THEN("without an answer time gives nothing back") {
      CHECK(budget.matching_left(time_point{1min}) == 6);
      CHECK(budget.credits_left(time_point{1min}) == 700);
      CHECK_FALSE(subscribes(1001, time_point{1min}));
    }
    THEN("with one it does") {
      budget.answered({4, 300, 2000}, time_point{});
      CHECK(budget.matching_left(time_point{1min}) == 10);
      CHECK(budget.credits_left(time_point{1min}) == 1000);
      CHECK(subscribes(3000, time_point{1min}));
    }
    THEN("when the connection is lost it does after a while") {
      budget.lost({4, 300, 2000}, time_point{});
      CHECK(budget.credits_left(time_point{4s}) == 700);
      CHECK_FALSE(subscribes(1001, time_point{4s}));
      CHECK(budget.matching_left(time_point{29s}) == 6);
      CHECK(budget.matching_left(time_point{2min}) == 10);
      CHECK(budget.credits_left(time_point{2min}) == 1000);
      CHECK(subscribes(3000, time_point{2min}));
    }
    THEN("what was not sent is back at once") {
      budget.unsent({4, 300, 2000}, time_point{});
      CHECK(budget.matching_left(time_point{}) == 10);
      CHECK(budget.credits_left(time_point{}) == 1000);
      CHECK(subscribes(3000, time_point{}));
    }
  }
  WHEN("the exchange says that there is nothing left") {
    budget.drain(time_point{});
    CHECK(budget.matching_left(time_point{}) == 0);
    CHECK(budget.credits_left(time_point{}) == 0);
    CHECK_FALSE(subscribes(1, time_point{}));
  }
}

SCENARIO("other limits hold from now on, for each pool, for the reserve and for turns") {
  rate_budget budget{{{10, 1}, {1000, 100}, 0, {3000, 100}}, long_ago};
  budget.use({{4, 1}, {50, 10}, 50, {60, 10}}, time_point{});
  CHECK(budget.matching_left(time_point{}) == 4);
  CHECK(budget.credits_left(time_point{}) == 50);
  CHECK(budget.affordable({0, 1000, 3000}) == cafnode::venues::credits{0, 50, 60});
  CHECK(budget.take_order(time_point{}));
  CHECK(budget.take_order(time_point{}));
  CHECK_FALSE(budget.take_order(time_point{}));
  CHECK(budget.take_cancel(time_point{}));
  const auto first = budget.enter(standing::fresh, {0, 50, 60}, time_point{});
  CHECK(budget.poll(first, time_point{}).granted);
  const auto second = budget.enter(standing::fresh, {0, 0, 60}, time_point{});
  budget.answered({0, 50, 60}, time_point{});
  CHECK_FALSE(budget.poll(second, time_point{5s}).granted);
  CHECK(budget.poll(second, time_point{6s}).granted);
}

SCENARIO("a turn that is left after it was given gives back the credits of both pools") {
  rate_budget budget{{{10, 1}, {1000, 1}, 0, {1000, 1}}, long_ago};
  const cafnode::venues::credits cost{0, 900, 800};
  const auto ticket = budget.enter(standing::fresh, cost, time_point{}); // its turn comes at once
  CHECK(budget.credits_left(time_point{}) == 100);
  budget.leave(ticket, cost, time_point{});
  CHECK(budget.credits_left(time_point{}) == 1000);
  const auto next = budget.enter(standing::fresh, cost, time_point{});
  CHECK(budget.poll(next, time_point{}).granted);
}
