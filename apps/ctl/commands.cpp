#include "apps/ctl/commands.hpp"

#include "apps/ctl/output.hpp"
#include "apps/ctl/show.hpp"
#include "apps/ctl/tree.hpp"
#include "apps/ctl/views.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/standard_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <unistd.h>

namespace cafnode::ctl {

namespace {

using boost::json::value;

/// A command that changes something and says what came of it.
exit_code change(const options& chosen, const std::string& method, const std::string& target, const std::string& body,
                 const std::string& confirmation) {
  const answer done = client{chosen.where, chosen.timeout}.change(method, target, body);
  if (!done)
    return fail(chosen, done.fault());
  put(chosen.as_json ? json_line(done.value()) : confirmation);
  return exit_code::ok;
}

exit_code change_order(const options& chosen, const std::string& method, const std::string& target,
                       const std::string& body) {
  const answer done = client{chosen.where, chosen.timeout}.change(method, target, body);
  if (!done)
    return fail(chosen, done.fault());
  put(chosen.as_json ? json_line(done.value()) : order_outcome_text(done.value(), chosen.how));
  if (text_at(done.value(), "/outcome") != "in_doubt")
    return exit_code::ok;
  if (!chosen.as_json)
    base::write_error("cafctl: no answer from the exchange yet: the order may stand or not\n");
  return exit_code::timed_out;
}

std::string member(std::string_view name, std::string_view text) {
  return fmt::format("{}:{}", base::json_string(name), base::json_string(text));
}

/// A word as a shell reads it back.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain = "/._-:@+=";
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           plain.find(letter) != std::string_view::npos;
  });
  std::string quoted;
  for (const char letter : text)
    quoted += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
  return is_plain ? text : "'" + quoted + "'";
}

/// The command that shows the page behind the row at `next`.
std::string next_command(const tree_part& part, const std::string& next) {
  std::string out = "cafctl sup tree";
  if (!part.path.empty())
    out += " " + shell_word(printable(part.path));
  if (part.limit != tree_part{}.limit)
    out += fmt::format(" --limit {}", part.limit);
  return out + " --after " + shell_word(next);
}

bool is_root(std::string_view path) {
  const auto first = path.find_first_not_of('/');
  return first != std::string_view::npos && path.find('/', first) >= path.find_last_not_of('/');
}

/// Why the root is not ended: nobody could be asked, or somebody said no.
std::optional<ctl_fault> ask_about_root(const std::string& path) {
  if (::isatty(STDIN_FILENO) != 1)
    return ctl_fault{exit_code::usage, "not_confirmed",
                     fmt::format("'{}' is the root of the tree: all that runs would end with it", path),
                     "add --yes if that is meant"};
  base::write_error(
      fmt::format("'{}' is the root of the tree: all that runs ends with it, the node too. Type its name to go on: ",
                  printable(path)));
  std::string said;
  for (int letter = std::getchar(); letter != EOF && letter != '\n'; letter = std::getchar())
    said += static_cast<char>(letter);
  if (said == path)
    return std::nullopt;
  return ctl_fault{exit_code::failed, "not_confirmed", "nothing was done", {}};
}

std::string order_body(const new_order& order) {
  std::string body = fmt::format("{{{},{},{},{}", member("connection", order.connection), member("side", order.side),
                                 member("amount", order.amount), member("instrument", order.instrument));
  body += "," + member("type", order.price.empty() ? "market" : "limit");
  if (!order.price.empty())
    body += "," + member("price", order.price);
  if (!order.tif.empty())
    body += "," + member("tif", order.tif);
  return body + fmt::format(R"(,"post_only":{},"reduce_only":{}}})", order.post_only, order.reduce_only);
}

} // namespace

exit_code show_status(const options& chosen) {
  const client node{chosen.where, chosen.timeout};
  const bool is_line = chosen.watch && !chosen.is_terminal;
  return show(chosen, [&](const look& how) -> seen {
    const answer status = node.get("/api/v1/status");
    if (!status)
      return base::failure{status.fault()};
    const exit_code code = text_at(status.value(), "/state") == "ok" ? exit_code::ok : exit_code::failed;
    if (chosen.as_json || is_line)
      return sight{chosen.as_json ? json_line(status.value()) : status_line(status.value()), code};
    const answer connections = node.get("/api/v1/connections?limit=40");
    return sight{status_text(status.value(), connections ? connections.value() : value{}, how), code};
  });
}

exit_code show_tree(const options& chosen, const tree_part& part) {
  std::string target = fmt::format("/api/v1/tree?limit={}", part.limit);
  if (!part.path.empty())
    target += "&path=" + percent_encoded(part.path);
  if (!part.after.empty())
    target += "&after=" + percent_encoded(part.after);
  return show_document(
      chosen, [&](const client& node) { return node.get(target); },
      [&](const value& tree, const look& how) {
        const std::string next = text_at(tree, "/next");
        return tree_text(tree, how) + (next == "-" ? "" : "there is more: " + next_command(part, next) + "\n");
      });
}

