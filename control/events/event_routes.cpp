#include "control/api_call.hpp"
#include "control/events/event_kinds.hpp"
#include "control/events/event_pages.hpp"
#include "control/json_writer.hpp"
#include "control/request_reader.hpp"

#include <fmt/format.h>

#include <limits>

namespace cafnode::control {

namespace {

constexpr std::uint64_t events_default = 100;
constexpr std::uint64_t events_max = 10'000;
constexpr std::size_t kind_shown_max = 40; // bytes of one that is not there

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

} // namespace

void get_events(api_call& call) {
  const auto filter = read_filter(call.request);
  if (!filter)
    return call.fail(filter.fault());
  if (const std::string& kind = filter.value().kind; !kind.empty() && !is_event_kind(*call.views.events, kind))
    return call.fail(bad_request(fmt::format("there is no kind of event '{}'", kind.substr(0, kind_shown_max)),
                                 fmt::format("the kinds are {}", fmt::join(event_kinds(*call.views.events), ", "))));
  if (!has_flag(call.request, "follow"))
    return answer_in_turns(call.views.post, call.reply, events_matching(*call.views.events, filter.value()),
                           filter.value().since == 0);
  if (!call.followers.add(call.reply, filter.value()))
    call.fail({503, "too_many_followers", "too many follow the events already", "close one, or ask with ?since="});
}

void get_event_kinds(api_call& call) {
  json_writer out;
  out.open_object().key("kinds").open_array();
  for (const std::string& each : event_kinds(*call.views.events))
    out.value(each);
  out.close_array().close_object();
  call.answer(std::move(out).take());
}

} // namespace cafnode::control
