#include "apps/ctl/tree.hpp"

#include "apps/ctl/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::ctl {

namespace {

bool is_supervisor(const value& row) {
  return text_at(row, "/type") == "supervisor";
}

bool is_below(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '/';
}

std::string end_text(const value& row) {
  const std::string reason = text_at(row, "/last_end/reason"), text = text_at(row, "/last_end/text");
  return reason == text ? reason : reason + ": " + text;
}

std::string strategy_text(const value& row) {
  if (!is_supervisor(row))
    return "-";
  return fmt::format("{} ({})", text_at(row, "/strategy"), text_at(row, "/children"));
}

/// "1m" rather than "1m 0s".
std::string window_length(const value& row) {
  const std::string text = span_text(count_at(row, "/window_ms"));
  const auto cut = text.find(" 0");
  return text.substr(0, cut);
}

/// Restarts in the window against the limit.
std::string window_text(const value& row) {
  if (!is_supervisor(row))
    return "-";
  return fmt::format("{}/{} in {}", text_at(row, "/restarts_in_window"), text_at(row, "/restarts_allowed"),
                     window_length(row));
}

std::string backoff_text(const value& row) {
  return text_at(row, "/restart_in_ms") == "-" ? "-" : span_text(count_at(row, "/restart_in_ms"));
}

/// What an operator should look at; "-" when there is nothing.
std::string marks(const value& row) {
  std::string out;
  const auto mark = [&out](bool holds, const std::string& text) {
    if (holds)
      out += (out.empty() ? "" : ", ") + text;
  };
  const auto counted = [&row, &mark](std::string_view pointer, std::string_view word) {
    mark(count_at(row, pointer) > 0, fmt::format("{} {}", count_at(row, pointer), word));
  };
  mark(text_at(row, "/gave_up") == "yes", "gave up");
  mark(text_at(row, "/ready") == "no", "not ready");
  mark(text_at(row, "/exhausted") == "yes", "budget exhausted");
  mark(text_at(row, "/circuit") == "open", "circuit open");
  mark(text_at(row, "/circuit") == "half_open", "circuit half open");
  counted("/stalled", "stalled");
  counted("/fenced", "fenced");
  counted("/zombies", "zombie");
  return out.empty() ? "-" : out;
}

std::vector<cell> tree_cells(const value& row, const std::string& branch, const std::string& name) {
  const std::string state = text_at(row, "/state"), marked = marks(row);
  return {{branch + name, is_supervisor(row) ? tint::bold : tint::none},
          {strategy_text(row)},
          {state, state_tint(state)},
          {span_text(count_at(row, "/in_state_ms"))},
          {window_text(row)},
          {text_at(row, "/restarts")},
          {backoff_text(row)},
          {text_at(row, "/mailbox")},
          {marked, marked == "-" ? tint::none : tint::warn},
          {end_text(row)}};
}

table tree_table() {
  return table{{{"PATH"},
                {"STRATEGY", align::left, 10},
                {"STATE"},
                {"FOR", align::right, 70},
                {"WINDOW", align::left, 30},
                {"RESTARTS", align::right, 50},
                {"BACK-OFF", align::right, 40},
                {"MAIL", align::right, 20},
                {"MARKS", align::left, essential, 20},
                {"LAST END", align::left, 80, 16}}};
}

/// "2026-11-26 20:28:32.837" of "2026-11-26T20:28:32.837017Z"; what is no such time stays as it is.
std::string time_text(const std::string& at) {
  constexpr std::size_t milliseconds_end = 23;
  if (at.size() < milliseconds_end || at[10] != 'T' || !at.ends_with('Z'))
    return at;
  return at.substr(0, 10) + " " + at.substr(11, milliseconds_end - 11);
}

std::string head_text(const value& row, const look& how) {
  const std::string state = text_at(row, "/state");
  return tinted(text_at(row, "/path"), tint::bold, how) + "\n" +
         fmt::format("{}, {} for {}, since {} UTC\n\n", text_at(row, "/type"), tinted(state, state_tint(state), how),
                     span_text(count_at(row, "/in_state_ms")), time_text(text_at(row, "/since")));
}

std::string facts_text(const value& row, const value* above, const look& how) {
  constexpr std::size_t indent = 15;
  std::string out;
  const auto line = [&out, &how](std::string_view title, const std::string& text) {
    out += wrapped(fmt::format("  {:<13}{}", title, text), indent, how) + "\n";
  };
  line("incarnation", fmt::format("{}, {} restarts", text_at(row, "/incarnation"), text_at(row, "/restarts")));
  if (is_supervisor(row)) {
    line("strategy", fmt::format("{}, {} children", text_at(row, "/strategy"), text_at(row, "/children")));
    line("intensity", fmt::format("{} of {} restarts in {}", text_at(row, "/restarts_in_window"),
                                  text_at(row, "/restarts_allowed"), window_length(row)));
  }
  if (backoff_text(row) != "-")
    line("back-off", backoff_text(row) + " left");
  line("mailbox", text_at(row, "/mailbox"));
  line("marks", marks(row));
  line("last end", end_text(row));
  if (above != nullptr && above->is_object())
    line("supervisor",
         fmt::format("{}, {}, {}, {} of {} restarts in {}", text_at(*above, "/path"), strategy_text(*above),
                     text_at(*above, "/state"), text_at(*above, "/restarts_in_window"),
                     text_at(*above, "/restarts_allowed"), window_length(*above)));
  return out;
}

std::string records_text(const value& detail, const look& how) {
  const auto& records = list_at(detail, "/records");
  std::string out = records.empty() ? "" : "\n" + tinted("Restarts", tint::bold, how) + "\n";
  for (const value& record : records)
    out +=
        wrapped(fmt::format("  {}  {}", time_text(text_at(record, "/failed_at")), text_at(record, "/text")), 4, how) +
        "\n";
  return out;
}

/// What one event adds to its kind: why, and what the other lines of the page do not say.
std::string happening_text(const value& event) {
  std::string out = text_at(event, "/cause");
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (out == "-")
    out.clear();
  const std::string reason = text_at(event, "/fields/reason");
  if (reason != "-" && out.find(reason) == std::string::npos)
    add(reason);
  if (text_at(event, "/fields/delay_ms") != "-")
    add("in " + span_text(count_at(event, "/fields/delay_ms")));
  if (text_at(event, "/fields/incarnation") != "-" && text_at(event, "/kind") == "child_started")
    add("incarnation " + text_at(event, "/fields/incarnation"));
  return out;
}

/// One line each, the subject only where it is another than that of the page. With `look::wide` all that they hold.
std::string happenings_text(const value& detail, const std::string& path, const look& how) {
  const auto& events = list_at(detail, "/events");
  std::string out = events.empty() ? "" : "\n" + tinted("Events", tint::bold, how) + "\n";
  std::size_t kind_width = 0;
  for (const value& event : events)
    kind_width = std::max(kind_width, text_at(event, "/kind").size());
  for (const value& event : events) {
    if (how.wide) {
      out += "  " + event_line(event, how);
      continue;
    }
    const std::string subject = text_at(event, "/subject"), text = happening_text(event);
    const std::string whose = subject == path           ? ""
                              : is_below(subject, path) ? subject.substr(path.size() + 1) + ": "
                                                        : subject + ": ";
    std::string line = fmt::format("  {}  {:<{}}  {}{}", time_text(text_at(event, "/at")), text_at(event, "/kind"),
                                   kind_width, whose, text);
    out += wrapped(line.substr(0, line.find_last_not_of(": ") + 1), 4, how) + "\n";
  }
  return out;
}

} // namespace

