#include "tests/actors/venues/toy/toy_wire.hpp"

#include <array>

namespace cafnode::test::toy {

namespace {

constexpr std::array<std::string_view, 4> states{"open", "filled", "rejected", "cancelled"};

} // namespace

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::string write_order(const venues::order_report& order) {
  std::string text = order.label + ":" + order.order_id + ":" + order.instrument;
  text += order.side == venues::side::buy ? ":buy:" : ":sell:";
  text += std::string{states.at(static_cast<std::size_t>(order.state))} + ":" + order.price.to_string() + ":";
  return text + order.amount.to_string() + ":" + order.filled.to_string() + ":" + std::to_string(order.updated_ms);
}

std::optional<venues::order_report> read_order(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 9)
    return std::nullopt;
  venues::order_report order;
  order.label = parts[0];
  order.order_id = parts[1];
  order.instrument = parts[2];
  order.side = parts[3] == "buy" ? venues::side::buy : venues::side::sell;
  std::size_t state = 0;
  while (state < states.size() && states.at(state) != parts[4])
    ++state;
  order.state = state < states.size() ? static_cast<venues::order_state>(state) : venues::order_state::unknown;
  const auto price = venues::decimal::parse(parts[5]);
  const auto amount = venues::decimal::parse(parts[6]);
  const auto filled = venues::decimal::parse(parts[7]);
  if (!price || !amount || !filled)
    return std::nullopt;
  order.price = price.value();
  order.amount = amount.value();
  order.filled = filled.value();
  order.updated_ms = std::stoll(std::string{parts[8]});
  return order;
}

} // namespace cafnode::test::toy
