#include "actors/venues/deribit/rules.hpp"

#include <array>

namespace cafnode::deribit {

namespace {

using venues::cost_class;

struct rule {
  request_kind kind;
  std::string_view method;
  cost_class pool;
  std::int64_t credits;
  bool order;
};

constexpr std::array<rule, request_kind_count> rules{{
    {request_kind::authenticate, "public/auth", cost_class::other, 500, false},
    {request_kind::refresh_token, "public/auth", cost_class::other, 500, false},
    {request_kind::set_heartbeat, "public/set_heartbeat", cost_class::other, 0, false},
    {request_kind::answer_heartbeat, "public/test", cost_class::other, 500, false},
    {request_kind::enable_cancel_on_disconnect, "private/enable_cancel_on_disconnect", cost_class::other, 500, false},
    {request_kind::disable_cancel_on_disconnect, "private/disable_cancel_on_disconnect", cost_class::other, 500, false},
    {request_kind::subscribe_public, "public/subscribe", cost_class::subscribe, 3000, false},
    {request_kind::subscribe_private, "private/subscribe", cost_class::subscribe, 3000, false},
    {request_kind::unsubscribe_public, "public/unsubscribe", cost_class::other, 500, false},
    {request_kind::unsubscribe_private, "private/unsubscribe", cost_class::other, 500, false},
    {request_kind::buy, "private/buy", cost_class::matching, 1, true},
    {request_kind::sell, "private/sell", cost_class::matching, 1, true},
    {request_kind::edit, "private/edit", cost_class::matching, 1, true},
    {request_kind::cancel, "private/cancel", cost_class::matching, 1, true},
    {request_kind::cancel_by_label, "private/cancel_by_label", cost_class::matching, 1, true},
    {request_kind::open_orders, "private/get_open_orders", cost_class::other, 500, false},
    {request_kind::order_state, "private/get_order_state", cost_class::other, 500, false},
    {request_kind::order_state_by_label, "private/get_order_state_by_label", cost_class::other, 500, false},
    {request_kind::trades_of_order, "private/get_user_trades_by_order", cost_class::other, 500, false},
    {request_kind::trades_of_instrument, "private/get_user_trades_by_instrument", cost_class::other, 500, false},
    {request_kind::positions, "private/get_positions", cost_class::other, 500, false},
    {request_kind::log_out, "private/logout", cost_class::other, 500, false},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (static_cast<std::size_t>(rules[i].kind) != i)
      return false;
  return true;
}

static_assert(rows_stand_in_order(), "a rule is looked up by its index");

const rule& rule_of(request_kind kind) noexcept {
  return rules[static_cast<std::size_t>(kind)];
}

} // namespace

std::string_view method_of(request_kind kind) noexcept {
  return rule_of(kind).method;
}

venues::request_cost cost_of(request_kind kind) noexcept {
  return {rule_of(kind).pool, rule_of(kind).credits};
}

bool changes_orders(request_kind kind) noexcept {
  return rule_of(kind).order;
}

std::string_view currency_of(std::string_view instrument) noexcept {
  const auto pair = instrument.substr(0, instrument.find('-'));
  const auto underscore = pair.find('_');
  return underscore == std::string_view::npos ? pair : pair.substr(underscore + 1);
}

} // namespace cafnode::deribit