std::string tree_text(const value& tree, const look& how) {
  const auto& rows = list_at(tree, "/rows");
  std::vector<std::string> above; // the shown rows that the next one may be below
  std::vector<std::size_t> depths;
  std::vector<std::string> names;
  for (const value& row : rows) {
    std::string path = text_at(row, "/path");
    while (!above.empty() && !is_below(path, above.back()))
      above.pop_back();
    depths.push_back(above.size());
    names.push_back(above.empty() ? path : path.substr(above.back().size() + 1));
    above.push_back(std::move(path));
  }
  const auto drawn = branches(depths, how);
  table lines = tree_table();
  for (std::size_t place = 0; place < rows.size(); ++place)
    lines.add(tree_cells(rows[place], drawn[place], names[place]));
  return lines.text(how);
}

std::string tree_detail_text(const value& detail, const look& how) {
  const boost::json::object* whole = detail.if_object();
  const value* row = whole == nullptr ? nullptr : whole->if_contains("row");
  static const value nothing;
  const value& each = row == nullptr ? nothing : *row;
  const value* above = whole == nullptr ? nullptr : whole->if_contains("supervisor");
  return head_text(each, how) + facts_text(each, above, how) + records_text(detail, how) +
         happenings_text(detail, text_at(each, "/path"), how);
}

std::string restart_text(const value& done) {
  if (text_at(done, "/outcome") == "ignored")
    return fmt::format("stopped: {}; there is nothing to run there now\n", text_at(done, "/path"));
  return fmt::format("restarted: {}, incarnation {}, in {}\n", text_at(done, "/path"), text_at(done, "/incarnation"),
                     span_text(count_at(done, "/took_ms")));
}

} // namespace cafnode::ctl
