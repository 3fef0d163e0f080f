#include "control/body_fields.hpp"

#include "control/json_keys.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cafnode::control {

namespace {

constexpr std::size_t nesting_max = 4;

boost::json::parse_options options() {
  boost::json::parse_options chosen;
  chosen.max_depth = nesting_max;
  return chosen;
}

} // namespace

body_fields::body_fields(std::string_view body) {
  boost::system::error_code fault;
  boost::json::value parsed = boost::json::parse(body, fault, {}, options());
  if (fault)
    fault_ = bad_request("the body is not JSON: " + fault.message());
  else if (!parsed.is_object())
    fault_ = bad_request("the body is not a JSON object");
  else if (count_members(body) != parsed.get_object().size())
    fault_ = bad_request("the body has a field twice", "which of the two is meant cannot be told");
  else
    fields_ = std::move(parsed.get_object());
}

const boost::json::value* body_fields::take(std::string_view name) {
  names_ += (names_.empty() ? "" : ", ") + std::string{name};
  const boost::json::value* found = fields_.if_contains(name);
  taken_ += found != nullptr ? 1 : 0;
  return found;
}

void body_fields::fail(std::string_view name, std::string_view what, std::string hint) {
  if (!fault_)
    fault_ = bad_request(fmt::format("{} {}", name, what), std::move(hint));
}

std::string body_fields::text(std::string_view name, text_kind kind) {
  const boost::json::value* given = take(name);
  if (given == nullptr || !given->is_string() || given->get_string().empty()) {
    fail(name, given == nullptr ? "is missing" : "is not a string with something in it");
    return {};
  }
  std::string text{std::string_view{given->get_string()}};
  const auto wrong = why_not(kind, text);
  if (wrong)
    fail(name, *wrong);
  return wrong ? std::string{} : text;
}

std::optional<base::decimal> body_fields::number(std::string_view name, std::string_view what, bool above_zero) {
  const boost::json::value* given = take(name);
  if (given == nullptr || !given->is_string()) {
    fail(name, given == nullptr ? "is missing" : "is not a string",
         fmt::format("write it in quotes: \"{}\":\"0.5\"; numbers of JSON lose digits", name));
    return std::nullopt;
  }
  const std::string_view text{given->get_string()};
  const auto parsed = base::decimal::parse(text);
  if (parsed && (!above_zero || parsed.value().raw() > 0))
    return parsed.value();
  fail(name, fmt::format("\"{}\" is not a decimal {}with at most {} places", shown(text), what, base::decimal::places));
  return std::nullopt;
}

base::decimal body_fields::amount(std::string_view name) {
  return number(name, "above zero ", true).value_or(base::decimal{});
}

base::decimal body_fields::price(std::string_view name) {
  return number(name, "", false).value_or(base::decimal{});
}

void body_fields::forbid(std::string_view name, std::string_view why) {
  if (fields_.contains(name))
    fail(name, why);
}

bool body_fields::flag(std::string_view name) {
  const boost::json::value* given = take(name);
  if (given == nullptr)
    return false;
  if (!given->is_bool())
    fail(name, "is not true or false");
  return given->is_bool() && given->get_bool();
}

std::optional<api_fault> body_fields::finish() {
  if (!fault_ && taken_ != fields_.size())
    fault_ = bad_request("the body has a field that is not known here", "known fields: " + names_);
  return std::move(fault_);
}

} // namespace cafnode::control
