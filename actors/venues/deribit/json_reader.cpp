#include "actors/venues/deribit/json_reader.hpp"

#include "actors/venues/deribit/exact_number.hpp"
#include "actors/venues/deribit/json_text.hpp"

#include <algorithm>

namespace cafnode::deribit::json {

namespace {

using venues::fault_kind;

constexpr std::size_t detail_bytes_max = 200;
constexpr std::size_t excerpt_bytes_max = 40;

} // namespace

bool reader::start(std::string_view text) {
  fault_.reset();
  unescaped_.clear();
  text_ = text;
  const char* why = nullptr;
  const auto offsets = index_.build(text, why);
  at_ = offsets.data();
  end_ = at_ + offsets.size();
  return why == nullptr || fail(fault_kind::not_json, why);
}

bool reader::fail(fault_kind kind, std::string_view what, std::string_view key, std::string_view found) {
  if (fault_)
    return false;
  std::string detail;
  if (!key.empty())
    detail.append("'").append(key.substr(0, excerpt_bytes_max)).append("' ");
  detail.append(what);
  if (!found.empty())
    detail.append(": ").append(found.substr(0, excerpt_bytes_max));
  detail.resize(std::min(detail.size(), detail_bytes_max));
  fault_ = venues::protocol_fault{kind, std::move(detail)};
  return false;
}

/// Says what stands in the place of `c`, or of a value when `c` is 0.
bool reader::lacks(char c, std::string_view where) {
  if (at_end())
    return fail(fault_kind::not_json, "ends in the middle", where);
  // Where a value of another type stands, the shape is wrong; else it is not JSON.
  if ((c == '{' || c == '[') && begins_value(peek()))
    return fail(fault_kind::wrong_shape, c == '{' ? "is no object" : "is no array", where);
  return fail(fault_kind::not_json, c == '\0' ? std::string{"lacks a value"} : std::string{"lacks a "} + c, where);
}

bool reader::skip_rest() {
  for (std::size_t depth = 1; depth > 0; ++at_) {
    if (at_end())
      return lacks('}', "frame");
    const char c = text_[*at_];
    if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']')
      --depth;
  }
  return true;
}

bool reader::raw(std::string_view& to) {
  to = token();
  const char* first = to.data();
  if (!skip())
    return false;
  if (const char* last = text_.data() + at_[-1]; *first == '{' || *first == '[')
    to = {first, static_cast<std::size_t>(last - first) + 1};
  return true;
}

bool reader::text(std::string_view key, std::string_view& to) {
  const auto found = token();
  if (found.size() < 2 || found.front() != '"' || found.back() != '"')
    return fail(fault_kind::wrong_shape, "is not a text", key, found);
  ++at_;
  to = found.substr(1, found.size() - 2);
  return std::memchr(to.data(), '\\', to.size()) == nullptr || unescape(to, key, to);
}

bool reader::text(std::string_view key, std::string& to) {
  std::string_view found;
  if (!text(key, found))
    return false;
  to.assign(found);
  return true;
}

bool reader::unescape(std::string_view escaped, std::string_view key, std::string_view& to) {
  auto plain = json::unescape(escaped);
  if (!plain)
    return fail(fault_kind::not_json, "holds an escape that JSON does not have", key);
  to = unescaped_.emplace_back(std::move(*plain));
  return true;
}

bool reader::number(std::string_view key, base::decimal& to, bool round) {
  const auto found = token();
  if (parse_plain(found, to)) {
    ++at_;
    return true;
  }
  const auto parsed = round ? base::decimal::parse_rounded(found) : base::decimal::parse(found);
  if (parsed.has_value()) {
    to = parsed.value();
    ++at_;
    return true;
  }
  if (parsed.fault() == base::decimal_fault::malformed)
    return fail(fault_kind::wrong_shape, "is not a number", key, found);
  return fail(fault_kind::bad_number, "cannot be held exactly", key, found);
}

bool reader::exact(std::string_view key, base::decimal& to) {
  return number(key, to, false);
}

bool reader::exact_or_null(std::string_view key, base::decimal& to) {
  return is_null() || number(key, to, false);
}

bool reader::rounded_or_null(std::string_view key, base::decimal& to) {
  return is_null() || number(key, to, true);
}

bool reader::whole(std::string_view key, std::int64_t& to) {
  const auto found = token();
  if (parse_plain_whole(found, to)) {
    ++at_;
    return true;
  }
  const auto parsed = parse_whole(found);
  if (!parsed)
    return fail(fault_kind::wrong_shape, "is not a whole number", key, found);
  to = *parsed;
  ++at_;
  return true;
}

bool reader::whole(std::string_view key, std::uint64_t& to) {
  std::int64_t found = 0;
  if (!whole(key, found))
    return false;
  if (found < 0)
    return fail(fault_kind::wrong_shape, "is negative", key);
  to = static_cast<std::uint64_t>(found);
  return true;
}

bool reader::flag(std::string_view key, bool& to) {
  const auto found = token();
  to = found == "true";
  if (!to && found != "false")
    return fail(fault_kind::wrong_shape, "is neither true nor false", key, found);
  ++at_;
  return true;
}

bool reader::side(std::string_view key, venues::side& to) {
  const auto found = token();
  to = found == R"("buy")" ? venues::side::buy : venues::side::sell;
  if (to == venues::side::sell && found != R"("sell")")
    return fail(fault_kind::wrong_shape, "is neither buy nor sell", key, found);
  ++at_;
  return true;
}

} // namespace cafnode::deribit::json
