#pragma once

#include "actors/session/reconciliation.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

/// Steps of a round of reconciliation, for tests that play the exchange.
namespace cafnode::test {

using namespace session;
using base::decimal;
using venues::order_report;
using venues::order_request;
using venues::order_state;

inline constexpr std::int64_t fence_ms = 5000;

inline void begin(order_table& orders, const std::string& label, std::int64_t valid_until_ms = fence_ms) {
  order_request wanted;
  wanted.label = label;
  wanted.instrument = "BTC-PERPETUAL";
  wanted.amount = decimal::from_raw(10 * decimal::one);
  wanted.valid_until_ms = valid_until_ms;
  REQUIRE(orders.begin(wanted));
}

inline order_report report(const std::string& label, order_state state, std::int64_t filled = 0,
                           const std::string& id = "1") {
  order_report said;
  said.label = label;
  said.order_id = id;
  said.state = state;
  said.filled = decimal::from_raw(filled * decimal::one);
  said.updated_ms = 1;
  return said;
}

inline query take(reconciliation& round, query_kind wanted) {
  auto question = round.next();
  REQUIRE(question.has_value());
  REQUIRE(question->kind == wanted);
  return *question;
}

/// Starts and answers the two questions that every start asks first.
inline void start(reconciliation& round, const std::vector<order_report>& open) {
  round.start();
  take(round, query_kind::open_orders);
  take(round, query_kind::positions);
  round.positions_answered();
  round.open_orders_answered(open);
}

} // namespace cafnode::test
