#include "apps/node/telemetry.hpp"

#include "actors/session/phase.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

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

/// The text of the system's error is all that has come this far.
bool is_out_of_files(const session::notice& happened) {
  return happened.kind == session::kind::link_closed &&
         (happened.cause.find(std::strerror(EMFILE)) != std::string::npos ||
          happened.cause.find(std::strerror(ENFILE)) != std::string::npos);
}

observe::level severity_of(const session::notice& happened) {
  namespace kind = session::kind;
  if (happened.kind == kind::refused || is_out_of_files(happened)) // no restart mends it
    return observe::level::error;
  constexpr std::array healed{
      kind::link_closed,    kind::heartbeat_missed,     kind::heartbeat_by_client, kind::silent,
      kind::protocol_fault, kind::subscription_missing, kind::platform_changed,    kind::order_in_doubt,
      kind::upkeep_failed,  kind::private_stream_silent};
  return std::find(healed.begin(), healed.end(), happened.kind) == healed.end() ? observe::level::info
                                                                                : observe::level::warn;
}

/// "deribit" of "tokyo/deribit/alpha".
std::string exchange_of(std::string_view path) {
  const auto first = path.find('/');
  const auto rest = first == std::string_view::npos ? path : path.substr(first + 1);
  return std::string{rest.substr(0, rest.find('/'))};
}

std::string field_of(const session::notice& happened, std::string_view name) {
  for (const auto& [key, value] : happened.fields)
    if (key == name)
      return value;
  return {};
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
  namespace kind = session::kind;
  const auto exchange = exchange_of(happened.subject);
  if (happened.kind == kind::link_closed)
    lost(happened);
  if (happened.kind == kind::phase_changed && field_of(happened, "to") == to_string(session::phase::live))
    live_again(happened);
  if (happened.kind == kind::link_closed)
    metrics_.counter_of(observe::metric::connection_closes, {exchange, field_of(happened, "close_cause")}).increment();
  else if (happened.kind == kind::reconciled)
    metrics_.histogram_of(observe::metric::reconcile, {exchange})
        .observe(std::strtod(field_of(happened, "took_ms").c_str(), nullptr) / 1000);
}

/// The first of several closes in a row is the loss.
void telemetry::lost(const session::notice& happened) {
  const std::lock_guard guard{mutex_};
  lost_.try_emplace(happened.subject, happened.at.steady);
}

void telemetry::live_again(const session::notice& happened) {
  std::optional<base::time_point> since;
  {
    const std::lock_guard guard{mutex_};
    if (auto found = lost_.extract(happened.subject))
      since = found.mapped();
  }
  if (since)
    metrics_.histogram_of(observe::metric::connection_live, {exchange_of(happened.subject)})
        .observe(std::chrono::duration<double>{happened.at.steady - *since}.count());
}

void telemetry::publish(const supervision::event& happened) {
  events_->publish(happened);
  published_.increment();
  count(happened);
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(supervisor_log, severity, control::to_event(happened));
}

void telemetry::publish(const session::notice& happened) {
  events_->publish(happened);
  published_.increment();
  count(happened);
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(session_log, severity, control::to_event(happened));
}

} // namespace cafnode::node
