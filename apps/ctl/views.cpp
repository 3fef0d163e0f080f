#include "apps/ctl/views.hpp"

#include "apps/ctl/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::ctl {

namespace {

const value* find(const value& from, std::string_view pointer) {
  boost::json::error_code fault;
  return from.find_pointer(pointer, fault);
}

tint alarm_if(bool bad) {
  return bad ? tint::bad : tint::none;
}

std::string close_text(const value& connection) {
  if (const value* closed = find(connection, "/last_close"); closed == nullptr || !closed->is_object())
    return "-";
  const std::int64_t code = count_at(connection, "/last_close/code");
  return text_at(connection, "/last_close/cause") + (code == 0 ? "" : fmt::format(" {}", code));
}

/// With the words of whoever closed it, while that is why it is not live.
std::string close_reason(const value& connection) {
  const std::string text = text_at(connection, "/last_close/text");
  return close_text(connection) + (text == "-" || text_at(connection, "/phase") == "live" ? "" : ": " + text);
}

std::string quantile_text(const value& connection, std::string_view pointer) {
  const std::int64_t microseconds = count_at(connection, pointer);
  return microseconds == 0 ? "-" : micro_text(microseconds);
}

std::vector<cell> connection_row(const value& each) {
  const std::string phase = text_at(each, "/phase");
  const std::int64_t missed = count_at(each, "/heartbeats/missed");
  return {{text_at(each, "/name"), tint::bold},
          {text_at(each, "/exchange")},
          {phase, state_tint(phase)},
          {span_text(count_at(each, "/in_phase_ms"))},
          {text_at(each, "/frames_in")},
          {text_at(each, "/heartbeats/answered") + "/" + text_at(each, "/heartbeats/asked")},
          {fmt::format("{}", missed), alarm_if(missed > 0)},
          {quantile_text(each, "/heartbeats/answer_us/p50")},
          {quantile_text(each, "/heartbeats/answer_us/p99")},
          {text_at(each, "/lives")},
          {close_reason(each)}};
}

std::string connection_rows(const value& connections, const look& how) {
  table rows{{{"NAME"},
              {"EXCHANGE", align::left, 10},
              {"PHASE"},
              {"FOR", align::right, 90},
              {"FRAMES", align::right, 30},
              {"HEARTBEATS", align::right, 60},
              {"MISSED", align::right, 80},
              {"P50", align::right, 20},
              {"P99", align::right, 40},
              {"LIVES", align::right, 50},
              {"LAST CLOSE", align::left, essential, 28}}};
  for (const value& each : list_at(connections, "/connections"))
    rows.add(connection_row(each));
  return rows.text(how);
}

/// What all transitions of one supervisor tell alike; `sup tree` shows it, and -o json.
bool is_known_anyway(std::string_view field) {
  constexpr std::array known{"supervisor", "child", "strategy", "children", "restarts_allowed", "window_ms", "type"};
  return std::find(known.begin(), known.end(), field) != known.end();
}

std::vector<cell> order_cells(const value& order, bool in_doubt) {
  const std::string state = in_doubt ? "in doubt" : text_at(order, "/state");
  return {{text_at(order, "/label"), tint::bold},
          {text_at(order, "/order_id")},
          {text_at(order, "/instrument")},
          {text_at(order, "/side")},
          {text_at(order, "/type")},
          {text_at(order, "/amount")},
          {text_at(order, "/price")},
          {text_at(order, "/filled")},
          {state, state_tint(state)}};
}

table order_table() {
  return table{{{"LABEL"},
                {"ID", align::left, 20},
                {"INSTRUMENT", align::left, 70, 14},
                {"SIDE", align::left, 90},
                {"TYPE", align::left, 10},
                {"AMOUNT", align::right, 80},
                {"PRICE", align::right, 80},
                {"FILLED", align::right, 60},
                {"STATE"}}};
}

/// What is known of the orders of a connection that is down may have changed since.
std::string not_live_text(const value& orders, const look& how) {
  std::string out;
  for (const value& each : list_at(orders, "/connections"))
    if (const std::string phase = text_at(each, "/phase"); phase != "live")
      out += tinted(wrapped(fmt::format("{} is {} for {}: its orders are shown as they were last known",
                                        text_at(each, "/name"), phase, span_text(count_at(each, "/in_phase_ms"))),
                            2, how),
                    tint::warn, how) +
             "\n";
  return out;
}

/// What is not as it should be in the tree; nothing most of the time.
std::string trouble_text(const value& status) {
  std::string out;
  for (const auto& [pointer, words] :
       {std::pair{"/supervision/waiting", "waiting"}, std::pair{"/supervision/circuits_open", "circuits open"},
        std::pair{"/supervision/gave_up", "gave up"}, std::pair{"/supervision/zombies", "zombies"},
        std::pair{"/supervision/dropped", "not shown for want of room"}})
    if (const auto count = count_at(status, pointer); count > 0)
      out += fmt::format(", {} {}", count, words);
  return out;
}

std::string dead_letters_text(const value& status) {
  const auto* letters = find(status, "/dead_letters");
  if (letters == nullptr || !letters->is_object())
    return {};
  std::string out = fmt::format("dead letters {}", text_at(*letters, "/total"));
  for (const auto& [kind, count] : letters->get_object())
    if (kind != "total" && count.is_int64() && count.get_int64() > 0)
      out += fmt::format(", {} {}", count.get_int64(), printable(kind));
  out += "\n";
  const auto& samples = list_at(*letters, "/samples");
  const std::size_t first = samples.size() - std::min<std::size_t>(samples.size(), 3);
  for (std::size_t each = first; each < samples.size(); ++each)
    out +=
        fmt::format("             {}  {}  to {}: {}\n", text_at(samples[each], "/at"), text_at(samples[each], "/kind"),
                    text_at(samples[each], "/receiver"), text_at(samples[each], "/content"));
  return out;
}

} // namespace

