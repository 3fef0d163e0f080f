#include "actors/session/gate_policy.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>

using namespace cafnode::session;
using namespace std::chrono_literals;
using cafnode::base::time_point;

namespace {

/// A policy of an account that has rested for an hour.
struct rested {
  explicit rested(std::size_t in_flight_max)
      : spending{std::make_shared<rate_budget>(rate_limits{{10, 5}, {1000, 100}, 20}, time_point{-1h})},
        policy{{in_flight_max, 5000ms}, spending} {}

  spender spending;
  gate_policy policy;
};

} // namespace

SCENARIO("orders leave the reserve alone, and cancels may use it") {
  rested account{100};
  auto& policy = account.policy;
  for (int i = 0; i < 8; ++i)
    CHECK(policy.admit_order(true, time_point{}) == gate_verdict::pass);
  CHECK(policy.admit_order(true, time_point{}) == gate_verdict::over_rate);
  CHECK(policy.admit_cancel(true, time_point{}) == gate_verdict::pass);
  CHECK(policy.admit_cancel(true, time_point{}) == gate_verdict::pass);
  CHECK(policy.admit_cancel(true, time_point{}) == gate_verdict::over_rate);
  account.spending.saw({{10, 0, 0}, {1, 0, 0}}, time_point{});
  CHECK(policy.admit_cancel(true, time_point{200ms}) == gate_verdict::pass);
}

SCENARIO("no more orders wait for their answers than the cap, but a cancel always gets through") {
  rested account{4};
  auto& policy = account.policy;
  for (int i = 0; i < 4; ++i)
    REQUIRE(policy.admit_order(true, time_point{}) == gate_verdict::pass);
  CHECK(policy.admit_order(true, time_point{}) == gate_verdict::too_many_asked);
  CHECK(policy.admit_cancel(true, time_point{}) == gate_verdict::pass);
  policy.answered();
  policy.answered();
  CHECK(policy.admit_order(true, time_point{}) == gate_verdict::pass);
}

SCENARIO("another cap holds from the next order on") {
  rested account{4};
  REQUIRE(account.policy.admit_order(true, time_point{}) == gate_verdict::pass);
  account.policy.use({1, 5000ms});
  CHECK(account.policy.admit_order(true, time_point{}) == gate_verdict::too_many_asked);
  account.policy.answered();
  CHECK(account.policy.admit_order(true, time_point{}) == gate_verdict::pass);
}

SCENARIO("nothing passes while the connection is not live, and nothing is charged for it") {
  rested account{4};
  auto& policy = account.policy;
  CHECK(policy.admit_order(false, time_point{}) == gate_verdict::not_live);
  CHECK(policy.admit_cancel(false, time_point{}) == gate_verdict::not_live);
  CHECK(policy.matching_left(time_point{}) == 10);
  CHECK(policy.in_flight() == 0);
}

SCENARIO("a query waits for its credits, and a drained budget refills") {
  rested account{4};
  auto& policy = account.policy;
  CHECK(policy.admit_query(500, time_point{}) == gate_verdict::pass);
  policy.drain(time_point{});
  CHECK(policy.admit_query(500, time_point{}) == gate_verdict::over_rate);
  account.spending.saw({{0, 500, 0}, {0, 500, 0}}, time_point{});
  CHECK(policy.query_wait(500, time_point{}) == 1s);
  CHECK(policy.admit_query(500, time_point{5s}) == gate_verdict::pass);
}

SCENARIO("every refusal says what to do") {
  for (const auto verdict : {gate_verdict::not_live, gate_verdict::over_rate, gate_verdict::too_many_asked})
    CHECK(explain(verdict).find("nothing was sent") != std::string::npos);
}
