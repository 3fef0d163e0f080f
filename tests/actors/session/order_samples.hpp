#pragma once

#include "actors/venues/order.hpp"

#include <cstdint>
#include <string>

/// Orders as tests of what keeps them ask for and report them.
namespace cafnode::test {

inline venues::order_request request(const std::string& label) {
  venues::order_request wanted;
  wanted.instrument = "BTC-PERPETUAL";
  wanted.label = label;
  wanted.amount = base::decimal::from_raw(10 * base::decimal::one);
  wanted.valid_until_ms = 5000;
  return wanted;
}

inline venues::order_report report(const std::string& label, venues::order_state state, std::int64_t filled,
                                   std::int64_t updated_ms, const std::string& id = "1") {
  venues::order_report said;
  said.order_id = id;
  said.label = label;
  said.state = state;
  said.filled = base::decimal::from_raw(filled * base::decimal::one);
  said.amount = base::decimal::from_raw(10 * base::decimal::one);
  said.updated_ms = updated_ms;
  return said;
}

} // namespace cafnode::test
