#include "control/push/config_json.hpp"

#include "control/json_writer.hpp"

namespace cafnode::control {

namespace {

// A plan of more is a list that nobody reads; its counts are whole.
constexpr std::size_t children_max = 1000;

void write(json_writer& json, const conf::change& change) {
  json.open_object()
      .field("path", change.path)
      .field("kind", to_string(change.kind))
      .field("before", change.before)
      .field("after", change.after)
      .field("effect", to_string(change.effect))
      .close_object();
}

void write(json_writer& json, std::string_view name, const std::vector<conf::change>& changes) {
  json.key(name).open_array();
  for (const auto& each : changes)
    write(json, each);
  json.close_array();
}

void write(json_writer& json, const planned_child& child) {
  json.open_object()
      .field("effect", to_string(child.effect))
      .field("path", child.path)
      .field("exchange", child.exchange)
      .field("live", child.now.live)
      .field("orders_open", child.now.orders_open)
      .field("orders_in_doubt", child.now.orders_in_doubt)
      .field("orders_known", child.now.orders_known)
      .field("cancels_orders", child.cancels)
      .key("why")
      .open_array();
  for (const auto& line : *child.why)
    json.value(line);
  json.close_array().close_object();
}

void write_fields(json_writer& json, const version_entry& entry) {
  json.field("version", entry.number)
      .field("state", to_string(entry.state))
      .field("at", base::wall_time{std::chrono::milliseconds{entry.time_ms}})
      .field("who", entry.who)
      .field("why", entry.why)
      .field("source", to_string(entry.source))
      .field("hash", entry.hash);
  if (!entry.undone_why.empty())
    json.field("undone_why", entry.undone_why);
}

} // namespace

std::string to_json(const config_plan& plan) {
  json_writer json;
  json.open_object()
      .field("node", plan.node)
      .field("index", plan.index)
      .field("hash", plan.hash)
      .field("changes", plan.changes())
      .key("counts")
      .open_object();
  for (const auto effect :
       {child_effect::start, child_effect::stop, child_effect::restart, child_effect::replace, child_effect::change})
    json.field(to_string(effect), plan.count(effect));
  json.field("unchanged", plan.unchanged).close_object();
  std::uint64_t open = 0;
  std::uint64_t doubted = 0;
  std::uint64_t live = 0;
  for (const auto& child : plan.children)
    if (child.effect != child_effect::change && child.effect != child_effect::start) {
      open += child.now.orders_open;
      doubted += child.now.orders_in_doubt;
      live += child.now.live ? 1 : 0;
    }
  json.key("disruption")
      .open_object()
      .field("connections", plan.interrupted())
      .field("live", live)
      .field("orders_open", open)
      .field("orders_in_doubt", doubted)
      .close_object();
  write(json, "node_changes", plan.node_changes);
  write(json, "after_restart", plan.after_restart);
  json.key("overridden").open_array();
  for (const auto& each : plan.overridden)
    json.open_object()
        .field("path", each.path)
        .field("in_file", each.in_file)
        .field("in_force", each.in_force)
        .field("by", conf::to_string(each.by))
        .close_object();
  json.close_array().key("children").open_array();
  for (std::size_t i = 0; i < plan.children.size() && i < children_max; ++i)
    write(json, plan.children[i]);
  json.close_array().field("children_left_out", plan.children.size() - std::min(plan.children.size(), children_max));
  return std::move(json.close_object()).take();
}

std::string to_json(const config_status& status) {
  json_writer json;
  json.open_object().field("node", status.node);
  write_fields(json, status.running);
  json.field("stage", status.stage)
      .field("proposed", status.proposed)
      .field("trouble", status.trouble)
      .field("store", status.store)
      .field("file", status.file)
      .field("drift", status.drift);
  write(json, "after_restart", status.after_restart);
  return std::move(json.close_object()).take();
}

std::string to_json(const std::vector<version_entry>& history) {
  json_writer json;
  json.open_object().key("versions").open_array();
  for (const auto& each : history) {
    json.open_object();
    write_fields(json, each);
    json.close_object();
  }
  return std::move(json.close_array().close_object()).take();
}

std::string to_json(const config_version& version) {
  json_writer json;
  json.open_object();
  write_fields(json, version.entry);
  return std::move(json.field("text", version.text).close_object()).take();
}

std::string to_json(const std::vector<conf::change>& changes) {
  json_writer json;
  json.open_object();
  write(json, "changes", changes);
  return std::move(json.close_object()).take();
}

std::string to_json(const push_report& report) {
  json_writer json;
  json.open_object()
      .field("result", report.result)
      .field("version", report.version)
      .field("tried", report.tried)
      .field("why", report.why)
      .key("connections")
      .open_object()
      .field("started", report.started)
      .field("stopped", report.stopped)
      .field("restarted", report.restarted)
      .field("changed", report.changed)
      .field("unchanged", report.unchanged)
      .close_object()
      .field("took_us", report.took_us);
  return std::move(json.close_object()).take();
}

} // namespace cafnode::control
