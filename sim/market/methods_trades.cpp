#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

/// Which trades are wanted, and in what order.
struct trade_window {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t start_seq = 0;
  std::int64_t end_seq = std::numeric_limits<std::int64_t>::max();
  std::string start_id;
  std::string end_id;
  std::size_t count = 10;
  bool oldest_first = false;
};

std::uint64_t number_in(const std::string& id) {
  const auto digits = id.find_last_not_of("0123456789");
  const auto text = digits == std::string::npos ? id : id.substr(digits + 1);
  return text.empty() || text.size() > 18 ? 0 : std::stoull(text);
}

trade_window read_window(params& in) {
  trade_window made;
  made.start_ms = in.maybe_whole("start_timestamp").value_or(made.start_ms);
  made.end_ms = in.maybe_whole("end_timestamp").value_or(made.end_ms);
  made.start_seq = in.maybe_whole("start_seq").value_or(made.start_seq);
  made.end_seq = in.maybe_whole("end_seq").value_or(made.end_seq);
  made.start_id = in.text_or("start_id", "");
  made.end_id = in.text_or("end_id", "");
  made.count = static_cast<std::size_t>(in.whole("count", 10, 1, 1'000));
  const auto sorting = in.choice("sorting", {"asc", "desc", "default"}, "default");
  const bool from_start = in.has("start_timestamp") || in.has("start_seq") || in.has("start_id");
  made.oldest_first = sorting == "asc" || (sorting == "default" && from_start);
  return made;
}

bool is_inside(const trade& made, const trade_window& window) {
  const auto seq = static_cast<std::int64_t>(made.seq);
  return made.at_ms >= window.start_ms && made.at_ms <= window.end_ms && seq >= window.start_seq &&
         seq <= window.end_seq && (window.start_id.empty() || made.number >= number_in(window.start_id)) &&
         (window.end_id.empty() || made.number <= number_in(window.end_id));
}

void collect(const tape& trades, const trade_window& window, std::vector<const trade*>& found) {
  trades.each([&](const trade& each) {
    if (is_inside(each, window))
      found.push_back(&each);
  });
}

/// Cuts what was collected oldest first to the window's count, in its order.
template<class Trade, class Show>
json::object page(std::vector<const Trade*> found, const trade_window& window, Show show) {
  if (!window.oldest_first)
    std::reverse(found.begin(), found.end());
  json::array trades;
  for (std::size_t i = 0; i < found.size() && i < window.count; ++i)
    trades.push_back(show(*found[i]));
  json::object made{{"has_more", found.size() > window.count}};
  made["trades"] = std::move(trades);
  return made;
}

rpc_answer last_trades_by_instrument(trading_rooms& rooms, request& asked) {
  const auto window = read_window(asked.in);
  const auto* at = instrument_of(rooms, asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  std::vector<const trade*> found;
  collect(at->trades, window, found);
  return answered(
      page<trade>(std::move(found), window, [&](const trade& each) { return rooms.writer.trade_object(each); }));
}

rpc_answer last_trades_by_currency(trading_rooms& rooms, request& asked) {
  const auto window = read_window(asked.in);
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  std::vector<const trade*> found;
  for (const auto& at : rooms.floor.all())
    if (listed_under(at->what, currency) && (kind == "any" || kind == name_of(at->what.kind)))
      collect(at->trades, window, found);
  std::sort(found.begin(), found.end(), [](const trade* left, const trade* right) {
    return std::pair{left->at_ms, left->number} < std::pair{right->at_ms, right->number};
  });
  return answered(
      page<trade>(std::move(found), window, [&](const trade& each) { return rooms.writer.trade_object(each); }));
}

/// The account's trades that a predicate wants; without `historical` only those of the last day.
template<class Wanted>
std::vector<const user_trade*> mine(trading_rooms& rooms, request& asked, const trade_window& window, Wanted wanted) {
  const bool historical = asked.in.flag("historical", false);
  const auto oldest =
      base::to_unix_ms(asked.now.wall) - std::chrono::milliseconds{rooms.options.trade_retention}.count();
  std::vector<const user_trade*> found;
  for (const auto& each : rooms.engine.user_trades(asked.who.account))
    if ((historical || each.what.at_ms >= oldest) && is_inside(each.what, window) && wanted(each))
      found.push_back(&each);
  return found;
}

auto shower(trading_rooms& rooms, const request& asked) {
  const auto* who = rooms.money.of(asked.who.account);
  return [&rooms, id = who == nullptr ? 0 : who->user_id](const user_trade& each) {
    return rooms.writer.user_trade_object(each, id);
  };
}

rpc_answer user_trades_by_order(trading_rooms& rooms, request& asked) {
  const auto id = asked.in.text("order_id");
  auto window = read_window(asked.in);
  window.count = 1'000;
  auto found = mine(rooms, asked, window, [&](const user_trade& each) { return each.order_id == id; });
  if (asked.in.failed())
    return failed(asked.in.why());
  return answered(page<user_trade>(std::move(found), window, shower(rooms, asked)).at("trades"));
}

rpc_answer user_trades_by_instrument(trading_rooms& rooms, request& asked) {
  const auto window = read_window(asked.in);
  const auto* at = instrument_of(rooms, asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  auto found = mine(rooms, asked, window, [&](const user_trade& each) { return each.what.on == at->number; });
  return answered(page<user_trade>(std::move(found), window, shower(rooms, asked)));
}

rpc_answer user_trades_by_currency(trading_rooms& rooms, request& asked) {
  const auto window = read_window(asked.in);
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  auto found = mine(rooms, asked, window, [&](const user_trade& each) {
    const auto& what = rooms.floor.at(each.what.on).what;
    return listed_under(what, currency) && (kind == "any" || kind == name_of(what.kind));
  });
  return answered(page<user_trade>(std::move(found), window, shower(rooms, asked)));
}

/// Minutes of a chart's resolution; zero when there is no such one.
std::int64_t minutes_of(const std::string& resolution) {
  if (resolution == "1D")
    return 1'440;
  for (const std::int64_t each : {1, 3, 5, 10, 15, 30, 60, 120, 180, 360, 720})
    if (resolution == std::to_string(each))
      return each;
  return 0;
}

std::vector<candle> bars_of(const listing& at, std::int64_t span_ms, std::int64_t from, std::int64_t to) {
  std::vector<candle> bars;
  for (const auto& minute : at.candles) {
    const auto start = minute.start_ms - minute.start_ms % span_ms;
    if (start < from - span_ms || start > to)
      continue;
    if (bars.empty() || bars.back().start_ms != start) {
      bars.push_back(minute);
      bars.back().start_ms = start;
      continue;
    }
    auto& bar = bars.back();
    bar.high = std::max(bar.high, minute.high);
    bar.low = std::min(bar.low, minute.low);
    bar.close = minute.close;
    bar.volume = saturating_add(bar.volume, minute.volume);
    bar.cost = saturating_add(bar.cost, minute.cost);
  }
  return bars;
}

rpc_answer chart(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  const auto from = asked.in.maybe_whole("start_timestamp").value_or(0);
  const auto to = asked.in.maybe_whole("end_timestamp").value_or(std::numeric_limits<std::int64_t>::max());
  const auto minutes = minutes_of(asked.in.text("resolution"));
  if (minutes == 0)
    asked.in.refuse("resolution", "invalid value");
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array ticks, open, high, low, close, volume, cost;
  for (const auto& bar : bars_of(*at, minutes * 60'000, std::max<std::int64_t>(from, 0), to)) {
    ticks.push_back(bar.start_ms);
    open.push_back(rooms.writer.number(bar.open));
    high.push_back(rooms.writer.number(bar.high));
    low.push_back(rooms.writer.number(bar.low));
    close.push_back(rooms.writer.number(bar.close));
    volume.push_back(rooms.writer.number(bar.volume));
    cost.push_back(rooms.writer.number(bar.cost));
  }
  json::object made{{"status", ticks.empty() ? "no_data" : "ok"}};
  made["ticks"] = std::move(ticks);
  made["open"] = std::move(open);
  made["high"] = std::move(high);
  made["low"] = std::move(low);
  made["close"] = std::move(close);
  made["volume"] = std::move(volume);
  made["cost"] = std::move(cost);
  return answered(std::move(made));
}

constexpr method_entry entries[] = {
    {"public/get_last_trades_by_instrument", last_trades_by_instrument},
    {"public/get_last_trades_by_instrument_and_time", last_trades_by_instrument},
    {"public/get_last_trades_by_currency", last_trades_by_currency},
    {"public/get_last_trades_by_currency_and_time", last_trades_by_currency},
    {"public/get_tradingview_chart_data", chart},
    {"private/get_user_trades_by_order", user_trades_by_order},
    {"private/get_user_trades_by_instrument", user_trades_by_instrument},
    {"private/get_user_trades_by_instrument_and_time", user_trades_by_instrument},
    {"private/get_user_trades_by_currency", user_trades_by_currency},
    {"private/get_user_trades_by_currency_and_time", user_trades_by_currency},
};

} // namespace

std::span<const method_entry> trade_methods() {
  return entries;
}

} // namespace cafnode::sim
