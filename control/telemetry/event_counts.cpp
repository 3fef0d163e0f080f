#include "control/telemetry/event_counts.hpp"

#include "runtime/observe/metric_names.hpp"
#include "supervisors/restart_record.hpp"

#include <chrono>
#include <variant>

namespace cafnode::control {

/// A child as a label of few values: names that a plan gives, not those of instances, and not too many.
std::string event_counts::label_of(const supervision::event& happened) {
  if (happened.type == supervision::child_type::supervisor)
    return "supervisor";
  if (happened.strategy == supervision::strategy::simple_one_for_one)
    return "instance";
  const std::lock_guard lock{mutex_};
  if (named_.size() < names_max)
    named_.insert(happened.child);
  return named_.contains(happened.child) ? happened.child : "other";
}

void event_counts::count_restart(const supervision::event& happened) {
  metrics_
      .counter_of(observe::metric::supervisor_restarts,
                  {happened.role, label_of(happened), std::string{process::to_string(happened.reason)}})
      .increment();
}

void event_counts::count(const supervision::event& happened) {
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

void event_counts::count(const session::notice& happened) {
  namespace metric = observe::metric;
  const auto seconds = [](base::duration span) { return std::chrono::duration<double>{span}.count(); };
  if (const auto* closed = std::get_if<session::fact::link_closed>(&happened.what))
    metrics_.counter_of(metric::connection_closes, {happened.exchange, closed->cause}).increment();
  else if (const auto* done = std::get_if<session::fact::reconciled>(&happened.what))
    metrics_.histogram_of(metric::reconcile, {happened.exchange}).observe(seconds(done->took));
  else if (const auto* change = std::get_if<session::fact::phase_changed>(&happened.what); change && change->away)
    metrics_.histogram_of(metric::connection_live, {happened.exchange}).observe(seconds(*change->away));
}

void event_counts::count(const config_news& happened) {
  namespace metric = observe::metric;
  if (happened.what == config_step::applied)
    metrics_.gauge_of(metric::config_applied).set(static_cast<double>(base::to_unix_ms(happened.at.wall)) / 1000);
  else if (happened.what != config_step::planned)
    metrics_.counter_of(metric::config_rejects).increment();
}

} // namespace cafnode::control
