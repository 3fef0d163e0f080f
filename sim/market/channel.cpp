#include "sim/market/channel.hpp"

#include "sim/market/encode.hpp"

#include <algorithm>
#include <array>

namespace cafnode::sim {

namespace {

using words = std::vector<std::string_view>;

constexpr std::size_t name_max = 128;

words split(std::string_view name) {
  words parts;
  for (std::size_t from = 0; from <= name.size();) {
    const auto dot = std::min(name.find('.', from), name.size());
    parts.push_back(name.substr(from, dot - from));
    from = dot + 1;
  }
  return parts;
}

template<std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& allowed) {
  return std::find(allowed.begin(), allowed.end(), word) != allowed.end();
}

bool is_kind(std::string_view word) {
  return is_one_of<7>(word, {"future", "option", "spot", "future_combo", "option_combo", "combo", "any"});
}

bool is_currency(std::string_view word) {
  const auto& all = currencies();
  return word == "any" || std::find(all.begin(), all.end(), word) != all.end();
}

bool take_interval(std::string_view word, channel& made) {
  made.interval = word == "raw" ? feed_interval::raw : word == "100ms" ? feed_interval::ms100 : feed_interval::agg2;
  return is_one_of<3>(word, {"raw", "100ms", "agg2"});
}

bool take_instrument(std::string_view word, channel& made, const listings& floor) {
  const auto* at = floor.find(word);
  if (at != nullptr)
    made.on = at->number;
  return at != nullptr;
}

/// {instrument}.{interval} or {kind}.{currency}.{interval}, from the part at `first` on.
bool take_scope(const words& parts, std::size_t first, channel& made, const listings& floor) {
  if (parts.size() == first + 2)
    return take_instrument(parts[first], made, floor) && take_interval(parts[first + 1], made);
  if (parts.size() != first + 3 || !is_kind(parts[first]) || !is_currency(parts[first + 1]))
    return false;
  made.kind = parts[first];
  made.currency = parts[first + 1];
  return take_interval(parts[first + 2], made);
}

bool read_book(const words& parts, channel& made, const listings& floor) {
  if (parts.size() == 3) {
    made.family = channel_family::book;
    return take_instrument(parts[1], made, floor) && take_interval(parts[2], made);
  }
  made.family = channel_family::grouped_book;
  if (parts.size() != 5 || !is_one_of<8>(parts[2], {"none", "1", "2", "5", "10", "25", "100", "250"}) ||
      !is_one_of<3>(parts[3], {"1", "10", "20"}))
    return false;
  made.group = parts[2] == "none" ? decimal{} : decimal::parse(parts[2]).value();
  made.depth = parts[3] == "1" ? 1 : parts[3] == "10" ? 10 : 20;
  return take_instrument(parts[1], made, floor) && take_interval(parts[4], made) && made.interval != feed_interval::raw;
}

bool read_user(const words& parts, channel& made, const listings& floor) {
  if (parts.size() == 3 && parts[1] == "portfolio") {
    made.family = channel_family::user_portfolio;
    made.currency = parts[2];
    std::transform(made.currency.begin(), made.currency.end(), made.currency.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (made.currency == "ANY")
      made.currency = "any";
    return is_currency(made.currency);
  }
  if (parts.size() >= 2 && parts.size() <= 3 && is_one_of<3>(parts[1], {"lock", "access_log", "mmp_trigger"})) {
    made.family = channel_family::user_silent;
    return (parts[1] == "mmp_trigger") == (parts.size() == 3);
  }
  if (parts.size() < 2)
    return false;
  made.family = parts[1] == "orders"   ? channel_family::user_orders
                : parts[1] == "trades" ? channel_family::user_trades
                                       : channel_family::user_changes;
  return is_one_of<3>(parts[1], {"orders", "trades", "changes"}) && take_scope(parts, 2, made, floor);
}

bool read_chart(const words& parts, channel& made, const listings& floor) {
  made.family = channel_family::chart;
  if (parts.size() != 4 || parts[1] != "trades" ||
      !is_one_of<12>(parts[3], {"1", "3", "5", "10", "15", "30", "60", "120", "180", "360", "720", "1D"}))
    return false;
  made.minutes = parts[3] == "1D" ? 1'440 : std::stoll(std::string{parts[3]});
  return take_instrument(parts[2], made, floor);
}

bool read_platform(const words& parts, channel& made) {
  made.family = parts.size() == 1 ? channel_family::platform_state : channel_family::public_methods_state;
  return parts.size() == 1 || (parts.size() == 2 && parts[1] == "public_methods_state");
}

bool read_other(const words& parts, channel& made, const listings& floor) {
  if (parts[0] == "instrument" && parts.size() == 4 && parts[1] == "state") {
    made.family = channel_family::instrument_state;
    made.kind = parts[2];
    made.currency = parts[3];
    return is_kind(parts[2]) && is_currency(parts[3]);
  }
  if (parts[0] != "deribit_price_index" || parts.size() != 2)
    return false;
  made.family = channel_family::price_index;
  made.index = parts[1];
  const auto& all = floor.all();
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each->what.index == made.index; });
}

bool read(const words& parts, channel& made, const listings& floor) {
  if (parts[0] == "book")
    return read_book(parts, made, floor);
  if (parts[0] == "user")
    return read_user(parts, made, floor);
  if (parts[0] == "chart")
    return read_chart(parts, made, floor);
  if (parts[0] == "platform_state")
    return read_platform(parts, made);
  if (parts[0] == "trades") {
    made.family = channel_family::trades;
    return take_scope(parts, 1, made, floor);
  }
  if (parts[0] == "ticker" && parts.size() == 3)
    return take_instrument(parts[1], made, floor) && take_interval(parts[2], made);
  if ((parts[0] == "quote" || parts[0] == "incremental_ticker") && parts.size() == 2) {
    made.family = parts[0] == "quote" ? channel_family::quote : channel_family::incremental_ticker;
    return take_instrument(parts[1], made, floor);
  }
  return read_other(parts, made, floor);
}

} // namespace

bool channel::is_user() const {
  return family >= channel_family::user_orders && family <= channel_family::user_silent;
}

bool channel::needs_account() const {
  const bool has_interval =
      family == channel_family::ticker || family == channel_family::book || family == channel_family::trades;
  return is_user() || (has_interval && interval == feed_interval::raw);
}

bool channel::covers(const listing& at) const {
  if (on.has_value())
    return *on == at.number;
  return (kind == "any" || kind == name_of(at.what.kind)) && listed_under(at.what, currency);
}

std::optional<channel> parse_channel(std::string_view name, const listings& floor) {
  channel made;
  if (name.size() > name_max || !read(split(name), made, floor))
    return std::nullopt;
  return made;
}

} // namespace cafnode::sim
