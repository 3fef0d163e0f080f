#include "actors/venues/deribit/encode.hpp"

#include <openssl/crypto.h>

#include <array>

namespace cafnode::deribit {

namespace {

constexpr std::size_t frame_bytes_usual = 4096;

std::string_view word_of(venues::time_in_force tif) noexcept {
  switch (tif) {
  case venues::time_in_force::good_til_cancelled:
    return "good_til_cancelled";
  case venues::time_in_force::good_til_day:
    return "good_til_day";
  case venues::time_in_force::fill_or_kill:
    return "fill_or_kill";
  case venues::time_in_force::immediate_or_cancel:
    return "immediate_or_cancel";
  }
  return "good_til_cancelled";
}

} // namespace

frame_writer::frame_writer() {
  frame_.reserve(frame_bytes_usual);
}

std::string_view frame_writer::bare(venues::request_id id, std::string_view behind_id) {
  frame_.assign(R"({"jsonrpc":"2.0","id":)");
  digits(id, 1);
  return frame_.append(behind_id);
}

void frame_writer::begin(venues::request_id id, request_kind kind) {
  frame_.assign(R"({"jsonrpc":"2.0","id":)");
  digits(id, 1);
  frame_.append(R"(,"method":")").append(method_of(kind)).append(R"(","params":{)");
  first_ = true;
}

void frame_writer::text(std::string_view name, std::string_view value) {
  key(name);
  quoted(value);
}

void frame_writer::number(std::string_view name, base::decimal value) {
  key(name);
  const bool negative = value.raw() < 0;
  const auto raw = negative ? 0 - static_cast<std::uint64_t>(value.raw()) : static_cast<std::uint64_t>(value.raw());
  if (negative)
    frame_.push_back('-');
  digits(raw / static_cast<std::uint64_t>(base::decimal::one), 1);
  const auto fraction = raw % static_cast<std::uint64_t>(base::decimal::one);
  if (fraction == 0)
    return;
  frame_.push_back('.');
  digits(fraction, base::decimal::places);
  while (frame_.back() == '0')
    frame_.pop_back();
}

void frame_writer::whole(std::string_view name, std::int64_t value) {
  key(name);
  if (value < 0)
    frame_.push_back('-');
  digits(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value), 1);
}

void frame_writer::flag(std::string_view name, bool value) {
  key(name);
  frame_.append(value ? "true" : "false");
}

void frame_writer::texts(std::string_view name, std::span<const std::string_view> values) {
  key(name);
  frame_.push_back('[');
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0)
      frame_.push_back(',');
    quoted(values[i]);
  }
  frame_.push_back(']');
}

std::string_view frame_writer::finish() {
  frame_.append("}}");
  return frame_;
}

void frame_writer::wipe() noexcept {
  OPENSSL_cleanse(frame_.data(), frame_.size());
  frame_.clear();
}

void frame_writer::key(std::string_view name) {
  frame_.append(first_ ? "\"" : ",\"").append(name).append("\":");
  first_ = false;
}

void frame_writer::quoted(std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  frame_.push_back('"');
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      frame_.append({'\\', c});
    else if (byte < 0x20)
      frame_.append("\\u00").append({hex[byte >> 4U], hex[byte & 15U]});
    else
      frame_.push_back(c);
  }
  frame_.push_back('"');
}

void frame_writer::digits(std::uint64_t value, int places_min) {
  std::array<char, 20> reversed{};
  std::size_t count = 0;
  for (; value != 0 || static_cast<int>(count) < places_min; value /= 10)
    reversed[count++] = static_cast<char>('0' + value % 10);
  while (count > 0)
    frame_.push_back(reversed[--count]);
}

std::string_view write_place(frame_writer& to, venues::request_id id, const venues::order_request& order) {
  const bool limit = order.kind == venues::order_kind::limit;
  to.begin(id, order.side == venues::side::buy ? request_kind::buy : request_kind::sell);
  to.text("instrument_name", order.instrument);
  to.number("amount", order.amount);
  to.text("type", limit ? "limit" : "market");
  // A market order is refused with a price, or with a time in force.
  if (limit) {
    to.number("price", order.price);
    to.text("time_in_force", word_of(order.tif));
  }
  if (!order.label.empty())
    to.text("label", order.label);
  to.flag("post_only", order.post_only);
  to.flag("reject_post_only", order.post_only);
  to.flag("reduce_only", order.reduce_only);
  if (order.valid_until_ms != 0)
    to.whole("valid_until", order.valid_until_ms);
  return to.finish();
}

std::string_view write_edit(frame_writer& to, venues::request_id id, const venues::edit_request& change) {
  to.begin(id, request_kind::edit);
  to.text("order_id", change.order_id);
  to.number("amount", change.amount);
  to.number("price", change.price);
  to.flag("post_only", change.post_only);
  to.flag("reject_post_only", change.post_only);
  to.flag("reduce_only", change.reduce_only);
  if (change.valid_until_ms != 0)
    to.whole("valid_until", change.valid_until_ms);
  return to.finish();
}

std::string_view write_subscriptions(frame_writer& to, venues::request_id id, request_kind kind,
                                     std::span<const std::string_view> channels) {
  to.begin(id, kind);
  to.texts("channels", channels);
  return to.finish();
}

std::string_view write_set_heartbeat(frame_writer& to, venues::request_id id, std::chrono::seconds interval) {
  to.begin(id, request_kind::set_heartbeat);
  to.whole("interval", interval.count());
  return to.finish();
}

std::string_view write_heartbeat_answer(frame_writer& to, venues::request_id id) {
  return to.bare(id, R"(,"method":"public/test","params":{}})");
}

std::string_view write_simple(frame_writer& to, venues::request_id id, request_kind kind, std::string_view key,
                              std::string_view value) {
  to.begin(id, kind);
  if (!key.empty())
    to.text(key, value);
  return to.finish();
}

std::string_view write_label_query(frame_writer& to, venues::request_id id, std::string_view label,
                                   std::string_view instrument) {
  to.begin(id, request_kind::order_state_by_label);
  to.text("currency", currency_of(instrument));
  to.text("label", label);
  return to.finish();
}

std::string_view write_trades_since(frame_writer& to, venues::request_id id, std::string_view instrument,
                                    std::uint64_t first_seq) {
  to.begin(id, request_kind::trades_of_instrument);
  to.text("instrument_name", instrument);
  to.whole("start_seq", static_cast<std::int64_t>(first_seq));
  to.whole("count", trades_per_page_max);
  to.text("sorting", "asc");
  return to.finish();
}

std::string_view write_log_out(frame_writer& to, venues::request_id id) {
  to.begin(id, request_kind::log_out);
  to.flag("invalidate_token", true);
  return to.finish();
}

} // namespace cafnode::deribit
