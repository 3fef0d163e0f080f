#include "control/tree/tree_json.hpp"

#include "supervisors/words.hpp"

#include <algorithm>

namespace cafnode::control {

namespace {

std::int64_t milliseconds_between(base::time_point from, base::time_point to) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

void write_supervisor_fields(json_writer& out, const tree_row& row) {
  out.field("strategy", to_string(row.strategy)).field("children", row.children);
  out.field("restarts_in_window", row.restarts_in_window).field("restarts_allowed", row.intensity);
  out.field("window_ms", row.period.count()).field("gave_up", row.gave_up);
}

void write_last_end(json_writer& out, const tree_row& row) {
  out.key("last_end");
  if (row.reason_text.empty())
    out.null();
  else
    out.open_object().field("reason", process::to_string(row.reason)).field("text", row.reason_text).close_object();
}

} // namespace

void write_tree_row(json_writer& out, const tree_row& row, base::moment now) {
  out.open_object().field("path", row.path).field("type", to_string(row.type)).field("state", to_string(row.state));
  out.field("since", row.since.wall).field("in_state_ms", milliseconds_between(row.since.steady, now.steady));
  out.field("incarnation", row.incarnation).field("restarts", row.restarts_total);
  if (row.type == supervision::child_type::supervisor)
    write_supervisor_fields(out, row);
  const bool runs = row.state == supervision::child_state::running;
  out.field("ready", runs && !row.child.empty() ? std::optional{row.ready} : std::nullopt);
  if (row.state == supervision::child_state::waiting)
    out.field("restart_in_ms", milliseconds_between(now.steady, row.due));
  out.field("circuit", to_string(row.circuit)).field("exhausted", row.exhausted);
  out.field("stalled", row.stalled).field("fenced", row.fenced).field("zombies", row.zombies);
  out.field("mailbox", row.mailbox);
  write_last_end(out, row);
  out.close_object();
}

void write_record(json_writer& out, const kept_record& kept) {
  const auto& record = kept.record;
  out.open_object().field("supervisor", kept.supervisor).field("child", record.child);
  out.field("incarnation", record.incarnation).field("failed_at", record.failed_at.wall);
  out.field("reason", process::to_string(record.why.code)).field("reason_text", record.why.text);
  out.key("restarted").open_array();
  for (const auto& each : record.restarted)
    out.value(each);
  out.close_array().field("restarted_count", record.restarted_count).field("attempts", record.attempts);
  out.field("joined", record.joined).field("away_ms", record.away.count());
  out.field("text", supervision::to_text(record)).close_object();
}

} // namespace cafnode::control
