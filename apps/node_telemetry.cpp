#include "apps/node_telemetry.hpp"

#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"

#include <algorithm>
#include <array>

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

void write(const observe::channel& log, observe::level severity, const observe::event& happened) {
  auto fields = happened.fields;
  fields.push_back(observe::kv("actor", happened.subject));
  if (!happened.cause.empty())
    fields.push_back(observe::kv("cause", happened.cause));
  log.write(severity, happened.kind, std::move(fields));
}

} // namespace

telemetry::telemetry(std::shared_ptr<control::event_bridge> events, observe::registry& metrics)
    : events_{std::move(events)}, published_{metrics.counter_of(observe::metric::events_published)} {}

void telemetry::publish(const supervision::event& happened) {
  events_->publish(happened);
  published_.increment();
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(supervisor_log, severity, control::to_event(happened));
}

void telemetry::publish(const session::notice& happened) {
  events_->publish(happened);
  published_.increment();
  if (const auto severity = severity_of(happened); observe::channel::enabled(severity))
    write(session_log, severity, control::to_event(happened));
}

} // namespace cafnode::node
