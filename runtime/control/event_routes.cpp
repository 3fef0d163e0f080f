#include "runtime/control/api_call.hpp"
#include "runtime/control/json_writer.hpp"
#include "runtime/control/request_reader.hpp"

#include <limits>

namespace cafnode::control {

namespace {

constexpr std::uint64_t events_default = 100;
constexpr std::uint64_t events_max = 10'000;

reading<event_filter> read_filter(const net::http_request& request) {
  event_filter filter;
  const auto limit = read_count(request, "limit", events_default, 1, events_max);
  if (!limit)
    return base::failure{limit.fault()};
  const auto since = read_count(request, "since", 0, 0, std::numeric_limits<std::uint64_t>::max());
  if (!since)
    return base::failure{since.fault()};
  filter.limit = limit.value();
  filter.since = since.value();
  filter.kept = request.query_value("since").empty() ? event_filter::end::newest : event_filter::end::oldest;
  const auto kind = read_text(request, "kind", text_kind::word);
  if (!kind)
    return base::failure{kind.fault()};
  filter.kind = kind.value();
  return filter;
}

std::string page_json(const matching_events& found, bool from_start) {
  const observe::event_page& page = found.page;
  json_writer out;
  out.open_object().key("events").open_array();
  for (const auto& each : page.events)
    out.raw(observe::to_json(*each));
  out.close_array().field("last_seq", page.last_seq).field("gap", page.gap && !from_start).close_object();
  return std::move(out).take();
}

} // namespace

void get_events(api_call& call) {
  const auto filter = read_filter(call.request);
  if (!filter)
    return call.fail(filter.fault());
  if (!has_flag(call.request, "follow"))
    return call.answer(page_json(events_matching(*call.views.events, filter.value()), filter.value().since == 0));
  if (!call.followers.add(call.reply, filter.value()))
    call.fail({503, "too_many_followers", "too many follow the events already", "close one, or ask with ?since="});
}

} // namespace cafnode::control