const boost::json::array& list_at(const value& from, std::string_view pointer) {
  static const boost::json::array nothing;
  const value* found = find(from, pointer);
  return found != nullptr && found->is_array() ? found->get_array() : nothing;
}

tint state_tint(std::string_view state) {
  if (state == "live" || state == "ok" || state == "running" || state == "open" || state == "filled")
    return tint::good;
  return state == "closed" || state == "stopped" || state == "rejected" ? tint::bad : tint::warn;
}

std::string text_at(const value& from, std::string_view pointer) {
  const value* found = find(from, pointer);
  if (found == nullptr || found->is_null())
    return "-";
  if (found->is_string())
    return found->get_string().empty() ? "-" : printable(found->get_string());
  if (found->is_int64())
    return std::to_string(found->get_int64());
  if (found->is_uint64())
    return std::to_string(found->get_uint64());
  return found->is_bool() ? (found->get_bool() ? "yes" : "no") : "?";
}

std::int64_t count_at(const value& from, std::string_view pointer) {
  const value* found = find(from, pointer);
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string status_text(const value& status, const value& connections, const look& how) {
  const std::string state = text_at(status, "/state");
  const std::int64_t missed = count_at(status, "/heartbeats/missed");
  std::string out = fmt::format("{}  region {}  {}  up {}  pid {}  version {}\n",
                                tinted(text_at(status, "/node/name"), tint::bold, how), text_at(status, "/node/region"),
                                tinted(state, state_tint(state), how), span_text(count_at(status, "/node/uptime_ms")),
                                text_at(status, "/node/pid"), text_at(status, "/node/version"));
  out += fmt::format("connections  {} of {} live\n", text_at(status, "/connections/live"),
                     text_at(status, "/connections/total"));
  out += fmt::format("heartbeats   {} asked, {} answered, {}\n", text_at(status, "/heartbeats/asked"),
                     text_at(status, "/heartbeats/answered"),
                     tinted(fmt::format("{} missed", missed), alarm_if(missed > 0), how));
  out +=
      fmt::format("supervision  {} supervisors, {} workers, {} restarts", text_at(status, "/supervision/supervisors"),
                  text_at(status, "/supervision/workers"), text_at(status, "/supervision/restarts")) +
      trouble_text(status) + "\n";
  out += fmt::format("orders       {} open, {} in doubt, {} sent\n", text_at(status, "/orders/open"),
                     text_at(status, "/orders/in_doubt"), text_at(status, "/orders/sent"));
  out += dead_letters_text(status);
  return connections.is_null() ? out : out + "\n" + connection_rows(connections, how);
}

std::string status_line(const value& status) {
  return fmt::format("{}  {} of {} live, {} restarts, heartbeats {}/{}, {} missed, {} orders open\n",
                     text_at(status, "/state"), text_at(status, "/connections/live"),
                     text_at(status, "/connections/total"), text_at(status, "/supervision/restarts"),
                     text_at(status, "/heartbeats/answered"), text_at(status, "/heartbeats/asked"),
                     text_at(status, "/heartbeats/missed"), text_at(status, "/orders/open"));
}

std::string connections_text(const value& connections, const look& how) {
  return connection_rows(connections, how);
}

std::string connection_text(const value& each, const look& how) {
  const std::string phase = text_at(each, "/phase");
  std::string out =
      fmt::format("{}  {}  {} for {}\n", tinted(text_at(each, "/name"), tint::bold, how), text_at(each, "/exchange"),
                  tinted(phase, state_tint(phase), how), span_text(count_at(each, "/in_phase_ms")));
  const auto line = [&out](std::string_view title, const std::string& text) {
    out += fmt::format("{:<13}{}\n", title, text);
  };
  line("path", text_at(each, "/path"));
  line("cause", text_at(each, "/cause"));
  line("client", fmt::format("incarnation {}, {} dials, {} times live", text_at(each, "/incarnation"),
                             text_at(each, "/opens"), text_at(each, "/lives")));
  line("last close",
       fmt::format("{}  {}  {}", close_text(each), text_at(each, "/last_close/text"), text_at(each, "/last_close/at")));
  line("frames", fmt::format("{} in, {} out, {} bytes in, last {} ago, {} faults", text_at(each, "/frames_in"),
                             text_at(each, "/frames_out"), text_at(each, "/bytes_in"),
                             span_text(count_at(each, "/last_frame_ago_ms")), text_at(each, "/protocol_faults")));
  line("heartbeats", fmt::format("{} asked, {} answered, {} missed, {} answered by the client",
                                 text_at(each, "/heartbeats/asked"), text_at(each, "/heartbeats/answered"),
                                 text_at(each, "/heartbeats/missed"), text_at(each, "/heartbeats/answered_by_client")));
  line("answer time",
       fmt::format("p50 {}, p99 {}, max {}", quantile_text(each, "/heartbeats/answer_us/p50"),
                   quantile_text(each, "/heartbeats/answer_us/p99"), quantile_text(each, "/heartbeats/answer_us/max")));
  line("round trip", fmt::format("p50 {}, p99 {}, max {}", quantile_text(each, "/heartbeats/round_trip_us/p50"),
                                 quantile_text(each, "/heartbeats/round_trip_us/p99"),
                                 quantile_text(each, "/heartbeats/round_trip_us/max")));
  line("orders", fmt::format("{} sent, {} open, {} in doubt", text_at(each, "/orders/sent"),
                             text_at(each, "/orders/open"), text_at(each, "/orders/in_doubt")));
  line("budget", fmt::format("{} matching requests, {} credits left", text_at(each, "/orders/matching_left"),
                             text_at(each, "/orders/credits_left")));
  return out;
}

std::string event_line(const value& event, const look& how) {
  std::string fields;
  const bool is_transition = text_at(event, "/fields/supervisor") != "-";
  if (const value* found = find(event, "/fields"); found != nullptr && found->is_object())
    for (const auto& field : found->get_object())
      if (const std::string shown = text_at(field.value(), "");
          shown != "-" && !(is_transition && is_known_anyway(field.key())))
        fields += fmt::format("  {}={}", printable(field.key()), shown);
  return fmt::format("{}  {}  {}  {}{}\n", text_at(event, "/at"), tinted(text_at(event, "/kind"), tint::bold, how),
                     text_at(event, "/subject"), text_at(event, "/cause"), tinted(fields, tint::dim, how));
}

std::string orders_text(const value& orders, const look& how) {
  table rows = order_table();
  for (const value& each : list_at(orders, "/orders"))
    rows.add(order_cells(each, text_at(each, "/in_doubt") == "yes"));
  return rows.text(how) + not_live_text(orders, how);
}

std::string order_outcome_text(const value& outcome, const look& how) {
  const value* order = find(outcome, "/order");
  const bool in_doubt = text_at(outcome, "/outcome") == "in_doubt";
  if (order == nullptr)
    return text_at(outcome, "/text") + "\n";
  table rows = order_table();
  rows.add(order_cells(*order, in_doubt));
  return rows.text(how);
}

} // namespace cafnode::ctl
