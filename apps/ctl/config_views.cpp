#include "apps/ctl/config_views.hpp"

#include "apps/ctl/table.hpp"

#include <fmt/format.h>

#include <map>

namespace cafnode::ctl {

namespace {

// More children of one kind for one reason are one line.
constexpr std::size_t names_shown = 4;

std::string change_line(const value& change, const look& how) {
  const auto kind = text_at(change, "/kind");
  const auto path = text_at(change, "/path");
  if (kind == "changed")
    return wrapped(fmt::format("  ~ {}: {} -> {}", path, text_at(change, "/before"), text_at(change, "/after")), 6,
                   how) +
           "\n";
  return fmt::format("  {} {}\n", kind == "added" ? "+" : "-", path);
}

std::string changes_text(const value& from, std::string_view pointer, std::string_view title, const look& how) {
  std::string out;
  for (const value& each : list_at(from, pointer))
    out += change_line(each, how);
  return out.empty() ? out : fmt::format("{}\n{}", title, out);
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// What the file says and does not hold, for a flag or a variable of the node wins.
std::string overridden_text(const value& plan, const look& how) {
  std::string out;
  for (const value& each : list_at(plan, "/overridden"))
    out += wrapped(fmt::format("  {}: {} in the file, and {} by a {} of this node, which wins", text_at(each, "/path"),
                               text_at(each, "/in_file"), text_at(each, "/in_force"),
                               text_at(each, "/by") == "env" ? "variable" : "flag"),
                   6, how) +
           "\n";
  return out.empty() ? out : "without effect:\n" + out;
}

std::string_view mark_of(std::string_view effect) {
  return effect == "start" ? "+" : effect == "stop" ? "-" : effect == "change" ? "~" : "-/+";
}

std::string_view said_of(std::string_view effect) {
  if (effect == "change")
    return "taken over as it runs";
  if (effect == "replace")
    return "replaced by another: its orders are not known any more";
  return effect == "restart" ? "restarted" : effect == "start" ? "started" : "stopped";
}

/// The children of a plan that share effect and reasons.
struct child_group {
  std::string effect;
  std::string why;
  std::vector<std::string> names;
  std::int64_t open = 0;
  std::int64_t doubted = 0;
  std::int64_t cancelled = 0;   // open ones that the exchange cancels
  std::size_t with_unknown = 0; // connections whose orders are not known yet
  std::size_t count = 0;
};

std::vector<child_group> groups_of(const value& plan) {
  std::vector<child_group> out;
  std::map<std::string, std::size_t> places;
  for (const value& child : list_at(plan, "/children")) {
    child_group here;
    here.effect = text_at(child, "/effect");
    for (const value& line : list_at(child, "/why"))
      here.why += (here.why.empty() ? "" : "; ") + text_at(line, "");
    const auto [place, is_new] = places.emplace(here.effect + "\n" + here.why, out.size());
    if (is_new)
      out.push_back(std::move(here));
    auto& group = out[place->second];
    group.open += count_at(child, "/orders_open");
    group.doubted += count_at(child, "/orders_in_doubt");
    if (text_at(child, "/cancels_orders") == "yes" && text_at(child, "/live") == "yes")
      group.cancelled += count_at(child, "/orders_open");
    if (text_at(child, "/orders_known") == "no")
      ++group.with_unknown;
    if (++group.count <= names_shown)
      group.names.push_back(text_at(child, "/path"));
  }
  return out;
}

std::string group_text(const child_group& group, const look& how) {
  std::string names;
  for (const auto& name : group.names)
    names += (names.empty() ? "" : ", ") + name;
  if (group.count > group.names.size())
    names += fmt::format(" and {} more", group.count - group.names.size());
  const auto with = group.effect == "stop" || group.effect == "replace" ? tint::bad
                    : group.effect == "restart"                         ? tint::warn
                                                                        : tint::good;
  std::string out =
      wrapped(fmt::format("  {:<3} {}  {}", tinted(mark_of(group.effect), with, how), names, said_of(group.effect)), 6,
              how) +
      "\n";
  if (!group.why.empty())
    out += wrapped("      " + group.why, 6, how) + "\n";
  if (group.open + group.doubted > 0)
    out += fmt::format("      {} open, {} in doubt\n", counted(group.open, "order"), group.doubted);
  if (group.cancelled > 0)
    out += fmt::format("      the exchange cancels {} (cancel_on_disconnect): --force is needed\n",
                       counted(group.cancelled, "open order"));
  if (group.with_unknown > 0)
    out += fmt::format("      the orders of {} are not known yet: not live since the node began\n",
                       counted(static_cast<std::int64_t>(group.with_unknown), "connection"));
  return out;
}

} // namespace

std::string config_status_text(const value& status, const look& how) {
  std::string out =
      fmt::format("version {} ({}), applied {} by {}\n", tinted(text_at(status, "/version"), tint::bold, how),
                  text_at(status, "/state"), text_at(status, "/at"), text_at(status, "/who"));
  const auto line = [&](std::string_view title, const std::string& text) {
    if (!text.empty() && text != "-")
      out += wrapped(fmt::format("  {:<9}{}", title, text), 11, how) + "\n";
  };
  line("why", text_at(status, "/why"));
  line("source", text_at(status, "/source"));
  line("hash", text_at(status, "/hash"));
  line("kept in", text_at(status, "/store") == "-" || text_at(status, "/store").empty()
                      ? "memory only: after a restart the file holds (--state keeps versions)"
                      : text_at(status, "/store"));
  line("file", text_at(status, "/file"));
  line("drift", text_at(status, "/drift"));
  line("trouble", text_at(status, "/trouble"));
  if (text_at(status, "/stage") != "idle")
    line("now", fmt::format("version {}: {}", text_at(status, "/proposed"), text_at(status, "/stage")));
  return out + changes_text(status, "/after_restart", "waits for a restart of the node:", how);
}

std::string config_plan_text(const value& plan, const std::string& file, const look& how) {
  std::string out = fmt::format("{}: version {} would change\n", text_at(plan, "/node"), text_at(plan, "/index"));
  if (text_at(plan, "/changes") != "yes")
    return fmt::format("{}: nothing changes: version {} is this\n", text_at(plan, "/node"), text_at(plan, "/index")) +
           overridden_text(plan, how);
  for (const auto& group : groups_of(plan))
    out += group_text(group, how);
  if (const auto left = count_at(plan, "/children_left_out"); left > 0)
    out += fmt::format("  and {} more {}\n", left, left == 1 ? "connection" : "connections");
  out += changes_text(plan, "/node_changes", "the node, at once:", how);
  out += changes_text(plan, "/after_restart", "only after a restart of the node:", how);
  out += overridden_text(plan, how);
  out += fmt::format("{} to start, {} to stop, {} to restart, {} changed in place, {} untouched\n",
                     count_at(plan, "/counts/start"), count_at(plan, "/counts/stop"),
                     count_at(plan, "/counts/restart") + count_at(plan, "/counts/replace"),
                     count_at(plan, "/counts/change"), count_at(plan, "/counts/unchanged"));
  out += fmt::format(
      "interrupts {} ({} live) with {}, {} in doubt\n",
      counted(count_at(plan, "/disruption/connections"), "connection"), count_at(plan, "/disruption/live"),
      counted(count_at(plan, "/disruption/orders_open"), "open order"), count_at(plan, "/disruption/orders_in_doubt"));
  return out + fmt::format("do it: cafctl config apply {} --node {} --index {} \\\n           --hash {}\n", file,
                           text_at(plan, "/node"), text_at(plan, "/index"), text_at(plan, "/hash"));
}

std::string config_report_text(const value& report) {
  if (text_at(report, "/result") == "unchanged")
    return fmt::format("nothing to do: version {} is this\n", text_at(report, "/version"));
  return fmt::format("version {} runs after {}: {} started, {} stopped, {} restarted, {} changed in place, {} "
                     "untouched\n",
                     text_at(report, "/version"), micro_text(count_at(report, "/took_us")),
                     count_at(report, "/connections/started"), count_at(report, "/connections/stopped"),
                     count_at(report, "/connections/restarted"), count_at(report, "/connections/changed"),
                     count_at(report, "/connections/unchanged"));
}

std::string config_history_text(const value& history, const look& how) {
  table rows{{{"VERSION", align::right},
              {"STATE"},
              {"AT", align::left, 80},
              {"WHO", align::left, 60, 12},
              {"SOURCE", align::left, 50},
              {"WHY", align::left, essential, 16}}};
  for (const value& each : list_at(history, "/versions")) {
    const auto undone = text_at(each, "/undone_why");
    rows.add({{text_at(each, "/version")},
              {text_at(each, "/state"), text_at(each, "/state") == "undone" ? tint::bad : tint::none},
              {text_at(each, "/at")},
              {text_at(each, "/who")},
              {text_at(each, "/source")},
              {undone == "-" ? text_at(each, "/why") : undone}});
  }
  return rows.text(how);
}

std::string config_diff_text(const value& changes, const look& how) {
  std::string out;
  for (const value& each : list_at(changes, "/changes"))
    out += change_line(each, how);
  return out.empty() ? "no difference\n" : out;
}

} // namespace cafnode::ctl
