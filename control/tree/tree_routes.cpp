#include "control/api_call.hpp"
#include "control/request_reader.hpp"
#include "control/tree/tree_history.hpp"
#include "control/tree/tree_json.hpp"
#include "supervisors/words.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

constexpr std::uint64_t history_default = 50;
constexpr std::uint64_t history_max = 1'000;

/// A path as an operator may write it: "/tokyo/deribit/" is "tokyo/deribit".
std::string_view trimmed(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  return path;
}

api_fault no_such_path(std::string_view path) {
  return {404, "not_found", fmt::format("nothing runs at the path '{}'", shown(path)),
          "cafctl sup tree shows the paths"};
}

/// It is in the tree, and has no process to kill.
api_fault nothing_runs(const tree_row& row) {
  return {409, "unavailable", fmt::format("'{}' has no process now: it is {}", row.path, to_string(row.state)),
          "cafctl sup tree shows how long it waits"};
}

std::string page_json(const tree_page& page, const tree_counts& counted, base::moment now) {
  json_writer out;
  out.open_object().key("rows").open_array();
  for (const tree_row& row : page.rows)
    write_tree_row(out, row, now);
  out.close_array();
  out.field("next", page.next.empty() ? std::nullopt : std::optional{page.next});
  out.field("dropped", counted.dropped).close_object();
  return std::move(out).take();
}

std::string show_json(const node_views& views, const tree_row& row, std::size_t events_max, base::moment now) {
  json_writer out;
  out.open_object().key("row");
  write_tree_row(out, row, now);
  out.key("supervisor");
  if (const auto above = views.tree->find(row.supervisor, now.steady); above && !row.supervisor.empty())
    write_tree_row(out, *above, now);
  else
    out.null();
  out.key("records").open_array();
  for (const auto& each : records_about(*views.tree, row))
    write_record(out, each);
  out.close_array().key("events").open_array();
  for (const auto& each : history_of(*views.events, row, events_max))
    out.raw(observe::to_json(*each));
  out.close_array().close_object();
  return std::move(out).take();
}

std::optional<api_fault> why_not_restarted(const tree_row& row, std::optional<supervision::replacement> how) {
  if (row.supervisor.empty())
    return api_fault{409, "refused", fmt::format("nobody looks after '{}': it is the root of its tree", row.path),
                     "restart what is below it, or the node"};
  if (row.type == supervision::child_type::supervisor && how == supervision::replacement::make_before_break)
    return api_fault{409, "refused",
                     fmt::format("'{}' is a supervisor: a second one would start the same children again", row.path),
                     "restart it without make_before_break"};
  return std::nullopt;
}

net::http_response restarted(const std::string& path, const restart_done& done, const tree_view& tree,
                             base::moment begun, base::moment now) {
  const auto row = tree.find(path, now.steady);
  json_writer out;
  out.open_object().field("path", path).field("outcome", supervision::to_string(done.code));
  out.field("incarnation", row ? std::optional{row->incarnation} : std::nullopt);
  out.field("took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(now.steady - begun.steady).count());
  out.field("at", begun.wall).close_object();
  return {200, "application/json", std::move(out).take()};
}

} // namespace

void get_tree(api_call& call) {
  const auto limit = read_count(call.request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return call.fail(limit.fault());
  const auto from = read_text(call.request, "path", text_kind::path);
  const auto after = read_text(call.request, "after", text_kind::path);
  if (!from || !after)
    return call.fail(from ? after.fault() : from.fault());
  const std::string_view path = trimmed(from.value());
  const auto now = call.views.clock->now();
  const auto page = call.views.tree->page(path, trimmed(after.value()), limit.value(), now.steady);
  if (!page)
    return call.fail(no_such_path(path));
  call.answer(page_json(*page, call.views.tree->counts(), now));
}

void get_tree_show(api_call& call) {
  const auto count = read_count(call.request, "events", history_default, 0, history_max);
  if (!count)
    return call.fail(count.fault());
  const auto asked = read_text(call.request, "path", text_kind::path);
  if (!asked)
    return call.fail(asked.fault());
  const std::string_view path = trimmed(asked.value());
  const auto now = call.views.clock->now();
  const auto row = call.views.tree->find(path, now.steady);
  if (!row)
    return call.fail(no_such_path(path));
  call.answer(show_json(call.views, *row, count.value(), now));
}

void post_tree_restart(api_call& call) {
  const auto asked = read_restart(call.request.body);
  if (!asked)
    return call.fail(asked.fault());
  const auto deadline = read_deadline(call.request);
  if (!deadline)
    return call.fail(deadline.fault());
  if (!call.actions.restart)
    return call.fail({501, "not_implemented", "this node cannot restart actors", {}});
  const auto begun = call.views.clock->now();
  const auto row = call.views.tree->find(trimmed(asked.value().path), begun.steady);
  if (!row)
    return call.fail(no_such_path(trimmed(asked.value().path)));
  if (const auto fault = why_not_restarted(*row, asked.value().how))
    return call.fail(*fault);
  call.actions.restart({row->supervisor, row->child, asked.value().how}, deadline.value(),
                       [reply = call.reply, path = row->path, tree = call.views.tree, clock = call.views.clock,
                        begun](base::result<restart_done, action_failure> end) {
                         reply->send(end ? restarted(path, end.value(), *tree, begun, clock->now())
                                         : to_response(to_fault(end.fault())));
                       });
}

void post_tree_kill(api_call& call) {
  const auto asked = read_kill(call.request.body);
  if (!asked)
    return call.fail(asked.fault());
  if (!call.actions.kill)
    return call.fail({501, "not_implemented", "this node cannot kill actors", {}});
  const std::string path{trimmed(asked.value().path)};
  const base::wall_time at = call.views.clock->now().wall;
  if (!call.actions.kill(path, asked.value().how)) {
    const auto row = call.views.tree->find(path, call.views.clock->now().steady);
    return call.fail(row ? nothing_runs(*row) : no_such_path(path));
  }
  json_writer out;
  out.open_object().field("path", path).field("at", at).close_object();
  call.answer(std::move(out).take(), 202);
}

} // namespace cafnode::control
