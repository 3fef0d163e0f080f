#include "actors/venues/deribit/json_reader.hpp"

namespace cafnode::deribit {

namespace {

using json::reader;
using venues::fault_kind;
using venues::order_state;

constexpr json::key_set<14> order_keys{"order",
                                       7,
                                       {"order_id", "instrument_name", "direction", "order_state", "amount",
                                        "creation_timestamp", "last_update_timestamp", "order_type", "label", "price",
                                        "filled_amount", "average_price", "cancel_reason", "replaced"}};

enum order_key : std::size_t {
  order_id,
  instrument_name,
  direction,
  state_word,
  amount,
  creation_timestamp,
  last_update_timestamp,
  order_type,
  label,
  price,
  filled_amount,
  average_price,
  cancel_reason,
  replaced,
};

constexpr json::key_set<12> fill_keys{"trade",
                                      8,
                                      {"trade_id", "order_id", "instrument_name", "direction", "price", "amount",
                                       "trade_seq", "timestamp", "label", "fee", "fee_currency", "liquidity"}};
constexpr json::key_set<4> position_keys{"position", 2, {"instrument_name", "size", "direction", "average_price"}};
constexpr json::key_set<2> placed_keys{"result", 2, {"order", "trades"}};
constexpr json::key_set<1> wrapper_keys{"data", 1, {"order"}};
constexpr json::key_set<2> page_keys{"result", 2, {"trades", "has_more"}};
constexpr json::key_set<3> change_keys{"data", 0, {"orders", "trades", "positions"}};
constexpr json::key_set<3> grant_keys{"result", 3, {"access_token", "refresh_token", "expires_in"}};

/// What an order's fields are checked against when all are read.
struct order_seen {
  bool filled_amount = false;
  bool price = false;
};

bool read_state(reader& in, json::od::value value, order_state& to) {
  const auto found = reader::token(value);
  to = found == R"("open")"          ? order_state::open
       : found == R"("filled")"      ? order_state::filled
       : found == R"("cancelled")"   ? order_state::cancelled
       : found == R"("rejected")"    ? order_state::rejected
       : found == R"("untriggered")" ? order_state::untriggered
       : found == R"("triggered")"   ? order_state::triggered
                                     : order_state::unknown;
  return to != order_state::unknown ||
         in.fail(fault_kind::wrong_shape, "is no state of an order", "order_state", found);
}

/// The price of an open trigger-market order is the text "market_price".
bool read_price(reader& in, json::od::value value, base::decimal& to, order_seen& seen) {
  if (reader::token(value) == R"("market_price")")
    return true;
  seen.price = !reader::is_null(value);
  return in.exact_or_null(value, "price", to);
}

bool read_order_field(reader& in, std::size_t key, std::string_view name, json::od::value value,
                      venues::order_report& to, order_seen& seen) {
  switch (key) {
  case order_id:
    return in.text(value, name, to.order_id);
  case instrument_name:
    return in.text(value, name, to.instrument);
  case direction:
    return in.side(value, name, to.side);
  case state_word:
    return read_state(in, value, to.state);
  case amount:
    return in.exact(value, name, to.amount);
  case creation_timestamp:
    return in.whole(value, name, to.created_ms);
  case last_update_timestamp:
    return in.whole(value, name, to.updated_ms);
  case order_type:
    to.kind = reader::token(value) == R"("limit")" ? venues::order_kind::limit : venues::order_kind::market;
    return reader::is_text(value) || in.fail(fault_kind::wrong_shape, "is not a text", name);
  case label:
    return in.text(value, name, to.label);
  case price:
    return read_price(in, value, to.price, seen);
  case filled_amount:
    seen.filled_amount = true;
    return in.exact(value, name, to.filled);
  case average_price:
    return in.rounded_or_null(value, name, to.average_price);
  case cancel_reason:
    return in.text(value, name, to.cancel_reason);
  case replaced:
    return in.flag(value, name, to.replaced);
  default:
    return true;
  }
}

/// What was filled may only be left out where nothing can have been; an order that is over without it would be placed
/// again for too much.
bool is_whole(reader& in, const venues::order_report& order, const order_seen& seen) {
  const bool may_lack_fills = order.state == order_state::untriggered || order.state == order_state::rejected;
  if (!seen.filled_amount && !may_lack_fills)
    return in.fail(fault_kind::wrong_shape, "is not there", "filled_amount", "order");
  if (!seen.price && order.kind == venues::order_kind::limit)
    return in.fail(fault_kind::wrong_shape, "is not there", "price", "order");
  return true;
}

bool read_order_object(reader& in, json::od::object object, venues::order_report& to) {
  to = {};
  to.kind = venues::order_kind::market; // until order_type says that it is a limit order
  order_seen seen;
  return in.walk(object, order_keys, [&](std::size_t key, std::string_view name, json::od::value value) {
    return read_order_field(in, key, name, value, to, seen);
  }) && is_whole(in, to, seen);
}

bool read_order_value(reader& in, json::od::value value, venues::order_report& to) {
  json::od::object object;
  return in.object(value, "order", object) && read_order_object(in, object, to);
}

bool read_order_array(reader& in, json::od::value value, std::vector<venues::order_report>& to) {
  json::od::array array;
  return in.array(value, "orders", array) && in.each(array, "orders", [&](json::od::value element) {
    return read_order_value(in, element, to.emplace_back());
  });
}

bool read_liquidity(reader& in, json::od::value value, bool& maker) {
  const auto found = reader::token(value);
  maker = found == R"("M")";
  return maker || found == R"("T")" || in.fail(fault_kind::wrong_shape, "is neither M nor T", "liquidity", found);
}

bool read_fill_field(reader& in, std::size_t key, std::string_view name, json::od::value value,
                     venues::fill_report& to) {
  switch (key) {
  case 0:
    return in.text(value, name, to.trade_id);
  case 1:
    return in.text(value, name, to.order_id);
  case 2:
    return in.text(value, name, to.instrument);
  case 3:
    return in.side(value, name, to.side);
  case 4:
    return in.exact(value, name, to.price);
  case 5:
    return in.exact(value, name, to.amount);
  case 6:
    return in.whole(value, name, to.trade_seq);
  case 7:
    return in.whole(value, name, to.at_ms);
  case 8:
    return in.text(value, name, to.label);
  case 9:
    return in.rounded_or_null(value, name, to.fee);
  case 10:
    return in.text(value, name, to.fee_currency);
  default:
    return read_liquidity(in, value, to.maker);
  }
}

bool read_fill_array(reader& in, json::od::value value, std::vector<venues::fill_report>& to) {
  json::od::array array;
  return in.array(value, "trades", array) && in.each(array, "trades", [&](json::od::value element) {
    json::od::object object;
    auto& fill = to.emplace_back();
    return in.object(element, "trade", object) &&
           in.walk(object, fill_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
             return read_fill_field(in, key, name, inner, fill);
           });
  });
}

/// The size of a short position is negative; where it is not, the direction says so.
bool read_position(reader& in, json::od::value value, venues::position_report& to) {
  json::od::object object;
  std::string_view way = "zero";
  const bool read = in.object(value, "position", object) &&
                    in.walk(object, position_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
                      switch (key) {
                      case 0:
                        return in.text(inner, name, to.instrument);
                      case 1:
                        return in.exact(inner, name, to.size);
                      case 2:
                        return in.text(inner, name, way);
                      default:
                        return in.rounded_or_null(inner, name, to.average_price);
                      }
                    });
  if (!read)
    return false;
  if (way != "buy" && way != "sell" && way != "zero")
    return in.fail(fault_kind::wrong_shape, "is no direction of a position", "direction", way);
  if (way == "sell" && to.size > base::decimal{})
    to.size = -to.size;
  return true;
}

