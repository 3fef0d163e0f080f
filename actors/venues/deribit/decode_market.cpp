#include "actors/venues/deribit/decode_state.hpp"

namespace cafnode::deribit {

namespace {

using json::reader;
using venues::fault_kind;
using venues::level_change;

constexpr json::key_set<9> ticker_keys{"ticker",
                                       2,
                                       {"timestamp", "instrument_name", "best_bid_price", "best_bid_amount",
                                        "best_ask_price", "best_ask_amount", "last_price", "mark_price",
                                        "index_price"}};
constexpr json::key_set<7> book_keys{
    "book", 6, {"timestamp", "type", "instrument_name", "change_id", "bids", "asks", "prev_change_id"}};
constexpr json::key_set<6> trade_keys{
    "trade", 6, {"instrument_name", "direction", "price", "amount", "trade_seq", "timestamp"}};
constexpr json::key_set<3> platform_keys{"data", 0, {"locked", "maintenance", "price_index"}};

bool read_ticker_field(reader& in, std::size_t key, std::string_view name, venues::ticker& to) {
  switch (key) {
  case 0:
    return in.whole(name, to.at_ms);
  case 1:
    return in.text(name, to.instrument);
  case 2:
    return in.exact_or_null(name, to.best_bid);
  case 3:
    return in.exact_or_null(name, to.best_bid_amount);
  case 4:
    return in.exact_or_null(name, to.best_ask);
  case 5:
    return in.exact_or_null(name, to.best_ask_amount);
  case 6:
    return in.exact_or_null(name, to.last);
  // Computed by the exchange, and never sent back as a price.
  case 7:
    return in.rounded_or_null(name, to.mark);
  default:
    return in.rounded_or_null(name, to.index);
  }
}

bool read_level_word(reader& in, level_change& to) {
  const auto found = in.token();
  to = found == R"("delete")" ? level_change::removed : level_change::set;
  const bool known = to == level_change::removed || found == R"("new")" || found == R"("change")";
  return known ? in.skip() : in.fail(fault_kind::unknown_word, "is no change of a level", "book", found);
}

/// ["new", price, amount], and perhaps more.
bool read_level(reader& in, venues::book_level& to) {
  std::size_t items = 0;
  const bool read = in.peek() == '[' ? in.each("level",
                                               [&] {
                                                 switch (items++) {
                                                 case 0:
                                                   return read_level_word(in, to.change);
                                                 case 1:
                                                   return in.exact("price", to.price);
                                                 case 2:
                                                   return in.exact("amount", to.amount);
                                                 default:
                                                   return true;
                                                 }
                                               })
                                     : in.expect('[', "level");
  return read && (items >= 3 || in.fail(fault_kind::wrong_shape, "has too few items", "level"));
}

bool read_levels(reader& in, std::string_view name, std::vector<venues::book_level>& to) {
  return in.each(name, [&] { return read_level(in, to.emplace_back()); });
}

bool read_book_type(reader& in, bool& snapshot) {
  const auto found = in.token();
  snapshot = found == R"("snapshot")";
  const bool known = snapshot || found == R"("change")";
  return known ? in.skip() : in.fail(fault_kind::unknown_word, "is neither snapshot nor change", "type", found);
}

bool read_book_field(reader& in, std::size_t key, std::string_view name, book_frame& to) {
  switch (key) {
  case 0:
    return in.whole(name, to.at_ms);
  case 1:
    return read_book_type(in, to.snapshot);
  case 2:
    return in.text(name, to.instrument);
  case 3:
    return in.whole(name, to.change_id);
  case 4:
    return read_levels(in, name, to.bids);
  case 5:
    return read_levels(in, name, to.asks);
  default:
    return in.is_null() || in.whole(name, to.previous_id);
  }
}

bool read_book_object(reader& in, book_frame& to) {
  bool chained = false;
  const bool read = in.walk(book_keys, [&](std::size_t key, std::string_view name) {
    chained = chained || (key == 6 && !in.is_null());
    return read_book_field(in, key, name, to);
  });
  if (read && !to.snapshot && !chained)
    return in.fail(fault_kind::wrong_shape, "is not there", "prev_change_id", "book change");
  if (to.snapshot)
    to.previous_id = 0;
  return read;
}

bool read_trade(reader& in, venues::public_trade& to) {
  return in.walk(trade_keys, [&](std::size_t key, std::string_view name) {
    switch (key) {
    case 0:
      return in.text(name, to.instrument);
    case 1:
      return in.side(name, to.taker);
    case 2:
      return in.exact(name, to.price);
    case 3:
      return in.exact(name, to.amount);
    case 4:
      return in.whole(name, to.trade_seq);
    default:
      return in.whole(name, to.at_ms);
    }
  });
}

bool read_platform_object(reader& in, venues::platform_changed& to) {
  bool locked = false;
  bool maintenance = false;
  bool known = false;
  std::string_view index;
  const bool read = in.walk(platform_keys, [&](std::size_t key, std::string_view name) {
    known = known || key < 2;
    if (key == 2)
      return in.is_null() || in.text(name, index);
    return in.flag(name, key == 0 ? locked : maintenance);
  });
  if (read && !known)
    return in.fail(fault_kind::wrong_shape, "says neither locked nor maintenance", "data");
  to.locked = locked || maintenance;
  to.text = maintenance ? "maintenance" : index.empty() ? std::string{} : "price index " + std::string{index};
  return read;
}

} // namespace

decode_fault frame_decoder::read_ticker(venues::ticker& to) {
  auto& in = state_->in;
  return state_->content([&] {
    return in.walk(ticker_keys,
                   [&](std::size_t key, std::string_view name) { return read_ticker_field(in, key, name, to); });
  });
}

decode_fault frame_decoder::read_book(book_frame& to) {
  to.bids.clear();
  to.asks.clear();
  return state_->content([&] { return read_book_object(state_->in, to); });
}

decode_fault frame_decoder::read_trades(std::vector<venues::public_trade>& to) {
  auto& in = state_->in;
  to.clear();
  return state_->content([&] { return in.records("trades", to, [&](auto& trade) { return read_trade(in, trade); }); });
}

decode_fault frame_decoder::read_platform(venues::platform_changed& to) {
  return state_->content([&] { return read_platform_object(state_->in, to); });
}

decode_fault frame_decoder::read_raw(std::string_view& to) {
  return state_->content([&] { return state_->in.raw(to); });
}

} // namespace cafnode::deribit
