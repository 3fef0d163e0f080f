#pragma once

#include "sim/market/encode.hpp"
#include "sim/market/exchange.hpp"
#include "sim/market/order_entry.hpp"
#include "sim/market/params.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// What the methods work on.
struct trading_rooms {
  const exchange_options& options;
  listings& floor;
  order_store& orders;
  ledger& money;
  matching& engine;
  order_entry& entry;
  encoder& writer;
};

/// One request on its way through a method.
struct request {
  const caller& who;
  params& in;
  base::moment now;
};

/// One method: its name, what it does, and whether it goes to the matching engine (and stops while settlement runs).
struct method_entry {
  std::string_view name;
  rpc_answer (*run)(trading_rooms&, request&);
  bool matches = false;
};

[[nodiscard]] std::span<const method_entry> instrument_methods();
[[nodiscard]] std::span<const method_entry> trade_methods();
[[nodiscard]] std::span<const method_entry> order_methods();
[[nodiscard]] std::span<const method_entry> cancel_methods();
[[nodiscard]] std::span<const method_entry> query_methods();
[[nodiscard]] std::span<const method_entry> account_methods();

[[nodiscard]] inline rpc_answer answered(boost::json::value result) {
  return {std::move(result), {}};
}

/// The instrument that a request names; a fault of the request when there is none.
listing* instrument_of(trading_rooms& rooms, params& in, int unknown_code = 13020);

/// The currency that a request names: one that there is, or `any`.
std::string currency_of(params& in, std::string_view otherwise);

/// The kind that a request names, `any` when it does not.
std::string kind_of(params& in);

/// Whether orders of this type are wanted: `all`, `limit`, `trigger_all`, `stop_all`, `stop_limit`, ...
[[nodiscard]] bool is_of_type(const order& asked, std::string_view wanted);

} // namespace cafnode::sim
