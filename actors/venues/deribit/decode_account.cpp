#include "actors/venues/deribit/decode_state.hpp"

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
constexpr json::key_set<4> position_keys{"position", 3, {"instrument_name", "size", "direction", "average_price"}};
constexpr json::key_set<2> placed_keys{"result", 2, {"order", "trades"}};
constexpr json::key_set<2> page_keys{"result", 2, {"trades", "has_more"}};
constexpr json::key_set<3> change_keys{"data", 0, {"orders", "trades", "positions"}};
constexpr json::key_set<3> grant_keys{"result", 3, {"access_token", "refresh_token", "expires_in"}};

/// Which of the fields are there that only some orders may lack.
struct order_seen {
  bool filled_amount = false;
  bool price = false;
};

/// Empties an order and keeps its memory.
void reset(venues::order_report& order) {
  order.order_id.clear();
  order.label.clear();
  order.instrument.clear();
  order.cancel_reason.clear();
  order.kind = venues::order_kind::market; // until order_type says that it is a limit order
  order.price = order.filled = order.average_price = {};
  order.replaced = false;
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
    return in.fail(fault_kind::wrong_shape, "is no state of an order", "order_state", found);
  return in.skip();
}

bool read_kind(reader& in, venues::order_kind& to) {
  const auto found = in.token();
  to = found == R"("limit")" ? venues::order_kind::limit : venues::order_kind::market;
  return found.starts_with('"') ? in.skip() : in.fail(fault_kind::wrong_shape, "is not a text", "order_type", found);
}

/// The price of an open trigger-market order is the text "market_price".
bool read_price(reader& in, base::decimal& to, bool& seen) {
  if (in.token() == R"("market_price")")
    return true;
  seen = !in.is_null();
  return in.exact_or_null("price", to);
}

bool read_order_field(reader& in, std::size_t key, std::string_view name, venues::order_report& to, order_seen& seen) {
  switch (key) {
  case order_id:
    return in.text(name, to.order_id);
  case instrument_name:
    return in.text(name, to.instrument);
  case direction:
    return in.side(name, to.side);
  case state_word:
    return read_state(in, to.state);
  case amount:
    return in.exact(name, to.amount);
  case creation_timestamp:
    return in.whole(name, to.created_ms);
  case last_update_timestamp:
    return in.whole(name, to.updated_ms);
  case order_type:
    return read_kind(in, to.kind);
  case label:
    return in.text(name, to.label);
  case price:
    return read_price(in, to.price, seen.price);
  case filled_amount:
    seen.filled_amount = true;
    return in.exact(name, to.filled);
  case average_price:
    return in.rounded_or_null(name, to.average_price);
  case cancel_reason:
    return in.text(name, to.cancel_reason);
  case replaced:
    return in.flag(name, to.replaced);
  default:
    return true;
  }
}

/// What was filled may only be left out where nothing can have been: an order that is over without it would be placed
/// again for too much.
bool is_whole(reader& in, const venues::order_report& order, const order_seen& seen) {
  const bool may_lack_fills = order.state == order_state::untriggered || order.state == order_state::rejected;
  if (!seen.filled_amount && !may_lack_fills)
    return in.fail(fault_kind::wrong_shape, "is not there", "filled_amount", "order");
  if (!seen.price && order.kind == venues::order_kind::limit)
    return in.fail(fault_kind::wrong_shape, "is not there", "price", "order");
  return true;
}

bool read_order_object(reader& in, venues::order_report& to) {
  reset(to);
  order_seen seen;
  return in.walk(order_keys, [&](std::size_t key, std::string_view name) {
    return read_order_field(in, key, name, to, seen);
  }) && is_whole(in, to, seen);
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
  return in.each("orders", [&] { return read_order_object(in, to.emplace_back()); });
}

bool read_liquidity(reader& in, bool& maker) {
  const auto found = in.token();
  maker = found == R"("M")";
  if (!maker && found != R"("T")")
    return in.fail(fault_kind::wrong_shape, "is neither M nor T", "liquidity", found);
  return in.skip();
}

