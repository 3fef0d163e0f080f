#include "supervisors/end_reason.hpp"
#include "supervisors/plan_check.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using code = plan_fault_code;

std::vector<code> codes(const supervisor_flags& given, const std::vector<child_spec>& children) {
  std::vector<code> out;
  for (const auto& fault : check_plan(given, children))
    out.push_back(fault.code);
  return out;
}

using only = std::vector<code>;

} // namespace

TEST_CASE("a plan of defaults is sound, and so is an empty one") {
  CHECK(codes({}, {worker("a"), worker("b")}).empty());
  CHECK(codes({}, {}).empty());
}

TEST_CASE("each wrong flag has its own fault") {
  supervisor_flags given;
  SUBCASE("strategy") {
    given.strategy = static_cast<strategy>(9);
    CHECK(codes(given, {}) == only{code::invalid_strategy});
  }
  SUBCASE("auto_shutdown") {
    given.auto_shutdown = static_cast<auto_shutdown>(9);
    CHECK(codes(given, {}) == only{code::invalid_auto_shutdown});
  }
  SUBCASE("period") {
    given.period = 0ms;
    CHECK(codes(given, {}) == only{code::invalid_period});
  }
  SUBCASE("intensity") {
    given.intensity = intensity_max + 1;
    CHECK(codes(given, {}) == only{code::intensity_too_large});
  }
  SUBCASE("no room for children") {
    given.children_max = 0;
    CHECK(codes(given, {}) == only{code::invalid_children_max});
  }
  SUBCASE("more children than there is room for") {
    given.children_max = 1;
    CHECK(codes(given, {worker("a"), worker("b")}) == only{code::too_many_children});
  }
  SUBCASE("stuck_after") {
    given.stuck_after = 0ms;
    CHECK(codes(given, {}) == only{code::invalid_stuck_after});
  }
  SUBCASE("pacing") {
    given.pacing = restart_pacing{};
    given.pacing->backoff.jitter_percent = 101;
    CHECK(codes(given, {}) == only{code::invalid_pacing});
    given.pacing->backoff = {10ms, 9ms, 0};
    CHECK(codes(given, {}) == only{code::invalid_pacing});
    given.pacing->backoff = {0ms, 9ms, 0};
    CHECK(codes(given, {}) == only{code::invalid_pacing});
  }
  SUBCASE("a budget without limit and without a pause would restart without end") {
    given.budgets = {{.reasons = {process::reason_code::peer_unavailable}}};
    CHECK(codes(given, {}) == only{code::unlimited_without_pacing});
    given.pacing = restart_pacing{};
    CHECK(codes(given, {}).empty());
  }
}

TEST_CASE("each wrong child has its own fault") {
  auto child = worker("a");
  SUBCASE("id missing") {
    child.id.clear();
    CHECK(codes({}, {child}) == only{code::missing_id});
  }
  SUBCASE("id too long") {
    child.id.assign(id_max + 1, 'x');
    CHECK(codes({}, {child}) == only{code::id_too_long});
  }
  SUBCASE("id taken") {
    CHECK(codes({}, {child, worker("b"), child}) == only{code::duplicate_id});
  }
  SUBCASE("factory missing") {
    child.start = nullptr;
    CHECK(codes({}, {child}) == only{code::missing_start});
  }
  SUBCASE("restart type") {
    child.restart = static_cast<restart_type>(7);
    CHECK(codes({}, {child}) == only{code::invalid_restart_type});
  }
  SUBCASE("type") {
    child.type = static_cast<child_type>(7);
    CHECK(codes({}, {child}) == only{code::invalid_child_type});
  }
  SUBCASE("start_within") {
    child.start_within = 0ms;
    CHECK(codes({}, {child}) == only{code::invalid_start_within});
    child.start_within = 1ms;
    CHECK(codes({}, {child}).empty());
  }
  SUBCASE("grace") {
    child.shutdown = grace{-1ms};
    CHECK(codes({}, {child}) == only{code::invalid_grace});
    child.shutdown = grace{0ms};
    CHECK(codes({}, {child}).empty());
    child.shutdown = infinite_grace{};
    CHECK(codes({}, {child}).empty());
  }
}

TEST_CASE("significant needs auto_shutdown and a child that can stay away") {
  for (const auto mode : {auto_shutdown::never, auto_shutdown::any_significant, auto_shutdown::all_significant})
    for (const auto type : {restart_type::permanent, restart_type::transient, restart_type::temporary}) {
      supervisor_flags given;
      given.auto_shutdown = mode;
      auto child = worker("a", type);
      CHECK(codes(given, {child}).empty());
      child.significant = true;
      const bool sound = mode != auto_shutdown::never && type != restart_type::permanent;
      CHECK(codes(given, {child}) == (sound ? only{} : only{code::bad_combination}));
    }
}

TEST_CASE("simple_one_for_one takes exactly one template and no auto_shutdown") {
  auto given = flags(strategy::simple_one_for_one);
  CHECK(codes(given, {worker("w")}).empty());
  CHECK(codes(given, {}) == only{code::not_one_template});
  CHECK(codes(given, {worker("a"), worker("b")}) == only{code::not_one_template});
  given.auto_shutdown = auto_shutdown::any_significant;
  CHECK(codes(given, {worker("w")}) == only{code::bad_combination});
}

TEST_CASE("all faults are told at once, flags first, each with its child") {
  supervisor_flags given;
  given.period = 0ms;
  child_spec bad;
  const auto faults = check_plan(given, {worker("a"), bad, worker("a")});
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].code == code::invalid_period);
  CHECK(faults[1].code == code::missing_id);
  CHECK(faults[1].child == "#2");
  CHECK(faults[2].code == code::missing_start);
  CHECK(faults[3].code == code::duplicate_id);
  CHECK(describe(faults).find("a: duplicate_id") != std::string::npos);
}

TEST_CASE("the text of many faults is cut to what a reason carries") {
  CHECK(describe(check_plan({}, std::vector<child_spec>(1000))).size() == reason_text_max);
}

TEST_CASE("every fault has a name of its own") {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(code::path_too_long); ++i)
    names.push_back(to_string(static_cast<code>(i)));
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(names) == names.end());
  CHECK(std::ranges::find(names, "unknown") == names.end());
}
