// The phases of a child: what each of them shows, and which follow from which.
#include "supervisors/child_phase.hpp"
#include "supervisors/child_table.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace cafnode::supervision;
using namespace cafnode::test;

namespace {

constexpr auto last_phase = child_phase::killed;

std::vector<child_phase> all_phases() {
  std::vector<child_phase> out;
  for (unsigned at = 0; at <= static_cast<unsigned>(last_phase); ++at)
    out.push_back(static_cast<child_phase>(at));
  return out;
}

} // namespace

SCENARIO("what is known of a child follows from its one phase") {
  for (const auto phase : all_phases()) {
    CAPTURE(static_cast<int>(phase));
    const auto state = state_of(phase);
    if (state == child_state::stopped || state == child_state::waiting || state == child_state::gone)
      CHECK(!has_process(phase));
    if (state == child_state::running || state == child_state::stopping)
      CHECK(has_process(phase));
    if (is_killed(phase) || has_ended(phase) || is_ready(phase))
      CHECK(has_process(phase));
    if (is_ready(phase) || has_ended(phase))
      CHECK(state == child_state::running);
    CHECK(!(is_killed(phase) && has_ended(phase)));
    CHECK(runs_on(phase) == (state == child_state::running && !is_killed(phase) && !has_ended(phase)));
    if (is_active(phase))
      CHECK((has_process(phase) && !has_ended(phase)));
  }
  CHECK(state_of(child_phase::called) == child_state::starting);
  CHECK(state_of(child_phase::spawned) == child_state::starting);
  CHECK(state_of(child_phase::waiting_for_turn) == child_state::waiting);
  CHECK(state_of(child_phase::waiting_for_time) == child_state::waiting);
}

SCENARIO("a kill, an end and a request to end keep what was known of the child") {
  for (const auto phase : all_phases()) {
    CAPTURE(static_cast<int>(phase));
    if (has_process(phase) && !has_ended(phase)) {
      const auto after = after_kill(phase);
      CHECK(is_killed(after));
      CHECK(state_of(after) == state_of(phase));
      CHECK(is_ready(after) == is_ready(phase));
      const auto asked = after_ask(phase);
      CHECK(state_of(asked) == child_state::stopping);
      CHECK(is_killed(asked) == is_killed(phase));
    }
    if (state_of(phase) == child_state::running && !has_ended(phase)) {
      const auto after = after_end(phase);
      CHECK(has_ended(after));
      CHECK(is_ready(after) == is_ready(phase));
    }
  }
}

SCENARIO("the active children are counted as their phases change") {
  child_table table;
  auto& child = table.add(worker("a"));
  for (const auto from : all_phases())
    for (const auto to : all_phases()) {
      table.set_phase(child, from);
      table.set_phase(child, to);
      CHECK(table.count().active == (is_active(to) ? 1 : 0));
    }
}
