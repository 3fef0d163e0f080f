#include "actors/venues/deribit/decode_state.hpp"

#include <array>

namespace cafnode::deribit {

namespace {

using json::reader;
using venues::fault_kind;
using venues::order_state;

constexpr json::key_set<16> order_keys{"order",
                                       6,
                                       {"order_id", "instrument_name", "direction", "order_state", "amount",
                                        "last_update_timestamp", "creation_timestamp", "order_type", "label", "price",
                                        "filled_amount", "average_price", "cancel_reason", "replaced", "post_only",
                                        "reduce_only"}};

enum order_key : std::size_t {
  order_id,
  instrument_name,
  direction,
  state_word,
  amount,
  last_update_timestamp,
  creation_timestamp,
  order_type,
  label,
  price,
  filled_amount,
  average_price,
  cancel_reason,
  replaced,
  post_only,
  reduce_only,
};

constexpr json::key_set<12> fill_keys{"trade",
                                      8,
                                      {"trade_id", "order_id", "instrument_name", "direction", "price", "amount",
                                       "trade_seq", "timestamp", "label", "fee", "fee_currency", "liquidity"}};
constexpr json::key_set<4> position_keys{"position", 3, {"instrument_name", "size", "direction", "average_price"}};
constexpr json::key_set<2> placed_keys{"result", 1, {"order", "trades"}};
constexpr json::key_set<2> page_keys{"result", 1, {"trades", "has_more"}};
constexpr json::key_set<3> change_keys{"data", 0, {"orders", "trades", "positions"}};

/// What a report lacks when the field with this index cannot be read.
constexpr std::array<std::uint16_t, 16> order_field_bits{venues::field_id,
                                                         venues::field_instrument,
                                                         venues::field_side,
                                                         venues::field_state,
                                                         venues::field_amount,
                                                         venues::field_updated,
                                                         0,
                                                         0,
                                                         venues::field_label,
                                                         venues::field_price,
                                                         venues::field_filled,
                                                         0,
                                                         0,
                                                         0,
                                                         0,
                                                         0};

/// Empties an order and keeps its memory.
void reset(venues::order_report& order) {
  order.order_id.clear();
  order.label.clear();
  order.instrument.clear();
  order.cancel_reason.clear();
  order.side = venues::side::buy;
  order.kind = venues::order_kind::market; // until order_type says that it is a limit order
  order.state = order_state::unknown;
  order.price = order.amount = order.filled = order.average_price = {};
  order.created_ms = order.updated_ms = 0;
  order.replaced = order.post_only = order.reduce_only = false;
  order.lacks = venues::field_label | venues::field_price | venues::field_filled; // until they come
}

bool read_state(reader& in, order_state& to) {
  const auto found = in.token();
  to = found == R"("open")"          ? order_state::open
       : found == R"("filled")"      ? order_state::filled
       : found == R"("cancelled")"   ? order_state::cancelled
       : found == R"("rejected")"    ? order_state::rejected
       : found == R"("untriggered")" ? order_state::untriggered
       : found == R"("triggered")"   ? order_state::triggered
                                     : order_state::unknown;
  if (to == order_state::unknown)
    return in.fail(fault_kind::unknown_word, "is no state of an order", "order_state", found);
  return in.skip();
}

/// The price of an open trigger-market order is the text "market_price".
bool read_price(reader& in, venues::order_report& to) {
  if (in.is_null() || in.token() == R"("market_price")")
    return in.skip();
  to.lacks &= static_cast<std::uint16_t>(~venues::field_price);
  return in.exact("price", to.price);
}

bool read_filled(reader& in, venues::order_report& to) {
  if (in.is_null())
    return in.skip();
  to.lacks &= static_cast<std::uint16_t>(~venues::field_filled);
  return in.exact("filled_amount", to.filled);
}

bool read_label(reader& in, venues::order_report& to) {
  if (in.is_null())
    return in.skip();
  to.lacks &= static_cast<std::uint16_t>(~venues::field_label);
  return in.name("label", to.label);
}

bool read_order_field(reader& in, std::size_t key, std::string_view name, venues::order_report& to) {
  switch (key) {
  case order_id:
    return in.name(name, to.order_id);
  case instrument_name:
    return in.text(name, to.instrument);
  case direction:
    return in.side(name, to.side);
  case state_word:
    return read_state(in, to.state);
  case amount:
    return in.exact(name, to.amount);
  case creation_timestamp:
    return in.is_null() || in.whole(name, to.created_ms);
  case last_update_timestamp:
    return in.whole(name, to.updated_ms);
  case order_type:
    to.kind = in.token() == R"("limit")" ? venues::order_kind::limit : venues::order_kind::market;
    return in.skip();
  case label:
    return read_label(in, to);
  case price:
    return read_price(in, to);
  case filled_amount:
    return read_filled(in, to);
  case average_price:
    return in.rounded_or_null(name, to.average_price);
  case cancel_reason:
    return in.is_null() || in.text(name, to.cancel_reason);
  case replaced:
    return in.is_null() || in.flag(name, to.replaced);
  case post_only:
    return in.is_null() || in.flag(name, to.post_only);
  case reduce_only:
    return in.is_null() || in.flag(name, to.reduce_only);
  default:
    return true;
  }
}

bool lacks(const venues::order_report& order, std::uint16_t fields) noexcept {
  return (order.lacks & fields) != 0;
}

/// What was filled may only be left out where nothing can have been: an order that is over without it would be placed
/// again for too much. Without an id and a label nobody knows whose it is.
bool settle_order(reader& in, venues::order_report& order) {
  const auto drop = [&order](std::uint16_t fields) { order.lacks &= static_cast<std::uint16_t>(~fields); };
  if (order.state == order_state::untriggered || order.state == order_state::rejected)
    drop(venues::field_filled);
  if (order.kind != venues::order_kind::limit)
    drop(venues::field_price);
  if (lacks(order, venues::field_filled))
    in.lacks_field("filled_amount", "order");
  if (lacks(order, venues::field_price))
    in.lacks_field("price", "order");
  if (order.order_id.empty() && order.label.empty())
    return in.fail(fault_kind::wrong_shape, "has neither an id nor a label", "order");
  if (order.order_id.empty())
    order.lacks |= venues::field_id;
  return true;
}

bool read_order_object(reader& in, venues::order_report& to) {
  reset(to);
  return in.walk_bearing(
             order_keys, [&](std::size_t key, std::string_view name) { return read_order_field(in, key, name, to); },
             [&](std::size_t key) { to.lacks |= order_field_bits[key]; }) &&
         settle_order(in, to);
}

/// One order, or the wrapper {"order":{...}} of the exchange's notifications article, which no frame from the wire has.
bool read_order_or_wrapper(reader& in, venues::order_report& to) {
  constexpr json::key_set<1> wrapper_keys{"data", 1, {"order"}};
  const auto before = in.here();
  std::string_view first;
  if (!in.expect('{', "order") || in.next_key(true, "order", first) == reader::step::fault)
    return false;
  in.go_to(before);
  if (first != "order")
    return read_order_object(in, to);
  return in.walk(wrapper_keys, [&](std::size_t, std::string_view) { return read_order_object(in, to); });
}

bool read_orders_array(reader& in, std::vector<venues::order_report>& to) {
  return in.records("orders", to, [&](auto& order) { return read_order_object(in, order); });
}

bool read_liquidity(reader& in, bool& maker) {
  const auto found = in.token();
  maker = found == R"("M")";
  if (!maker && found != R"("T")" && found != "null")
    return in.fail(fault_kind::unknown_word, "is neither M nor T", "liquidity", found);
  return in.skip();
}

bool read_fill_field(reader& in, std::size_t key, std::string_view name, venues::fill_report& to) {
  switch (key) {
  case 0:
    return in.name(name, to.trade_id);
  case 1:
    return in.name(name, to.order_id);
  case 2:
    return in.text(name, to.instrument);
  case 3:
    return in.side(name, to.side);
  case 4:
    return in.exact(name, to.price);
  case 5:
    return in.exact(name, to.amount);
  case 6:
    return in.whole(name, to.trade_seq);
  case 7:
    return in.whole(name, to.at_ms);
  case 8:
    return in.is_null() || in.name(name, to.label);
  case 9:
    return in.rounded_or_null(name, to.fee);
  case 10:
    return in.is_null() || in.text(name, to.fee_currency);
  default:
    return read_liquidity(in, to.maker);
  }
}

/// A fill without its id cannot be told from one that was counted before.
bool read_fill(reader& in, venues::fill_report& to) {
  constexpr std::array<std::uint16_t, 12> bits{
      0, venues::field_id, venues::field_instrument, venues::field_side, venues::field_price, venues::field_amount};
  return in.walk_bearing(
             fill_keys, [&](std::size_t key, std::string_view name) { return read_fill_field(in, key, name, to); },
             [&](std::size_t key) { to.lacks |= bits[key]; }) &&
         (!to.trade_id.empty() || in.fail(fault_kind::wrong_shape, "has no id", "trade"));
}

bool read_fill_array(reader& in, std::vector<venues::fill_report>& to) {
  return in.records("trades", to, [&](auto& fill) { return read_fill(in, fill); });
}

/// The size of a short position is negative; where it is not, the direction says so.
bool read_position(reader& in, venues::position_report& to) {
  std::string_view way;
  bool lacks_size = false;
  const bool read = in.walk_bearing(
      position_keys,
      [&](std::size_t key, std::string_view name) {
        switch (key) {
        case 0:
          return in.text(name, to.instrument);
        case 1:
          return in.exact(name, to.size);
        case 2:
          return in.text(name, way);
        default:
          return in.rounded_or_null(name, to.average_price);
        }
      },
      [&](std::size_t key) { lacks_size = lacks_size || key == 1; });
  if (!read)
    return false;
  const bool told = way == "buy" || way == "sell" || way == "zero" || to.size <= base::decimal{};
  if (to.instrument.empty() || lacks_size || !told)
    return in.fail(fault_kind::unknown_word, "is of no instrument, size or direction that is known", "position", way);
  if (way == "sell" && to.size > base::decimal{})
    to.size = -to.size;
  return true;
}

bool read_position_array(reader& in, std::vector<venues::position_report>& to) {
  return in.records("positions", to, [&](auto& position) { return read_position(in, position); });
}

} // namespace

decode_fault frame_decoder::read_placed(venues::order_report& order, std::vector<venues::fill_report>& fills) {
  auto& in = state_->in;
  fills.clear();
  return state_->content([&] {
    bool usable = false;
    const bool read = in.walk_bearing(
        placed_keys,
        [&](std::size_t key, std::string_view) {
          return key == 0 ? in.record(usable, [&] { return read_order_object(in, order); })
                          : read_fill_array(in, fills);
        },
        [](std::size_t) {});
    in.note_frame();
    if (!read || usable)
      return read;
    in.forget_notes(); // they are of what is a fault as a whole
    return in.fail(fault_kind::wrong_shape, "cannot be read", "order", "result");
  });
}

decode_fault frame_decoder::read_order(venues::order_report& to) {
  return state_->content([&] { return state_->read_one(to, read_order_object); });
}

decode_fault frame_decoder::read_orders(std::vector<venues::order_report>& to) {
  to.clear();
  return state_->content([&] { return read_orders_array(state_->in, to); });
}

decode_fault frame_decoder::read_fills(std::vector<venues::fill_report>& to, bool& has_more) {
  auto& in = state_->in;
  to.clear();
  has_more = false;
  return state_->content([&] {
    // The trades of one order come as an array, those of an instrument as a page.
    if (in.peek() != '{')
      return read_fill_array(in, to);
    return in.walk(page_keys, [&](std::size_t key, std::string_view name) {
      return key == 0 ? read_fill_array(in, to) : in.is_null() || in.flag(name, has_more);
    });
  });
}

decode_fault frame_decoder::read_positions(std::vector<venues::position_report>& to) {
  to.clear();
  return state_->content([&] { return read_position_array(state_->in, to); });
}

bool frame_decoder::content_is_array() const noexcept {
  return state_->in.peek_at(state_->body) == '[';
}

decode_fault frame_decoder::read_order_news(venues::order_report& to) {
  return state_->content([&] { return state_->read_one(to, read_order_or_wrapper); });
}

decode_fault frame_decoder::read_own_trades(std::vector<venues::fill_report>& to) {
  to.clear();
  return state_->content([&] { return read_fill_array(state_->in, to); });
}

decode_fault frame_decoder::read_changes(account_changes& to) {
  auto& in = state_->in;
  to.orders.clear();
  to.fills.clear();
  to.positions.clear();
  return state_->content([&] {
    const bool read = in.walk_bearing(
        change_keys,
        [&](std::size_t key, std::string_view) {
          switch (key) {
          case 0:
            return read_orders_array(in, to.orders);
          case 1:
            return read_fill_array(in, to.fills);
          default:
            return read_position_array(in, to.positions);
          }
        },
        [](std::size_t) {});
    in.note_frame();
    return read;
  });
}

} // namespace cafnode::deribit