bool read_fill_field(reader& in, std::size_t key, std::string_view name, venues::fill_report& to) {
  switch (key) {
  case 0:
    return in.text(name, to.trade_id);
  case 1:
    return in.text(name, to.order_id);
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
    return in.text(name, to.label);
  case 9:
    return in.rounded_or_null(name, to.fee);
  case 10:
    return in.text(name, to.fee_currency);
  default:
    return read_liquidity(in, to.maker);
  }
}

bool read_fill_array(reader& in, std::vector<venues::fill_report>& to) {
  return in.each("trades", [&] {
    auto& fill = to.emplace_back();
    return in.walk(fill_keys,
                   [&](std::size_t key, std::string_view name) { return read_fill_field(in, key, name, fill); });
  });
}

/// The size of a short position is negative; where it is not, the direction says so.
bool read_position(reader& in, venues::position_report& to) {
  std::string_view way;
  const bool read = in.walk(position_keys, [&](std::size_t key, std::string_view name) {
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
  });
  if (read && way != "buy" && way != "sell" && way != "zero")
    return in.fail(fault_kind::wrong_shape, "is no direction of a position", "direction", way);
  if (way == "sell" && to.size > base::decimal{})
    to.size = -to.size;
  return read;
}

bool read_position_array(reader& in, std::vector<venues::position_report>& to) {
  return in.each("positions", [&] { return read_position(in, to.emplace_back()); });
}

/// What a login gives is never quoted in a fault.
bool read_token(reader& in, std::string_view name, std::string_view& to) {
  return in.peek() == '"' ? in.text(name, to) : in.fail(fault_kind::wrong_shape, "is not a text", name);
}

} // namespace

decode_fault frame_decoder::read_ok() {
  auto& in = state_->in;
  return state_->content([&] {
    const auto found = in.token();
    return found == R"("ok")" ? in.skip() : in.fail(fault_kind::wrong_shape, "is not ok", "result", found);
  });
}

decode_fault frame_decoder::read_version() {
  auto& in = state_->in;
  return state_->content([&] {
    return in.peek() == '{' ? in.skip() : in.fail(fault_kind::wrong_shape, "is no object", "result", in.token());
  });
}

decode_fault frame_decoder::read_grant(token_grant& to) {
  auto& in = state_->in;
  std::string_view access;
  std::string_view refresh;
  auto fault = state_->content([&] {
    return in.walk(grant_keys, [&](std::size_t key, std::string_view name) {
      if (key == 2)
        return in.whole(name, to.expires_in_s);
      return read_token(in, name, key == 0 ? access : refresh);
    });
  });
  if (!fault && to.expires_in_s <= 0)
    return venues::protocol_fault{fault_kind::wrong_shape, "'expires_in' is over already"};
  to.refresh_token = base::secret{std::string{refresh}};
  return fault;
}

decode_fault frame_decoder::read_channels(std::vector<std::string_view>& to) {
  auto& in = state_->in;
  to.clear();
  return state_->content([&] { return in.each("result", [&] { return in.text("channel", to.emplace_back()); }); });
}

decode_fault frame_decoder::read_count(std::int64_t& to) {
  auto& in = state_->in;
  return state_->content([&] {
    std::uint64_t found = 0;
    const bool read = in.whole("result", found);
    to = static_cast<std::int64_t>(found);
    return read;
  });
}

decode_fault frame_decoder::read_placed(venues::order_report& order, std::vector<venues::fill_report>& fills) {
  auto& in = state_->in;
  fills.clear();
  return state_->content([&] {
    return in.walk(placed_keys, [&](std::size_t key, std::string_view) {
      return key == 0 ? read_order_object(in, order) : read_fill_array(in, fills);
    });
  });
}

decode_fault frame_decoder::read_order(venues::order_report& to) {
  return state_->content([&] { return read_order_object(state_->in, to); });
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
      return key == 0 ? read_fill_array(in, to) : in.flag(name, has_more);
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
  return state_->content([&] { return read_order_or_wrapper(state_->in, to); });
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
    return in.walk(change_keys, [&](std::size_t key, std::string_view) {
      switch (key) {
      case 0:
        return read_orders_array(in, to.orders);
      case 1:
        return read_fill_array(in, to.fills);
      default:
        return read_position_array(in, to.positions);
      }
    });
  });
}

} // namespace cafnode::deribit
