#include "actors/session/rate_budget.hpp"

#include <doctest/doctest.h>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::time_point;

SCENARIO("two connections of one account can spend no more than one could") {
  rate_budget budget{{{10, 5}, {1000, 100}, 0}, time_point{}};
  std::size_t sent = 0;
  for (int i = 0; i < 20; ++i)
    for (int connection = 0; connection < 2; ++connection)
      sent += budget.take_order(time_point{}) ? 1 : 0;
  CHECK(sent == 10);
  CHECK(budget.take_order(time_point{200ms}));
  CHECK_FALSE(budget.take_order(time_point{200ms}));
}

SCENARIO("a thread that reaches the budget with an older time neither stops nor refills it") {
  rate_budget budget{{{1, 1}, {1000, 100}, 0}, time_point{}};
  CHECK(budget.take_order(time_point{5s}));
  CHECK_FALSE(budget.take_order(time_point{4s}));
  CHECK(budget.matching_left(time_point{3s}) == 0);
  CHECK(budget.take_order(time_point{6s}));
}

SCENARIO("orders leave the reserve to cancels and queries") {
  rate_budget budget{{{10, 1}, {1000, 100}, 50}, time_point{}};
  for (int i = 0; i < 5; ++i)
    REQUIRE(budget.take_order(time_point{}));
  CHECK_FALSE(budget.take_order(time_point{}));
  CHECK(budget.take_cancel(time_point{}));
  CHECK(budget.take_query(1000, time_point{}));
  CHECK(budget.query_wait(500, time_point{}) == 5s);
}
