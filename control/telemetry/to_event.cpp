#include "control/telemetry/to_event.hpp"

#include "runtime/observe/timestamp.hpp"
#include "supervisors/restart_record.hpp"
#include "supervisors/words.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

using observe::kv;
using supervision::transition;

constexpr std::size_t fields_usual = 16;

bool has_reason(transition what) {
  switch (what) {
  case transition::child_start_failed:
  case transition::child_ended:
  case transition::child_stopped:
  case transition::child_killed:
  case transition::child_stalled:
  case transition::child_fenced:
  case transition::restart_scheduled:
  case transition::restart_completed:
  case transition::budget_exhausted:
  case transition::circuit_opened:
  case transition::intensity_exceeded:
  case transition::supervisor_stopped:
  case transition::change_undone:
    return true;
  default:
    return false;
  }
}

/// It is the supervisor that gives up, because of a child.
std::string subject_of(const supervision::event& happened) {
  const bool is_own = happened.child.empty() || happened.what == transition::intensity_exceeded;
  return is_own ? happened.supervisor : happened.supervisor + "/" + happened.child;
}

void add_child_fields(observe::field_list& fields, const supervision::event& happened) {
  fields.push_back(kv("child", happened.child));
  fields.push_back(kv("type", to_string(happened.type)));
  fields.push_back(kv("state", to_string(happened.state)));
  fields.push_back(kv("incarnation", happened.incarnation));
  fields.push_back(kv("restarts", happened.restarts_total));
  if (happened.what == transition::child_started)
    fields.push_back(kv("ready", happened.ready));
  if (happened.circuit != supervision::circuit_state::closed || happened.what == transition::circuit_closed)
    fields.push_back(kv("circuit", to_string(happened.circuit)));
}

void add_record(observe::event& event, const supervision::restart_record& record) {
  event.cause = supervision::to_text(record);
  event.fields.push_back(kv("failed_incarnation", record.incarnation));
  event.fields.push_back(kv("failed_at", observe::to_rfc3339(record.failed_at.wall)));
  event.fields.push_back(kv("restarted", record.restarted_count));
  event.fields.push_back(kv("attempts", record.attempts));
  event.fields.push_back(kv("joined", record.joined));
  event.fields.push_back(kv("away_ms", record.away.count()));
}

} // namespace

observe::event to_event(const supervision::event& happened) {
  observe::event event;
  event.at = happened.at;
  event.kind = to_string(happened.what);
  event.subject = subject_of(happened);
  event.fields.reserve(fields_usual);
  event.fields.push_back(kv("supervisor", happened.supervisor));
  event.fields.push_back(kv("strategy", to_string(happened.strategy)));
  event.fields.push_back(kv("children", happened.children));
  event.fields.push_back(kv("restarts_in_window", happened.restarts_in_window));
  event.fields.push_back(kv("restarts_allowed", happened.intensity));
  event.fields.push_back(kv("window_ms", happened.period.count()));
  if (!happened.child.empty())
    add_child_fields(event.fields, happened);
  if (has_reason(happened.what) || happened.what == transition::child_changed)
    event.cause = happened.reason_text;
  if (has_reason(happened.what))
    event.fields.push_back(kv("reason", process::to_string(happened.reason)));
  if (happened.what == transition::restart_scheduled || happened.what == transition::circuit_opened)
    event.fields.push_back(kv("delay_ms", happened.delay.count()));
  if (happened.record)
    add_record(event, *happened.record);
  return event;
}

observe::event to_event(const config_news& happened) {
  observe::event event;
  event.at = happened.at;
  event.kind = config_kinds.at(static_cast<std::size_t>(happened.what));
  event.subject = happened.region;
  event.cause = happened.cause;
  event.correlation = fmt::format("config-{}", happened.version);
  event.fields = happened.fields;
  return event;
}

} // namespace cafnode::control
