// The faults of what goes beyond OTP.
#include "supervisors/plan_check.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using code = plan_fault_code;
using only = std::vector<code>;

only codes(const supervisor_flags& given, const std::vector<child_spec>& children = {}) {
  only out;
  for (const auto& fault : check_plan(given, children))
    out.push_back(fault.code);
  return out;
}

supervisor_flags with_budget(restart_budget budget) {
  supervisor_flags out;
  if (!budget.intensity)
    budget.intensity = 1;
  out.budgets = {std::move(budget)};
  return out;
}

only codes(const child_spec& child, strategy chosen = strategy::one_for_one) {
  return codes(flags(chosen), {child});
}

} // namespace

TEST_CASE("each wrong budget has its own fault") {
  const auto crashed = std::vector{process::reason_code::crashed};
  CHECK(codes(with_budget({.reasons = crashed})).empty());
  CHECK(codes(with_budget({})) == only{code::empty_budget});
  CHECK(codes(with_budget({.reasons = {static_cast<process::reason_code>(8)}})) == only{code::invalid_budget_reason});
  CHECK(codes(with_budget({.reasons = {process::reason_code::crashed, process::reason_code::crashed}})) ==
        only{code::reason_in_two_budgets});
  CHECK(codes(with_budget({.reasons = crashed, .intensity = intensity_max + 1})) == only{code::intensity_too_large});
  for (const auto period : {0ms, span_max + 1ms, std::chrono::milliseconds::max()})
    CHECK(codes(with_budget({.reasons = crashed, .period = period})) == only{code::invalid_budget_period});
  CHECK(codes(with_budget({.reasons = crashed, .on_exhausted = static_cast<exhausted>(3)})) ==
        only{code::invalid_exhausted});
  CHECK(codes(with_budget({.reasons = crashed, .scope = static_cast<budget_scope>(2)})) ==
        only{code::invalid_budget_scope});
}

TEST_CASE("a reason stands in one budget, and there are not too many of them") {
  supervisor_flags given;
  given.budgets = {{.reasons = {process::reason_code::stuck}, .intensity = 1},
                   {.reasons = {process::reason_code::stuck}, .intensity = 1}};
  CHECK(codes(given) == only{code::reason_in_two_budgets});
  given.budgets.assign(budgets_max + 1, {.reasons = {process::reason_code::stuck}, .intensity = 1});
  CHECK(codes(given).front() == code::too_many_budgets);
}

TEST_CASE("each wrong flag beyond OTP has its own fault") {
  supervisor_flags given;
  given.on_exhausted = static_cast<exhausted>(3);
  CHECK(codes(given) == only{code::invalid_exhausted});
  for (const auto limit : {0ms, 24h + 1ms}) {
    given = {};
    given.stop_within = limit;
    CHECK(codes(given) == only{code::invalid_stop_within});
  }
  given.stop_within = 1ms;
  CHECK(codes(given).empty());
}

TEST_CASE("a circuit has a first wait, a cap that is not below it, jitter in per cent and a time to be healthy") {
  const auto with = [](base::backoff_config open, std::chrono::milliseconds healthy) {
    supervisor_flags out;
    out.circuit = {open, healthy};
    return codes(out);
  };
  CHECK(with({1ms, 1ms, 0}, 0ms).empty());
  CHECK(with({0ms, 1ms, 0}, 0ms) == only{code::invalid_circuit});
  CHECK(with({2ms, 1ms, 0}, 0ms) == only{code::invalid_circuit});
  CHECK(with({1ms, 1ms, 101}, 0ms) == only{code::invalid_circuit});
  CHECK(with({1ms, 1ms, -1}, 0ms) == only{code::invalid_circuit});
  CHECK(with({1ms, 1ms, 0}, -1ms) == only{code::invalid_circuit});
  CHECK(with({1ms, span_max + 1ms, 0}, 0ms) == only{code::invalid_circuit});
}

TEST_CASE("no span is so long that it overflows") {
  const auto endless = std::chrono::milliseconds::max();
  supervisor_flags given;
  given.period = endless;
  CHECK(codes(given) == only{code::invalid_period});
  given = {};
  given.stuck_after = endless;
  CHECK(codes(given) == only{code::invalid_stuck_after});
  given = {};
  given.pacing = restart_pacing{{1ms, endless, 0}, 0ms};
  CHECK(codes(given) == only{code::invalid_pacing});
  given.pacing = restart_pacing{{1ms, 1ms, 0}, endless};
  CHECK(codes(given) == only{code::invalid_pacing});
  given.pacing = restart_pacing{{1ms, 1ms, 0}, -1ms};
  CHECK(codes(given) == only{code::invalid_pacing});
}

TEST_CASE("each wrong limit of a child has its own fault") {
  auto child = worker("a");
  for (const auto span : {0ms, 24h + 1ms}) {
    child.progress_within = span;
    CHECK(codes(child) == only{code::invalid_progress_within});
  }
  child.progress_within = 1ms;
  CHECK(codes(child).empty());
  for (const auto span : {-1ms, 24h + 1ms}) {
    child.healthy_after = span;
    CHECK(codes(child) == only{code::invalid_healthy_after});
  }
  child.healthy_after = 0ms;
  CHECK(codes(child).empty());
}

TEST_CASE("make before break is for the strategies where a child stands alone") {
  auto child = worker("a");
  child.planned = static_cast<replacement>(2);
  CHECK(codes(child) == only{code::invalid_replacement});
  child.planned = replacement::make_before_break;
  for (const auto chosen : {strategy::one_for_one, strategy::simple_one_for_one})
    CHECK(codes(child, chosen).empty());
  for (const auto chosen : {strategy::one_for_all, strategy::rest_for_one})
    CHECK(codes(child, chosen) == only{code::invalid_replacement});
}

TEST_CASE("a child that is added is held to the same rules as one of the plan") {
  auto rig = started_rig(flags(strategy::one_for_all), {});
  auto child = worker("a");
  child.planned = replacement::make_before_break;
  CHECK(rig.answer_to(rig.call(start_child{child})) == "invalid_spec");
  CHECK(rig.machine.count().specs == 0);
}
