#include "actors/venues/wire/json_reader.hpp"

#include "actors/venues/wire/exact_number.hpp"
#include "actors/venues/wire/json_text.hpp"

#include <algorithm>

namespace cafnode::venues::json {

namespace {

using venues::fault_kind;

constexpr std::size_t detail_bytes_max = 200;
constexpr std::size_t excerpt_bytes_max = 40;
constexpr std::size_t text_bytes_max = 400;

bool may_hold_secret(std::string_view text) noexcept {
  return text.find("token") != std::string_view::npos || text.find("secret") != std::string_view::npos;
}

/// A number that is written as a text, without its quotes.
std::string_view without_quotes(std::string_view token) noexcept {
  const bool quoted = token.size() > 2 && token.front() == '"' && token.back() == '"';
  return quoted ? token.substr(1, token.size() - 2) : token;
}

} // namespace

bool reader::start(std::string_view text) {
  fault_.reset();
  field_fault_.reset();
  notes_.clear();
  passed_over_ = 0;
  unescaped_.clear();
  text_ = text;
  const char* why = nullptr;
  const auto offsets = index_.build(text, why);
  at_ = offsets.data();
  end_ = at_ + offsets.size();
  if (why == nullptr)
    return true;
  // Nothing was said, or more than is taken apart: neither is garbage.
  const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  return fail(blank || text.size() > frame_bytes_max ? fault_kind::wrong_shape : fault_kind::not_json, why);
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

std::optional<venues::protocol_fault> reader::take_fault() {
  auto fault = std::exchange(fault_, std::nullopt);
  // What is no JSON may break off in the middle of a secret.
  if (fault && fault->kind != fault_kind::not_json)
    fault->text = excerpt(nullptr);
  return fault;
}

void reader::keep_first() {
  if (!field_fault_)
    field_fault_ = std::move(fault_);
  fault_.reset();
}

bool reader::pass_over(mark before) {
  if (fault_ && fault_->kind == fault_kind::not_json)
    return false;
  keep_first();
  at_ = before;
  return skip();
}

void reader::note_record(mark begin) {
  auto fault = *std::exchange(field_fault_, std::nullopt);
  const auto same = std::find_if(notes_.begin(), notes_.end(), [&](const auto& one) { return one.kind == fault.kind; });
  if (same != notes_.end()) {
    ++same->count;
    return;
  }
  fault.text = excerpt(begin);
  notes_.push_back(std::move(fault));
}

/// The text from `begin` to where the reader stands; the whole text without a beginning.
std::string reader::excerpt(mark begin) const {
  if (may_hold_secret(text_))
    return {};
  if (begin == nullptr)
    return std::string{text_.substr(0, text_bytes_max)};
  const std::size_t from = *begin;
  const std::size_t to = at_ > begin ? at_[-1] + std::size_t{1} : from;
  return std::string{text_.substr(from, std::min(to - from, text_bytes_max))};
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
  const auto digits = without_quotes(found);
  const auto parsed = round ? base::decimal::parse_rounded(digits) : base::decimal::parse(digits);
  if (parsed.has_value() || (parsed.fault() == base::decimal_fault::too_precise && parse_noisy(digits, to))) {
    to = parsed.has_value() ? parsed.value() : to;
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
  const auto parsed = parse_whole(without_quotes(found));
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

bool reader::name(std::string_view key, std::string& to) {
  const auto found = token();
  const bool number = !found.empty() && (found.front() == '-' || (found.front() >= '0' && found.front() <= '9'));
  if (!number)
    return text(key, to);
  to.assign(found);
  return skip();
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
    return fail(found.starts_with('"') ? fault_kind::unknown_word : fault_kind::wrong_shape, "is neither buy nor sell",
                key, found);
  ++at_;
  return true;
}

} // namespace cafnode::venues::json
