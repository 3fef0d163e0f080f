#include "runtime/control/event_bridge.hpp"

#include "runtime/base/invariant.hpp"
#include "supervisors/words.hpp"

#include <charconv>
#include <optional>

namespace cafnode::control {

namespace {

using observe::kv;
using supervision::transition;

/// The number that a field in milliseconds holds, so that readers need not parse text.
std::optional<std::int64_t> milliseconds_in(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!name.ends_with("_ms") || fault != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

bool has_reason(transition what) {
  return what == transition::child_start_failed || what == transition::child_ended ||
         what == transition::child_stopped || what == transition::child_killed ||
         what == transition::restart_scheduled || what == transition::intensity_exceeded ||
         what == transition::supervisor_stopped;
}

void add_child_fields(observe::field_list& fields, const supervision::event& happened) {
  fields.push_back(kv("child", happened.child));
  fields.push_back(kv("type", to_string(happened.type)));
  fields.push_back(kv("state", to_string(happened.state)));
  fields.push_back(kv("incarnation", happened.incarnation));
  fields.push_back(kv("restarts", happened.restarts_total));
}

} // namespace

observe::event to_event(const supervision::event& happened) {
  observe::event event;
  event.at = happened.at;
  event.kind = to_string(happened.what);
  event.subject = happened.child.empty() ? happened.supervisor : happened.supervisor + "/" + happened.child;
  event.fields = {kv("supervisor", happened.supervisor), kv("strategy", to_string(happened.strategy)),
                  kv("restarts_in_window", happened.restarts_in_window), kv("restarts_allowed", happened.intensity)};
  if (!happened.child.empty())
    add_child_fields(event.fields, happened);
  if (has_reason(happened.what)) {
    event.cause = happened.reason_text;
    event.fields.push_back(kv("reason", process::to_string(happened.reason)));
  }
  if (happened.what == transition::restart_scheduled)
    event.fields.push_back(kv("delay_ms", happened.delay.count()));
  return event;
}

observe::event to_event(const session::notice& happened) {
  observe::event event;
  event.at = happened.at;
  event.kind = happened.kind;
  event.subject = happened.subject;
  event.cause = happened.cause;
  for (const auto& [name, text] : happened.fields) {
    const auto number = milliseconds_in(name, text);
    event.fields.push_back(number ? kv(name, *number) : kv(name, text));
  }
  return event;
}

event_bridge::event_bridge(std::shared_ptr<tree_view> tree, std::shared_ptr<observe::event_log> log)
    : tree_{std::move(tree)}, log_{std::move(log)} {
  CAFNODE_INVARIANT(tree_ != nullptr && log_ != nullptr, "an event bridge needs both its ends");
}

void event_bridge::publish(const supervision::event& happened) {
  tree_->publish(happened);
  log_->publish(to_event(happened));
}

void event_bridge::publish(const session::notice& happened) {
  log_->publish(to_event(happened));
}

} // namespace cafnode::control
