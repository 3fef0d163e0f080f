#include "control/api_call.hpp"
#include "control/request_reader.hpp"
#include "control/view_json.hpp"

#include <fmt/format.h>

namespace cafnode::control {

namespace {

api_fault no_such_connection(std::string_view name) {
  return {404, "not_found", fmt::format("there is no connection '{}'", shown(name)), "cafctl conn ls shows the names"};
}

} // namespace

void get_connections(api_call& call) {
  const auto limit = read_count(call.request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return call.fail(limit.fault());
  const auto asked_after = read_text(call.request, "after", text_kind::connection);
  if (!asked_after)
    return call.fail(asked_after.fault());
  const std::string& after = asked_after.value();
  const base::moment now = call.views.clock->now();
  json_writer out;
  std::optional<std::string> next, last;
  std::uint64_t written = 0;
  out.open_object().key("connections").open_array();
  for (const auto& record : call.views.board->all()) {
    std::string name = record->view().name;
    if (!after.empty() && name <= after)
      continue;
    if (written == limit.value()) {
      next = last;
      break;
    }
    write_connection(out, *record, now);
    last = std::move(name);
    ++written;
  }
  out.close_array().field("next", next).close_object();
  call.answer(std::move(out).take());
}

void get_connection(api_call& call) {
  const auto record = call.views.board->find(call.name);
  if (record == nullptr)
    return call.fail(no_such_connection(call.name));
  json_writer out;
  write_connection(out, *record, call.views.clock->now());
  call.answer(std::move(out).take());
}

void post_connection_close(api_call& call) {
  if (call.views.board->find(call.name) == nullptr)
    return call.fail(no_such_connection(call.name));
  const auto deadline = read_deadline(call.request);
  if (!deadline)
    return call.fail(deadline.fault());
  if (!call.actions.close_connection)
    return call.fail({501, "not_implemented", "this node cannot close connections", {}});
  call.actions.close_connection(
      call.name, deadline.value(),
      [reply = call.reply, name = call.name,
       at = call.views.clock->now().wall](base::result<done, action_failure> end) {
        if (!end)
          return reply->send(to_response(to_fault(end.fault())));
        json_writer out;
        out.open_object().field("connection", name).field("closed", true).field("at", at).close_object();
        reply->send({200, "application/json", std::move(out).take()});
      });
}

} // namespace cafnode::control
