#include "apps/node_telemetry.hpp"

#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace cafnode::node {

namespace {

const observe::channel session_log{"session"};
const observe::channel supervisor_log{"supervision"};

observe::level severity_of(const supervision::event& happened) {
  using supervision::transition;
  switch (happened.what) {
  case transition::intensity_exceeded:
    return observe::level::error;
  case transition::child_killed:
  case transition::child_start_failed:
    return observe::level::warn;
  case transition::child_ended:
    return happened.reason == process::reason_code::normal ? observe::level::info : observe::level::warn;
  case transition::supervisor_started:
  case transition::supervisor_stopped:
  case transition::child_started:
    return observe::level::info;
  default:
    return observe::level::debug;
  }
}

observe::level severity_of(const session::notice& happened) {
  namespace kind = session::kind;
  constexpr std::array healed{kind::link_closed,      kind::heartbeat_missed, kind::heartbeat_by_client,
                              kind::silent,           kind::protocol_fault,   kind::subscription_missing,
                              kind::platform_changed, kind::order_in_doubt};
  return std::find(healed.begin(), healed.end(), happened.kind) == healed.end() ? observe::level::info
                                                                                : observe::level::warn;
}

/// The supervisor as a label of few values: what it supervises, not its path.
std::string kind_of_supervisor(std::string_view path) {
  switch (std::count(path.begin(), path.end(), '/')) {
  case 0:
    return "root";
  case 1:
    return "exchange";
  default:
    return "connection";
  }
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

telemetry::telemetry(std::shared_ptr<control::event_bridge> events, observe::registry& metrics)
    : events_{std::move(events)},
      metrics_{metrics},
      published_{metrics.counter_of(observe::metric::events_published)} {}

void telemetry::count(const supervision::event& happened) {
  using supervision::transition;
  const auto supervisor = kind_of_supervisor(happened.supervisor);
  if (happened.what == transition::child_started && happened.incarnation > 1) {
    const auto child = happened.type == supervision::child_type::worker ? happened.child : "supervisor";
    const std::string reason{process::to_string(happened.reason)};
    metrics_.counter_of(observe::metric::supervisor_restarts, {supervisor, child, reason}).increment();
  } else if (happened.what == transition::intensity_exceeded) {
    metrics_.counter_of(observe::metric::supervisor_escalations, {supervisor}).increment();
  }
}

void telemetry::count(const session::notice& happened) {
  namespace kind = session::kind;
  const auto exchange = exchange_of(happened.subject);
  if (happened.kind == kind::link_closed)
    metrics_.counter_of(observe::metric::connection_closes, {exchange, field_of(happened, "close_cause")}).increment();
  else if (happened.kind == kind::reconciled)
    metrics_.histogram_of(observe::metric::reconcile, {exchange})
        .observe(std::strtod(field_of(happened, "took_ms").c_str(), nullptr) / 1000);
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