bool read_position_array(reader& in, json::od::value value, std::vector<venues::position_report>& to) {
  json::od::array array;
  return in.array(value, "positions", array) && in.each(array, "positions", [&](json::od::value element) {
    return read_position(in, element, to.emplace_back());
  });
}

/// One order, or the wrapper {"order":{...}} of the exchange's notifications article, which no frame from the wire has.
bool read_one_order_news(reader& in, json::od::object object, venues::order_report& to) {
  const bool wrapped = object.find_field_unordered("order_id").error() == simdjson::NO_SUCH_FIELD;
  if (object.reset().error())
    return in.fail(fault_kind::not_json, "cannot be read", "data");
  if (!wrapped)
    return read_order_object(in, object, to);
  return in.walk(object, wrapper_keys,
                 [&](std::size_t, std::string_view, json::od::value inner) { return read_order_value(in, inner, to); });
}

} // namespace

decode_fault frame_decoder::read_ok() {
  json::od::value value;
  if (state_->seek("result", value) && reader::token(value) != R"("ok")")
    state_->in.fail(fault_kind::wrong_shape, "is not ok", "result", reader::token(value));
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_version() {
  json::od::value value;
  json::od::object object;
  if (state_->seek("result", value))
    state_->in.object(value, "result", object);
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_grant(token_grant& to) {
  auto& in = state_->in;
  json::od::value value;
  json::od::object object;
  std::string_view token;
  std::string_view refresh;
  const bool read = state_->seek("result", value) && in.object(value, "result", object) &&
                    in.walk(object, grant_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
                      if (key == 2)
                        return in.whole(inner, name, to.expires_in_s);
                      // Never through text(): what it finds wrong, it quotes.
                      if (!reader::is_text(inner))
                        return in.fail(fault_kind::wrong_shape, "is not a text", name);
                      return in.text(inner, name, key == 0 ? token : refresh);
                    });
  if (read && to.expires_in_s <= 0)
    in.fail(fault_kind::wrong_shape, "is over already", "expires_in");
  to.refresh_token = base::secret{std::string{refresh}};
  return in.take_fault();
}

decode_fault frame_decoder::read_channels(std::vector<std::string_view>& to) {
  auto& in = state_->in;
  to.clear();
  json::od::value value;
  json::od::array array;
  if (state_->seek("result", value) && in.array(value, "result", array))
    in.each(array, "result", [&](json::od::value element) { return in.text(element, "channel", to.emplace_back()); });
  return in.take_fault();
}

decode_fault frame_decoder::read_count(std::int64_t& to) {
  json::od::value value;
  if (state_->seek("result", value) && state_->in.whole(value, "result", to) && to < 0)
    state_->in.fail(fault_kind::wrong_shape, "is negative", "result");
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_placed(venues::order_report& order, std::vector<venues::fill_report>& fills) {
  auto& in = state_->in;
  fills.clear();
  json::od::value value;
  json::od::object object;
  if (state_->seek("result", value) && in.object(value, "result", object))
    in.walk(object, placed_keys, [&](std::size_t key, std::string_view, json::od::value inner) {
      return key == 0 ? read_order_value(in, inner, order) : read_fill_array(in, inner, fills);
    });
  return in.take_fault();
}

decode_fault frame_decoder::read_order(venues::order_report& to) {
  json::od::value value;
  if (state_->seek("result", value))
    read_order_value(state_->in, value, to);
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_orders(std::vector<venues::order_report>& to) {
  to.clear();
  json::od::value value;
  if (state_->seek("result", value))
    read_order_array(state_->in, value, to);
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_fills(std::vector<venues::fill_report>& to, bool& has_more) {
  auto& in = state_->in;
  to.clear();
  has_more = false;
  json::od::value value;
  json::od::object page;
  if (!state_->seek("result", value))
    return in.take_fault();
  // The trades of one order come as an array, those of an instrument as a page.
  if (value.type() == json::od::json_type::array)
    read_fill_array(in, value, to);
  else if (in.object(value, "result", page))
    in.walk(page, page_keys, [&](std::size_t key, std::string_view name, json::od::value inner) {
      return key == 0 ? read_fill_array(in, inner, to) : in.flag(inner, name, has_more);
    });
  return in.take_fault();
}

decode_fault frame_decoder::read_positions(std::vector<venues::position_report>& to) {
  to.clear();
  json::od::value value;
  if (state_->seek("result", value))
    read_position_array(state_->in, value, to);
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_order_news(std::vector<venues::order_report>& to) {
  auto& in = state_->in;
  to.clear();
  json::od::value value;
  json::od::object object;
  if (!state_->seek_data(value))
    return in.take_fault();
  // Channels with the interval raw send one order, others an array.
  if (value.type() == json::od::json_type::array)
    read_order_array(in, value, to);
  else if (in.object(value, "data", object))
    read_one_order_news(in, object, to.emplace_back());
  return in.take_fault();
}

decode_fault frame_decoder::read_fill_news(std::vector<venues::fill_report>& to) {
  to.clear();
  json::od::value value;
  if (state_->seek_data(value))
    read_fill_array(state_->in, value, to);
  return state_->in.take_fault();
}

decode_fault frame_decoder::read_changes(account_changes& to) {
  auto& in = state_->in;
  to.orders.clear();
  to.fills.clear();
  to.positions.clear();
  json::od::value value;
  json::od::object object;
  if (state_->seek_data(value) && in.object(value, "data", object))
    in.walk(object, change_keys, [&](std::size_t key, std::string_view, json::od::value inner) {
      switch (key) {
      case 0:
        return read_order_array(in, inner, to.orders);
      case 1:
        return read_fill_array(in, inner, to.fills);
      default:
        return read_position_array(in, inner, to.positions);
      }
    });
  return in.take_fault();
}

} // namespace cafnode::deribit
