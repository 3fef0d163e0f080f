#include "apps/ctl_tree.hpp"

#include "apps/ctl_table.hpp"

#include <fmt/format.h>

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
                {"STRATEGY"},
                {"STATE"},
                {"FOR", align::right},
                {"WINDOW"},
                {"RESTARTS", align::right},
                {"BACK-OFF", align::right},
                {"MAIL", align::right},
                {"MARKS"},
                {"LAST END"}}};
}

std::string record_text(const value& record) {
  return fmt::format("  {}  {}: {}\n", text_at(record, "/failed_at"), text_at(record, "/supervisor"),
                     text_at(record, "/text"));
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
  const std::string state = text_at(each, "/state");
  std::string out = fmt::format("{}  {}  {} for {}, since {}\n", tinted(text_at(each, "/path"), tint::bold, how),
                                text_at(each, "/type"), tinted(state, state_tint(state), how),
                                span_text(count_at(each, "/in_state_ms")), text_at(each, "/since"));
  const auto line = [&out](std::string_view title, const std::string& text) {
    out += fmt::format("{:<13}{}\n", title, text);
  };
  line("incarnation", fmt::format("{}, {} restarts", text_at(each, "/incarnation"), text_at(each, "/restarts")));
  if (is_supervisor(each)) {
    line("strategy", fmt::format("{}, {} children", text_at(each, "/strategy"), text_at(each, "/children")));
    line("intensity", fmt::format("{} of {} restarts in {}", text_at(each, "/restarts_in_window"),
                                  text_at(each, "/restarts_allowed"), window_length(each)));
  }
  if (backoff_text(each) != "-")
    line("back-off", backoff_text(each) + " left");
  line("mailbox", text_at(each, "/mailbox"));
  line("marks", marks(each));
  line("last end", end_text(each));
  if (const value* above = whole == nullptr ? nullptr : whole->if_contains("supervisor"); above && above->is_object())
    line("supervisor", fmt::format("{}  {}  {}  restarts {}", text_at(*above, "/path"), strategy_text(*above),
                                   text_at(*above, "/state"), window_text(*above)));
  if (const auto& records = list_at(detail, "/records"); !records.empty()) {
    out += "\nrestarts\n";
    for (const value& record : records)
      out += record_text(record);
  }
  if (const auto& events = list_at(detail, "/events"); !events.empty()) {
    out += "\nevents\n";
    for (const value& event : events)
      out += "  " + event_line(event, how);
  }
  return out;
}

std::string restart_text(const value& done) {
  if (text_at(done, "/outcome") == "ignored")
    return fmt::format("stopped: {}; there is nothing to run there now\n", text_at(done, "/path"));
  return fmt::format("restarted: {}, incarnation {}, in {}\n", text_at(done, "/path"), text_at(done, "/incarnation"),
                     span_text(count_at(done, "/took_ms")));
}

} // namespace cafnode::ctl
