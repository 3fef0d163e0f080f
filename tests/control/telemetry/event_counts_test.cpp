// What is counted of what happens.
#include "control/telemetry/event_counts.hpp"
#include "runtime/observe/metric_names.hpp"
#include "supervisors/restart_record.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace cafnode;
using namespace std::chrono_literals;
using supervision::child_state;
using supervision::transition;
namespace metric = observe::metric;
namespace fact = session::fact;

namespace {

struct count_rig {
  observe::registry metrics;
  control::event_counts counts{metrics};

  void happen(transition what, std::string role, std::string child = "gate") {
    auto event = test::child_event(what, "tokyo/a/b/c", child, child_state::running);
    event.role = std::move(role);
    counts.count(event);
  }

  void start_again(supervision::event event) {
    event.what = transition::child_started;
    event.incarnation = 2;
    event.reason = process::reason_code::killed;
    event.role = "connection";
    counts.count(event);
  }

  void happen(fact::any what) { counts.count(session::notice{std::move(what), "deribit", "a/b/c", {}, {}}); }

  std::uint64_t restarts(std::string role, std::string child, std::string reason) {
    return metrics.counter_of(metric::supervisor_restarts, {std::move(role), std::move(child), std::move(reason)})
        .value();
  }

  std::size_t lines(std::string_view begin) const {
    std::size_t count = 0;
    const auto text = metrics.render();
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1))
      ++count;
    return count;
  }
};

supervision::event child(const std::string& id) {
  return test::child_event(transition::child_started, "tokyo/a/b/c", id, child_state::running);
}

} // namespace

SCENARIO("a restart is counted by the role of its supervisor, its child and why it ended, as the event says") {
  count_rig rig;
  rig.start_again(child("order_gate"));
  rig.start_again(child("order_gate"));
  CHECK(rig.restarts("connection", "order_gate", "killed") == 2);
}

SCENARIO("the first start of a child is no restart") {
  count_rig rig;
  rig.happen(transition::child_started, "connection", "order_gate");
  CHECK(rig.lines("caf_node_supervisor_restarts_total{") == 0);
}

SCENARIO("children that have no name of a plan are counted together") {
  count_rig rig;
  auto inner = child("alpha");
  inner.type = supervision::child_type::supervisor;
  rig.start_again(inner);
  auto instance = child("77");
  instance.strategy = supervision::strategy::simple_one_for_one;
  rig.start_again(instance);
  CHECK(rig.restarts("connection", "supervisor", "killed") == 1);
  CHECK(rig.restarts("connection", "instance", "killed") == 1);
}

SCENARIO("so many names of children, and no more, have a series of their own") {
  count_rig rig;
  for (std::size_t number = 0; number < control::event_counts::names_max + 10; ++number)
    rig.start_again(child("child-" + std::to_string(number)));
  CHECK(rig.restarts("connection", "child-0", "killed") == 1);
  CHECK(rig.restarts("connection", "other", "killed") == 10);
  CHECK(rig.lines("caf_node_supervisor_restarts_total{") == control::event_counts::names_max + 1);
}

SCENARIO("what goes wrong in a supervisor is counted by its role, each thing for itself") {
  count_rig rig;
  rig.happen(transition::intensity_exceeded, "exchange");
  rig.happen(transition::budget_exhausted, "exchange");
  rig.happen(transition::circuit_opened, "exchange");
  rig.happen(transition::child_stalled, "exchange");
  rig.happen(transition::child_fenced, "exchange");
  for (const auto* each :
       {&metric::supervisor_escalations, &metric::supervisor_budgets_exhausted, &metric::supervisor_circuits_opened,
        &metric::supervisor_stalled, &metric::supervisor_fenced})
    CHECK_MESSAGE(rig.metrics.counter_of(*each, {"exchange"}).value() == 1, each->name);
}

SCENARIO("how long a failure kept its supervisor from being whole is measured") {
  count_rig rig;
  auto back = child("gate");
  supervision::restart_record record;
  record.away = 250ms;
  back.what = transition::restart_completed;
  back.role = "root";
  back.record = &record;
  rig.counts.count(back);
  CHECK(rig.metrics.histogram_of(metric::supervisor_away, {"root"}).sum() == doctest::Approx(0.25));
}

SCENARIO("closes are counted by exchange and cause, and only a return from a loss has a duration") {
  count_rig rig;
  rig.happen(fact::link_closed{.cause = "reset"});
  rig.happen(fact::phase_changed{session::phase::reconciling, session::phase::live, 1s, 3s});
  rig.happen(fact::phase_changed{session::phase::reconciling, session::phase::live, 1s, std::nullopt});
  rig.happen(fact::reconciled{{}, 40ms});
  CHECK(rig.metrics.counter_of(metric::connection_closes, {"deribit", "reset"}).value() == 1);
  CHECK(rig.metrics.histogram_of(metric::connection_live, {"deribit"}).sum() == doctest::Approx(3));
  CHECK(rig.lines("caf_node_connection_live_seconds_count{exchange=\"deribit\"} 1\n") == 1);
  CHECK(rig.metrics.histogram_of(metric::reconcile, {"deribit"}).sum() == doctest::Approx(0.04));
}

SCENARIO("a configuration that was refused or undone is counted, one that was applied is dated") {
  count_rig rig;
  const base::moment at{base::time_point{}, base::wall_time{1'500ms}};
  using control::config_step;
  for (const auto step : {config_step::planned, config_step::refused, config_step::undone, config_step::applied})
    rig.counts.count(control::config_news{.what = step, .at = at});
  CHECK(rig.metrics.counter_of(metric::config_rejects).value() == 2);
  CHECK(rig.metrics.gauge_of(metric::config_applied).value() == doctest::Approx(1.5));
}