exit_code show_path(const options& chosen, const std::string& path) {
  const std::string target = "/api/v1/tree/show?path=" + percent_encoded(path);
  return show_document(
      chosen, [&](const client& node) { return node.get(target); }, tree_detail_text);
}

exit_code restart_path(const options& chosen, const std::string& path, std::string_view how) {
  const std::string body = fmt::format("{{{},{}}}", member("path", path), member("how", how));
  const answer done = client{chosen.where, chosen.timeout}.change("POST", "/api/v1/tree/restart", body);
  if (!done)
    return fail(chosen, done.fault());
  put(chosen.as_json ? json_line(done.value()) : restart_text(done.value()));
  return exit_code::ok;
}

exit_code kill_path(const options& chosen, const std::string& path, bool ask, bool sure) {
  if (!sure && is_root(path))
    if (const auto why_not = ask_about_root(path))
      return fail(chosen, *why_not);
  const std::string body = fmt::format("{{{},{}}}", member("path", path), member("how", ask ? "stop" : "kill"));
  return change(chosen, "POST", "/api/v1/tree/kill", body,
                fmt::format("{} {}\n", ask ? "asked to stop:" : "killed:", printable(path)));
}

exit_code list_connections(const options& chosen) {
  return show_document(
      chosen, [](const client& node) { return node.get_pages("/api/v1/connections", '?', "connections"); },
      connections_text);
}

exit_code show_connection(const options& chosen, const std::string& name) {
  const std::string target = "/api/v1/connections/" + percent_encoded(name);
  return show_document(
      chosen, [&](const client& node) { return node.get(target); }, connection_text);
}

exit_code close_connection(const options& chosen, const std::string& name) {
  return change(chosen, "POST", "/api/v1/connections/" + percent_encoded(name) + "/close", {},
                fmt::format("closed: {}\n", printable(name)));
}

exit_code tail_events(const options& chosen, const event_filter& filter) {
  std::string target = fmt::format("/api/v1/events?limit={}", filter.count);
  if (!filter.since.empty())
    target += "&since=" + percent_encoded(filter.since);
  if (!filter.kind.empty())
    target += "&kind=" + percent_encoded(filter.kind);
  if (filter.follow)
    target += "&follow=1";
  const auto show_line = [&chosen](std::string_view line) {
    boost::json::error_code bad;
    const value event = boost::json::parse(line, bad);
    if (line.empty() || bad)
      return;
    if (const std::int64_t lost = count_at(event, "/lost"); lost > 0 && !chosen.as_json)
      base::write_error(fmt::format("cafctl: {} events came too fast and are not shown\n", lost));
    else
      put(chosen.as_json ? base::harmless_json(line) + "\n" : event_line(event, chosen.how));
  };
  const client node{chosen.where, chosen.timeout};
  if (filter.follow)
    return fail(chosen, node.follow(target, show_line));
  const answer events = node.get(target);
  if (!events)
    return fail(chosen, events.fault());
  boost::json::error_code none;
  const value* list = events.value().find_pointer("/events", none);
  if (list != nullptr && list->is_array())
    for (const value& event : list->get_array())
      put(chosen.as_json ? json_line(event) : event_line(event, chosen.how));
  return exit_code::ok;
}

exit_code list_orders(const options& chosen, const order_filter& filter) {
  std::string target = "/api/v1/orders";
  const auto add = [&target](std::string_view name, const std::string& word) {
    if (!word.empty())
      target += fmt::format("{}{}={}", target.find('?') == std::string::npos ? '?' : '&', name, percent_encoded(word));
  };
  add("connection", filter.connection);
  add("state", filter.state);
  add("instrument", filter.instrument);
  add("side", filter.side);
  const char separator = target.find('?') == std::string::npos ? '?' : '&';
  return show_document(
      chosen, [&](const client& node) { return node.get_pages(target, separator, "orders"); }, orders_text);
}

exit_code place_order(const options& chosen, const new_order& order) {
  return change_order(chosen, "POST", "/api/v1/orders", order_body(order));
}

exit_code edit_order(const options& chosen, const std::string& connection, const std::string& label,
                     const std::string& amount, const std::string& price) {
  return change_order(chosen, "PATCH", "/api/v1/orders",
                      fmt::format("{{{},{},{},{}}}", member("connection", connection), member("label", label),
                                  member("amount", amount), member("price", price)));
}

exit_code cancel_order(const options& chosen, const std::string& connection, const std::string& label_or_id) {
  return change_order(
      chosen, "DELETE",
      fmt::format("/api/v1/orders?connection={}&id={}", percent_encoded(connection), percent_encoded(label_or_id)), {});
}

} // namespace cafnode::ctl
