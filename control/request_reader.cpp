#include "control/request_reader.hpp"

#include "control/body_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cafnode::control {

namespace {

using base::failure;

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

/// The order parts that `place` has beyond its numbers.
void read_manner(body_fields& fields, session::place_order& order) {
  using venues::order_kind;
  using venues::side;
  using venues::time_in_force;
  order.side = fields.word<side>("side", {{"buy", side::buy}, {"sell", side::sell}});
  order.kind = fields.word<order_kind>("type", {{"limit", order_kind::limit}, {"market", order_kind::market}},
                                       order_kind::limit);
  order.tif = fields.word<time_in_force>("tif",
                                         {{"good_til_cancelled", time_in_force::good_til_cancelled},
                                          {"good_til_day", time_in_force::good_til_day},
                                          {"fill_or_kill", time_in_force::fill_or_kill},
                                          {"immediate_or_cancel", time_in_force::immediate_or_cancel}},
                                         time_in_force::good_til_cancelled);
  if (order.kind == order_kind::market)
    fields.forbid("tif", "means nothing on a market order, which trades at once: leave it out");
  order.post_only = fields.flag("post_only");
  if (order.kind == order_kind::market && order.post_only)
    fields.forbid("post_only", "cannot be on a market order, which trades at once: leave it out");
  order.reduce_only = fields.flag("reduce_only");
}

template<class Value>
reading<Value> finished(body_fields& fields, Value value) {
  if (auto fault = fields.finish())
    return failure{std::move(*fault)};
  return value;
}

} // namespace

reading<std::uint64_t> read_count(const net::http_request& request, std::string_view name, std::uint64_t otherwise,
                                  std::uint64_t low, std::uint64_t high) {
  const std::string_view text = request.query_value(name);
  if (text.empty())
    return otherwise;
  const auto number = parse_count(text);
  if (!number || *number < low || *number > high)
    return failure{bad_request(fmt::format("{} is not a whole number from {} to {}", name, low, high))};
  return *number;
}

reading<std::chrono::milliseconds> read_deadline(const net::http_request& request) {
  const auto count = read_count(request, "timeout_ms", 5'000, 1, 60'000);
  if (!count)
    return failure{count.fault()};
  return std::chrono::milliseconds{static_cast<std::int64_t>(count.value())};
}

reading<std::string> read_text(const net::http_request& request, std::string_view name, text_kind kind) {
  const std::string_view text = request.query_value(name);
  if (const auto wrong = why_not(kind, text))
    return failure{bad_request(fmt::format("{} {}", name, *wrong))};
  return std::string{text};
}

bool has_flag(const net::http_request& request, std::string_view name) {
  return std::any_of(request.query.begin(), request.query.end(), [name](const auto& given) {
    return given.first == name && (given.second.empty() || given.second == "1" || given.second == "true");
  });
}

reading<kill_request> read_kill(std::string_view body) {
  body_fields fields{body};
  kill_request wanted;
  wanted.path = fields.text("path", text_kind::path);
  wanted.how = fields.word<kill_how>("how", {{"kill", kill_how::brutal}, {"stop", kill_how::asked}}, kill_how::brutal);
  return finished(fields, std::move(wanted));
}

reading<restart_request> read_restart(std::string_view body) {
  using how = std::optional<supervision::replacement>;
  body_fields fields{body};
  restart_request asked;
  asked.path = fields.text("path", text_kind::path);
  asked.how = fields.word<how>("how",
                               {{"default", std::nullopt},
                                {"stop_first", supervision::replacement::stop_first},
                                {"make_before_break", supervision::replacement::make_before_break}},
                               how{});
  return finished(fields, std::move(asked));
}

reading<addressed<session::place_order>> read_place(std::string_view body) {
  body_fields fields{body};
  addressed<session::place_order> asked;
  asked.connection = fields.text("connection", text_kind::connection);
  asked.order.instrument = fields.text("instrument", text_kind::instrument);
  read_manner(fields, asked.order);
  asked.order.amount = fields.amount("amount");
  if (asked.order.kind == venues::order_kind::limit)
    asked.order.price = fields.price("price");
  return finished(fields, std::move(asked));
}

reading<addressed<session::edit_order>> read_edit(std::string_view body) {
  body_fields fields{body};
  addressed<session::edit_order> asked;
  asked.connection = fields.text("connection", text_kind::connection);
  asked.order.label = fields.text("label", text_kind::order_id);
  asked.order.amount = fields.amount("amount");
  asked.order.price = fields.price("price");
  return finished(fields, std::move(asked));
}

} // namespace cafnode::control
