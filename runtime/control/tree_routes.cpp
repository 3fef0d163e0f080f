#include "runtime/control/api_call.hpp"
#include "runtime/control/request_reader.hpp"
#include "runtime/control/view_json.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

constexpr std::uint64_t rows_default = 1'000;
constexpr std::uint64_t rows_max = 10'000;

/// A path as an operator may write it: "/tokyo/deribit/" is "tokyo/deribit".
std::string_view trimmed(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  return path;
}

api_fault no_such_path(std::string_view path) {
  return {404, "not_found", fmt::format("nothing runs at the path '{}'", path), "cafctl sup tree shows the paths"};
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

} // namespace

void get_tree(api_call& call) {
  const auto limit = read_count(call.request, "limit", rows_default, 1, rows_max);
  if (!limit)
    return call.fail(limit.fault());
  const std::string_view path = trimmed(call.request.query_value("path"));
  const auto page = call.views.tree->page(path, trimmed(call.request.query_value("after")), limit.value());
  if (!page)
    return call.fail(no_such_path(path));
  call.answer(page_json(*page, call.views.tree->counts(), call.views.clock->now()));
}

void post_tree_kill(api_call& call) {
  const auto asked = read_kill(call.request.body);
  if (!asked)
    return call.fail(asked.fault());
  if (!call.actions.kill)
    return call.fail({501, "not_implemented", "this node cannot kill actors", {}});
  const std::string path{trimmed(asked.value().path)};
  const base::wall_time at = call.views.clock->now().wall;
  if (!call.actions.kill(path, asked.value().how))
    return call.fail(no_such_path(path));
  json_writer out;
  out.open_object().field("path", path).field("at", at).close_object();
  call.answer(std::move(out).take(), 202);
}

} // namespace cafnode::control
