#include "apps/ctl/client.hpp"

#include "apps/ctl/views.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cafnode::ctl {

namespace {

constexpr std::size_t pages_max = 1'000; // a node that always names a next page must not hold us for ever

template<class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

/// Cuts the host off `text`; what is left begins with ':' or is empty.
std::string_view take_host(std::string_view& text) {
  const bool is_bracketed = text.starts_with('[');
  const auto end = is_bracketed ? text.find(']') : text.find(':');
  const std::string_view host = text.substr(is_bracketed ? 1 : 0, is_bracketed ? end - 1 : end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + (is_bracketed ? 1 : 0));
  return host;
}

/// What a page holds beside its rows belongs to the whole as well.
void add_other_lists(boost::json::object& merged, boost::json::object& page, std::string_view list) {
  for (auto& [name, content] : page) {
    if (name == list || !content.is_array())
      continue;
    boost::json::value& whole = merged[name];
    if (!whole.is_array())
      whole.emplace_array();
    for (boost::json::value& each : content.get_array())
      whole.get_array().push_back(std::move(each));
  }
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

} // namespace

std::string node_address::text() const {
  if (!socket.empty())
    return socket;
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::optional<node_address> parse_address(std::string_view text) {
  constexpr std::string_view scheme = "http://", encrypted = "https://", local = "unix:";
  node_address where;
  if (text.starts_with(local))
    text.remove_prefix(local.size());
  if (text.starts_with('/')) {
    where.socket = text;
    return where;
  }
  where.encrypted = text.starts_with(encrypted);
  if (where.encrypted || text.starts_with(scheme))
    text.remove_prefix(where.encrypted ? encrypted.size() : scheme.size());
  if (text.ends_with('/'))
    text.remove_suffix(1);
  if (text.starts_with('[') && text.find(']') == std::string_view::npos)
    return std::nullopt;
  where.host = take_host(text);
  const bool is_plain = std::all_of(where.host.begin(), where.host.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (where.host.empty() || !is_plain || where.host.find('/') != std::string::npos)
    return std::nullopt;
  if (text.empty())
    return where;
  const auto port = parse_number<std::uint16_t>(text.substr(1));
  if (!text.starts_with(':') || !port || *port == 0)
    return std::nullopt;
  where.port = *port;
  return where;
}

std::optional<std::chrono::milliseconds> parse_span(std::string_view text) {
  std::int64_t unit = 1000;
  if (text.ends_with("ms")) {
    unit = 1;
    text.remove_suffix(2);
  } else if (text.ends_with('s') || text.ends_with('m')) {
    unit = text.back() == 's' ? 1000 : 60'000;
    text.remove_suffix(1);
  }
  constexpr std::int64_t day = 86'400'000;
  const auto count = parse_number<std::int64_t>(text);
  if (!count || *count < 1 || *count > day / unit)
    return std::nullopt;
  return std::chrono::milliseconds{*count * unit};
}

bool is_zero_span(std::string_view text) {
  return text == "0" || text == "0ms" || text == "0s" || text == "0m";
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          std::string_view{"-._~"}.find(letter) != std::string_view::npos;
    out += is_plain ? std::string{letter} : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return out;
}

net::http_call client::request(const std::string& method, const std::string& target, std::string body) const {
  net::http_call asked;
  asked.host = where_.host;
  asked.port = where_.port;
  asked.socket = where_.socket;
  asked.tls = where_.tls;
  asked.trusted_only = method != "GET" || !where_.token.empty();
  asked.method = method;
  asked.target = target;
  asked.timeout = timeout_;
  if (method != "GET")
    asked.headers.emplace_back("X-Caf-Node", "1");
  if (!where_.token.empty() && where_.socket.empty())
    asked.headers.emplace_back("Authorization", fmt::format("Bearer {}", where_.token.reveal()));
  if (!body.empty())
    asked.headers.emplace_back("Content-Type", "application/json");
  asked.body = std::move(body);
  return asked;
}

answer client::call(const std::string& method, const std::string& target, std::string body) const {
  const auto answered = net::http_fetch(request(method, target, std::move(body)));
  if (!answered && answered.fault().sent && method != "GET")
    return base::failure{ctl_fault{exit_code::timed_out, "answer_lost", answered.fault().detail,
                                   "it may still have happened: look before asking again"}};
  if (!answered)
    return base::failure{fault_of_failure(answered.fault(), where_.text())};
  if (!is_success(answered.value().status))
    return base::failure{fault_of_answer(answered.value().status, answered.value().body)};
  boost::json::error_code bad;
  boost::json::value parsed = boost::json::parse(answered.value().body, bad);
  if (bad)
    return base::failure{ctl_fault{exit_code::failed, "broken_answer", "the answer is not JSON: " + bad.message(),
                                   fmt::format("is it caf-node that listens on {}?", where_.text())}};
  return parsed;
}

answer client::change(const std::string& method, const std::string& target, std::string body) const {
  if (where_.guessed)
    return base::failure{ctl_fault{exit_code::unreachable, "no_node", "no node of this user was found by its socket",
                                   "is caf-node running, and as this user? --addr says where: the path of its "
                                   "socket, or HOST:PORT with --token-file"}};
  constexpr std::int64_t longest = 60'000; // what the node accepts
  const std::int64_t inner = std::clamp<std::int64_t>(timeout_.count() * 9 / 10, 1, longest);
  const char separator = target.find('?') == std::string::npos ? '?' : '&';
  return call(method, fmt::format("{}{}timeout_ms={}", target, separator, inner), std::move(body));
}

answer client::get_pages(const std::string& target, char separator, std::string_view list) const {
  boost::json::object merged;
  boost::json::array all;
  std::string after;
  for (std::size_t page = 0; page < pages_max; ++page) {
    const std::string here =
        after.empty() ? target : fmt::format("{}{}after={}", target, separator, percent_encoded(after));
    answer answered = get(here);
    if (!answered || !answered.value().is_object())
      return answered;
    boost::json::object& body = answered.value().get_object();
    boost::json::value* rows = body.if_contains(list);
    if (rows != nullptr && rows->is_array())
      for (boost::json::value& row : rows->get_array())
        all.push_back(std::move(row));
    add_other_lists(merged, body, list);
    const boost::json::value* next = body.if_contains("next");
    if (next == nullptr || !next->is_string())
      break;
    after = std::string{std::string_view{next->get_string()}};
  }
  merged[list] = std::move(all);
  return boost::json::value(std::move(merged));
}

ctl_fault client::follow(const std::string& target, const std::function<void(std::string_view)>& on_line) const {
  const auto answered = net::http_follow(request("GET", target, {}), [&on_line](std::string_view line) {
    on_line(line);
    return true;
  });
  if (!answered)
    return fault_of_failure(answered.fault(), where_.text());
  if (!is_success(answered.value().status))
    return fault_of_answer(answered.value().status, answered.value().body);
  return {exit_code::unreachable, "ended", "the node ended the stream", "it is stopping, or has stopped"};
}

} // namespace cafnode::ctl
