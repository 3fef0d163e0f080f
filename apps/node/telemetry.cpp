#include "apps/node/telemetry.hpp"

#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace cafnode::node {

namespace {

const observe::channel session_log{"session"};
const observe::channel supervisor_log{"supervision"};

observe::level severity_of(const supervision::event& happened) {
  using supervision::transition;
  switch (happened.what) {
  case transition::intensity_exceeded:
  case transition::child_fenced:
    return observe::level::error;
  case transition::budget_exhausted: // it stays down, or is tried again in a while
    return happened.state == supervision::child_state::stopped ? observe::level::error : observe::level::warn;
  case transition::child_killed:
  case transition::child_stalled:
  case transition::child_start_failed:
  case transition::circuit_opened:
  case transition::change_undone:
    return observe::level::warn;
  case transition::child_ended:
    return happened.reason == process::reason_code::normal ? observe::level::info : observe::level::warn;
  case transition::supervisor_started:
  case transition::supervisor_stopped:
  case transition::child_started:
  case transition::restart_completed:
  case transition::circuit_closed:
  case transition::change_applied:
    return observe::level::info;
  default:
    return observe::level::debug;
  }
}

/// Somebody must act: no restart mends it.
bool is_for_a_person(const session::notice& happened) {
  if (const auto* closed = std::get_if<session::fact::link_closed>(&happened.what))
    return closed->at_home;
  return std::holds_alternative<session::fact::refused>(happened.what);
}

/// Nothing is amiss.
bool is_news(const session::notice& happened) {
  using namespace session::fact;
  return std::holds_alternative<phase_changed>(happened.what) || std::holds_alternative<order_changed>(happened.what) ||
         std::holds_alternative<reconciled>(happened.what) || std::holds_alternative<fill_seen>(happened.what);
}

observe::level severity_of(const session::notice& happened) {
  if (is_for_a_person(happened))
    return observe::level::error;
  return is_news(happened) ? observe::level::info : observe::level::warn;
}

void write(const observe::channel& log, observe::level severity, const observe::event& happened) {
  auto fields = happened.fields;
  fields.push_back(observe::kv("actor", happened.subject));
  if (!happened.cause.empty())
    fields.push_back(observe::kv("cause", happened.cause));
  log.write(severity, happened.kind, std::move(fields));
}

} // namespace

telemetry::telemetry(std::shared_ptr<control::event_bridge> events, std::shared_ptr<const control::tree_view> tree,
                     observe::registry& metrics)
    : events_{std::move(events)},
      tree_{std::move(tree)},
      metrics_{metrics},
      published_{metrics.counter_of(observe::metric::events_published)} {}

/// A child as a label of few values: names that a plan gives, not those of instances, and not too many.
std::string telemetry::label_of(const supervision::event& happened) {
  if (happened.type == supervision::child_type::supervisor)
    return "supervisor";
  if (happened.strategy == supervision::strategy::simple_one_for_one)
    return "instance";
  const std::lock_guard guard{mutex_};
  if (named_.size() < names_max)
    named_.insert(happened.child);
  return named_.contains(happened.child) ? happened.child : "other";
}

void telemetry::count_restart(const supervision::event& happened) {
  metrics_
      .counter_of(observe::metric::supervisor_restarts,
                  {happened.role, label_of(happened), std::string{process::to_string(happened.reason)}})
      .increment();
}

void telemetry::count(const supervision::event& happened) {
  using supervision::transition;
  namespace metric = observe::metric;
  const auto one_more = [&](const observe::metric_spec& of) { metrics_.counter_of(of, {happened.role}).increment(); };
  switch (happened.what) {
  case transition::child_started:
    return happened.incarnation > 1 ? count_restart(happened) : void();
  case transition::intensity_exceeded:
    return one_more(metric::supervisor_escalations);
  case transition::budget_exhausted:
    return one_more(metric::supervisor_budgets_exhausted);
  case transition::circuit_opened:
    return one_more(metric::supervisor_circuits_opened);
  case transition::child_stalled:
    return one_more(metric::supervisor_stalled);
  case transition::child_fenced:
    return one_more(metric::supervisor_fenced);
  case transition::restart_completed:
    if (happened.record)
      metrics_.histogram_of(metric::supervisor_away, {happened.role})
          .observe(std::chrono::duration<double>{happened.record->away}.count());
    return;
  default:
    return;
  }
}

void telemetry::count(const session::notice& happened) {
  namespace metric = observe::metric;
  const auto seconds = [](base::duration span) { return std::chrono::duration<double>{span}.count(); };
  if (const auto* closed = std::get_if<session::fact::link_closed>(&happened.what))
    metrics_.counter_of(metric::connection_closes, {happened.exchange, closed->cause}).increment();
  else if (const auto* done = std::get_if<session::fact::reconciled>(&happened.what))
    metrics_.histogram_of(metric::reconcile, {happened.exchange}).observe(seconds(done->took));
  else if (const auto* change = std::get_if<session::fact::phase_changed>(&happened.what); change && change->away)
    metrics_.histogram_of(metric::connection_live, {happened.exchange}).observe(seconds(*change->away));
}

void telemetry::publish(const supervision::event& happened) {
  events_->publish(happened);
  published_.increment();
  count(happened);
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(supervisor_log, severity, control::to_event(happened));
}

void telemetry::publish(session::notice happened) {
  published_.increment();
  count(happened);
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(session_log, severity, session::to_event(happened));
  events_->publish(std::move(happened));
}

} // namespace cafnode::node
