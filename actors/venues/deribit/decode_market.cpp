#include "actors/venues/deribit/json_reader.hpp"

namespace cafnode::deribit {

namespace {

using json::reader;
using venues::fault_kind;
using venues::level_change;

constexpr json::key_set<9> ticker_keys{"ticker",
                                       6,
                                       {"timestamp", "instrument_name", "best_bid_price", "best_bid_amount",
                                        "best_ask_price", "best_ask_amount", "last_price", "mark_price",
                                        "index_price"}};
constexpr json::key_set<7> book_keys{
    "book", 6, {"timestamp", "type", "instrument_name", "change_id", "bids", "asks", "prev_change_id"}};
constexpr json::key_set<6> trade_keys{
    "trade", 6, {"instrument_name", "direction", "price", "amount", "trade_seq", "timestamp"}};
constexpr json::key_set<3> platform_keys{"data", 0, {"locked", "maintenance", "price_index"}};

bool read_ticker_field(reader& in, std::size_t key, std::string_view name, json::od::value value, venues::ticker& to) {
  switch (key) {
  case 0:
    return in.whole(value, name, to.at_ms);
  case 1:
    return in.text(value, name, to.instrument);
  case 2:
    return in.exact_or_null(value, name, to.best_bid);
  case 3:
    return in.exact_or_null(value, name, to.best_bid_amount);
  case 4:
    return in.exact_or_null(value, name, to.best_ask);
  case 5:
    return in.exact_or_null(value, name, to.best_ask_amount);
  case 6:
    return in.exact_or_null(value, name, to.last);
  // Computed by the exchange, and never sent back as a price.
  case 7:
    return in.rounded_or_null(value, name, to.mark);
  default:
    return in.rounded_or_null(value, name, to.index);
  }
}

bool read_level_word(reader& in, json::od::value value, level_change& to) {
  const auto found = reader::token(value);
  to = found == R"("delete")" ? level_change::removed : level_change::set;
  return to == level_change::removed || found == R"("new")" || found == R"("change")" ||
         in.fail(fault_kind::wrong_shape, "is no change of a level", "book", found);
}

/// ["new", price, amount]
bool read_level(reader& in, json::od::value value, venues::book_level& to) {
  json::od::array array;
  std::size_t count = 0;
  const bool read = in.array(value, "level", array) && in.each(array, "level", [&](json::od::value part) {
    switch (count++) {
    case 0:
      return read_level_word(in, part, to.change);
    case 1:
      return in.exact(part, "price", to.price);
    case 2:
      return in.exact(part, "amount", to.amount);
    default:
      return in.fail(fault_kind::wrong_shape, "has more than three parts", "level");
    }
  });
  return read && (count == 3 || in.fail(fault_kind::wrong_shape, "has less than three parts", "level"));
}

bool read_levels(reader& in, json::od::value value, std::string_view name, std::vector<venues::book_level>& to) {
  json::od::array array;
  return in.array(value, name, array) &&
         in.each(array, name, [&](json::od::value element) { return read_level(in, element, to.emplace_back()); });
}

bool read_book_field(reader& in, std::size_t key, std::string_view name, json::od::value value, book_frame& to) {
  switch (key) {
  case 0:
    return in.whole(value, name, to.at_ms);
  case 1: {
    const auto found = reader::token(value);
    to.snapshot = found == R"("snapshot")";
    return to.snapshot || found == R"("change")" ||
           in.fail(fault_kind::wrong_shape, "is neither snapshot nor change", name, found);
  }
  case 2:
    return in.text(value, name, to.instrument);
  case 3:
    return in.whole(value, name, to.change_id);
  case 4:
    return read_levels(in, value, name, to.bids);
  case 5:
    return read_levels(in, value, name, to.asks);
  default:
    return in.whole(value, name, to.previous_id);
  }
}

bool read_trade(reader& in, json::od::value element, venues::public_trade& to) {
  json::od::object object;
  return in.object(element, "trade", object) &&
         in.walk(object, trade_keys, [&](std::size_t key, std::string_view name, json::od::value value) {
           switch (key) {
           case 0:
             return in.text(value, name, to.instrument);
           case 1:
             return in.side(value, name, to.taker);
           case 2:
             return in.exact(value, name, to.price);
           case 3:
             return in.exact(value, name, to.amount);
           case 4:
             return in.whole(value, name, to.trade_seq);
           default:
             return in.whole(value, name, to.at_ms);
           }
         });
}

} // namespace

decode_fault frame_decoder::read_ticker(venues::ticker& to) {
  auto& in = state_->in;
  json::od::value value;
  json::od::object object;
  if (state_->seek_data(value) && in.object(value, "data", object))
    in.walk(object, ticker_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
      return read_ticker_field(in, key, name, inner, to);
    });
  return in.take_fault();
}

decode_fault frame_decoder::read_book(book_frame& to) {
  auto& in = state_->in;
  to.bids.clear();
  to.asks.clear();
  bool chained = false;
  json::od::value value;
  json::od::object object;
  const bool read = state_->seek_data(value) && in.object(value, "data", object) &&
                    in.walk(object, book_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
                      chained = chained || key == 6;
                      return read_book_field(in, key, name, inner, to);
                    });
  if (read && !to.snapshot && !chained)
    in.fail(fault_kind::wrong_shape, "is not there", "prev_change_id", "book change");
  if (to.snapshot)
    to.previous_id = 0;
  return in.take_fault();
}

decode_fault frame_decoder::read_trades(std::vector<venues::public_trade>& to) {
  auto& in = state_->in;
  to.clear();
  json::od::value value;
  json::od::array array;
  if (state_->seek_data(value) && in.array(value, "data", array))
    in.each(array, "trades", [&](json::od::value element) { return read_trade(in, element, to.emplace_back()); });
  return in.take_fault();
}

decode_fault frame_decoder::read_platform(venues::platform_changed& to) {
  auto& in = state_->in;
  bool locked = false;
  bool maintenance = false;
  bool known = false;
  std::string_view index;
  json::od::value value;
  json::od::object object;
  const bool read = state_->seek_data(value) && in.object(value, "data", object) &&
                    in.walk(object, platform_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
                      known = known || key < 2;
                      if (key == 2)
                        return in.text(inner, name, index);
                      return in.flag(inner, name, key == 0 ? locked : maintenance);
                    });
  if (read && !known)
    in.fail(fault_kind::wrong_shape, "says neither locked nor maintenance", "data");
  to.locked = locked || maintenance;
  to.text = maintenance ? "maintenance" : index.empty() ? std::string{} : "price index " + std::string{index};
  return in.take_fault();
}

decode_fault frame_decoder::read_raw(std::string_view& to) {
  json::od::value value;
  if (state_->seek_data(value))
    if (const auto error = simdjson::to_json_string(value).get(to))
      state_->in.fail(error, "data");
  return state_->in.take_fault();
}

} // namespace cafnode::deribit
