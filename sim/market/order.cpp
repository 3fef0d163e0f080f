#include "sim/market/order.hpp"

namespace cafnode::sim {

namespace {

constexpr wide cost_one = static_cast<wide>(decimal::one) * decimal::one;

} // namespace

std::string_view name_of(side value) {
  return value == side::buy ? "buy" : "sell";
}

std::string_view name_of(order_type value) {
  switch (value) {
  case order_type::limit:
    return "limit";
  case order_type::market:
    return "market";
  case order_type::market_limit:
    return "market_limit";
  case order_type::stop_limit:
    return "stop_limit";
  case order_type::stop_market:
    return "stop_market";
  case order_type::take_limit:
    return "take_limit";
  case order_type::take_market:
    return "take_market";
  }
  return "limit";
}

std::string_view name_of(time_in_force value) {
  switch (value) {
  case time_in_force::good_til_cancelled:
    return "good_til_cancelled";
  case time_in_force::good_til_day:
    return "good_til_day";
  case time_in_force::fill_or_kill:
    return "fill_or_kill";
  case time_in_force::immediate_or_cancel:
    return "immediate_or_cancel";
  }
  return "good_til_cancelled";
}

std::string_view name_of(order_state value) {
  switch (value) {
  case order_state::open:
    return "open";
  case order_state::filled:
    return "filled";
  case order_state::cancelled:
    return "cancelled";
  case order_state::untriggered:
    return "untriggered";
  }
  return "open";
}

std::string_view name_of(trigger_source value) {
  switch (value) {
  case trigger_source::index_price:
    return "index_price";
  case trigger_source::mark_price:
    return "mark_price";
  case trigger_source::last_price:
    return "last_price";
  }
  return "last_price";
}

wide cost_of(const instrument& on, decimal amount, decimal price) {
  if (on.style != pay_style::inverse)
    return static_cast<wide>(amount.raw()) * price.raw();
  return price.is_zero() ? 0 : (amount.raw() * cost_one + price.raw() / 2) / price.raw();
}

decimal average_of(const instrument& on, decimal amount, wide cost) {
  const wide size = amount.raw() < 0 ? -static_cast<wide>(amount.raw()) : amount.raw();
  const wide paid = cost < 0 ? -cost : cost;
  if (size == 0 || paid == 0)
    return {};
  const wide raw = on.style == pay_style::inverse ? (size * cost_one + paid / 2) / paid : (paid + size / 2) / size;
  const bool is_negative = cost < 0 && on.style != pay_style::inverse;
  return decimal::from_raw(static_cast<std::int64_t>(is_negative ? -raw : raw));
}

} // namespace cafnode::sim
