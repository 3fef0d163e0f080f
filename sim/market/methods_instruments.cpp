#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

std::int64_t ms_of(const request& asked) {
  return base::to_unix_ms(asked.now.wall);
}

rpc_answer get_instruments(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "any");
  const auto kind = kind_of(asked.in);
  const bool expired = asked.in.flag("expired", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array all;
  for (const auto& each : rooms.floor.all())
    if (!expired && listed_under(each->what, currency) && (kind == "any" || kind == name_of(each->what.kind)))
      all.push_back(rooms.writer.instrument_object(each->what));
  return answered(std::move(all));
}

rpc_answer get_instrument(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  return at == nullptr ? failed(asked.in.why()) : answered(rooms.writer.instrument_object(at->what));
}

rpc_answer get_contract_size(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  return at == nullptr ? failed(asked.in.why())
                       : answered(json::object{{"contract_size", rooms.writer.number(at->what.contract)}});
}

json::object currency_object(trading_rooms& rooms, const std::string& name) {
  const bool coin = name == "BTC" || name == "ETH";
  const auto* long_name = name == "BTC"    ? "Bitcoin"
                          : name == "ETH"  ? "Ethereum"
                          : name == "USDC" ? "USD Coin"
                                           : "Tether USD";
  return {{"currency", name},
          {"currency_long", long_name},
          {"coin_type", name == "BTC" ? "BITCOIN" : "ETHER"},
          {"decimals", coin ? 8 : 6},
          {"fee_precision", coin ? 8 : 6},
          {"min_confirmations", 1},
          {"min_withdrawal_fee", rooms.writer.number(decimal::from_raw(10'000))},
          {"withdrawal_fee", rooms.writer.number(decimal::from_raw(10'000))},
          {"withdrawal_priorities", json::array{}},
          {"network_currency", name == "BTC" ? "BTC" : "ETH"},
          {"network_fee", rooms.writer.number(decimal::from_raw(10'000))},
          {"in_cross_collateral_pool", false}};
}

rpc_answer get_currencies(trading_rooms& rooms, request&) {
  json::array all;
  for (const auto& name : currencies())
    all.push_back(currency_object(rooms, name));
  return answered(std::move(all));
}

rpc_answer ticker(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  return at == nullptr ? failed(asked.in.why()) : answered(rooms.writer.ticker_object(*at, ms_of(asked)));
}

rpc_answer get_order_book(trading_rooms& rooms, request& asked) {
  constexpr std::array<std::int64_t, 8> depths{1, 5, 10, 20, 50, 100, 1'000, 10'000};
  const auto depth = asked.in.whole("depth", 5, 1, 10'000);
  if (std::find(depths.begin(), depths.end(), depth) == depths.end())
    asked.in.refuse("depth", "invalid value");
  const auto* at = instrument_of(rooms, asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  return answered(rooms.writer.book_object(*at, ms_of(asked), static_cast<std::size_t>(depth)));
}

rpc_answer get_summary_by_instrument(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  return at == nullptr ? failed(asked.in.why()) : answered(json::array{rooms.writer.summary_object(*at, ms_of(asked))});
}

rpc_answer get_summary_by_currency(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const auto kind = kind_of(asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  json::array all;
  for (const auto& each : rooms.floor.all())
    if (listed_under(each->what, currency) && (kind == "any" || kind == name_of(each->what.kind)))
      all.push_back(rooms.writer.summary_object(*each, ms_of(asked)));
  return answered(std::move(all));
}

rpc_answer get_index_price(trading_rooms& rooms, request& asked) {
  const auto name = asked.in.text("index_name");
  if (asked.in.failed())
    return failed(asked.in.why());
  for (const auto& each : rooms.floor.all())
    if (each->what.index == name)
      return answered(json::object{{"index_price", rooms.writer.number(each->index)},
                                   {"estimated_delivery_price", rooms.writer.number(each->index)}});
  return failed(bad_parameter("index_name", "invalid value"));
}

rpc_answer get_index_price_names(trading_rooms& rooms, request&) {
  std::set<std::string> names;
  for (const auto& each : rooms.floor.all())
    names.insert(each->what.index);
  json::array all;
  for (const auto& name : names)
    all.push_back(json::value(name));
  return answered(std::move(all));
}

rpc_answer status(trading_rooms&, request&) {
  return answered(json::object{{"locked", "false"}, {"locked_indices", json::array{}}});
}

constexpr method_entry entries[] = {
    {"public/get_instruments", get_instruments},
    {"public/get_instrument", get_instrument},
    {"public/get_contract_size", get_contract_size},
    {"public/get_currencies", get_currencies},
    {"public/ticker", ticker},
    {"public/get_order_book", get_order_book},
    {"public/get_book_summary_by_instrument", get_summary_by_instrument},
    {"public/get_book_summary_by_currency", get_summary_by_currency},
    {"public/get_index_price", get_index_price},
    {"public/get_index_price_names", get_index_price_names},
    {"public/get_supported_index_names", get_index_price_names},
    {"public/status", status},
};

} // namespace

std::span<const method_entry> instrument_methods() {
  return entries;
}

} // namespace cafnode::sim
