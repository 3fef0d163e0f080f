// Who is woken at night, and for what.
#include "control/telemetry/severity.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using control::severity_of;
using observe::level;
using supervision::child_state;
using supervision::transition;
namespace fact = session::fact;

namespace {

level of(fact::any what) {
  return severity_of(session::notice{std::move(what), "deribit", "tokyo/deribit/alpha", {}, {}});
}

level of(transition what, child_state state, process::reason_code why = process::reason_code::crashed) {
  auto happened = test::child_event(what, "tokyo", "alpha", state);
  happened.reason = why;
  return severity_of(happened);
}

} // namespace

SCENARIO("a person is called where no restart mends it") {
  CHECK(of(fact::refused{}) == level::error);
  for (const auto step : {control::config_step::refused, control::config_step::undone})
    CHECK(severity_of(control::config_news{.what = step}) == level::error);
  CHECK(of(fact::link_closed{.cause = "refused", .at_home = true}) == level::error);
  CHECK(of(transition::intensity_exceeded, child_state::stopping) == level::error);
  CHECK(of(transition::child_fenced, child_state::waiting) == level::error);
  CHECK(of(transition::budget_exhausted, child_state::stopped) == level::error);
}

SCENARIO("what is healed is a warning") {
  CHECK(of(fact::link_closed{.cause = "refused"}) == level::warn);
  for (const auto& each :
       {fact::any{fact::heartbeat_missed{}}, fact::any{fact::heartbeat_by_client{}}, fact::any{fact::silent{}},
        fact::any{fact::private_stream_silent{}}, fact::any{fact::protocol_fault{}}, fact::any{fact::upkeep_failed{}},
        fact::any{fact::subscription_missing{}}, fact::any{fact::platform_changed{}},
        fact::any{fact::order_in_doubt{}}})
    CHECK(of(each) == level::warn);
  CHECK(of(transition::child_ended, child_state::waiting) == level::warn);
  CHECK(of(transition::budget_exhausted, child_state::waiting) == level::warn);
}

SCENARIO("what goes its way is told, and the steps in between only to who asks for them") {
  for (const auto& each : {fact::any{fact::phase_changed{}}, fact::any{fact::order_changed{}},
                           fact::any{fact::reconciled{}}, fact::any{fact::fill_seen{}}})
    CHECK(of(each) == level::info);
  CHECK(of(transition::child_ended, child_state::stopped, process::reason_code::normal) == level::info);
  CHECK(of(transition::child_started, child_state::running) == level::info);
  CHECK(of(transition::child_starting, child_state::starting) == level::debug);
  CHECK(of(transition::restart_scheduled, child_state::waiting) == level::debug);
  CHECK(severity_of(control::config_news{.what = control::config_step::planned}) == level::info);
}
