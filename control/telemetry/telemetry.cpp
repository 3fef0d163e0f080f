#include "control/telemetry/telemetry.hpp"

#include "control/telemetry/severity.hpp"
#include "control/telemetry/to_event.hpp"
#include "runtime/base/invariant.hpp"
#include "runtime/observe/metric_names.hpp"

#include <utility>

namespace cafnode::control {

namespace {

const observe::channel session_log{"session"};
const observe::channel supervisor_log{"supervision"};
const observe::channel config_log{"config"};

observe::field_list line_of(const observe::event& happened) {
  auto fields = happened.fields;
  fields.push_back(observe::kv("actor", happened.subject));
  if (!happened.cause.empty())
    fields.push_back(observe::kv("cause", happened.cause));
  if (!happened.correlation.empty())
    fields.push_back(observe::kv("corr", happened.correlation));
  return fields;
}

} // namespace

telemetry::telemetry(std::shared_ptr<tree_view> tree, std::shared_ptr<observe::event_log> events,
                     observe::registry& metrics)
    : tree_{std::move(tree)},
      events_{std::move(events)},
      counts_{metrics},
      published_{metrics.counter_of(observe::metric::events_published)} {
  CAFNODE_INVARIANT(tree_ != nullptr && events_ != nullptr, "telemetry needs a tree and a log of events");
}

void telemetry::publish(const supervision::event& happened) {
  tree_->publish(happened);
  counts_.count(happened);
  put(supervisor_log, severity_of(happened), to_event(happened));
}

void telemetry::publish(session::notice happened) {
  counts_.count(happened);
  const auto severity = severity_of(happened);
  put(session_log, severity, session::to_event(std::move(happened)));
}

void telemetry::publish(const config_news& happened) {
  counts_.count(happened);
  put(config_log, severity_of(happened), to_event(happened));
}

void telemetry::put(const observe::channel& log, observe::level severity, observe::event happened) {
  if (observe::channel::enabled(severity))
    log.write(severity, happened.kind, line_of(happened));
  publish_beside_log(std::move(happened));
}

void telemetry::publish_beside_log(observe::event happened) {
  published_.increment();
  events_->publish(std::move(happened));
}

} // namespace cafnode::control
