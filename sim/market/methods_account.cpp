#include "sim/market/faults.hpp"
#include "sim/market/methods.hpp"

namespace cafnode::sim {

namespace json = boost::json;

namespace {

json::object rate(int burst, int each_second) {
  return {{"burst", burst}, {"rate", each_second}};
}

json::object limits_object() {
  json::object matching{{"trading", json::object{{"total", rate(20, 5)}}},
                        {"spot", rate(20, 5)},
                        {"cancel_all", rate(20, 5)},
                        {"maximum_quotes", rate(500, 500)},
                        {"maximum_mass_quotes", rate(10, 10)},
                        {"guaranteed_mass_quotes", rate(2, 2)}};
  json::object made{{"limits_per_currency", false}, {"non_matching_engine", rate(100, 20)}};
  made["matching_engine"] = std::move(matching);
  return made;
}

void add_identity(json::object& made, const account& who) {
  made["id"] = who.user_id;
  made["email"] = "user@example.com";
  made["username"] = who.name;
  made["system_name"] = who.name;
  made["type"] = "main";
  made["creation_timestamp"] = 1'600'000'000'000;
  made["login_enabled"] = false;
  made["mmp_enabled"] = false;
  made["security_keys_enabled"] = false;
  made["interuser_transfers_enabled"] = false;
  made["self_trading_extended_to_subaccounts"] = false;
  made["referrer_id"] = nullptr;
}

json::object summary_of(trading_rooms& rooms, const account& who, const std::string& currency) {
  auto made = rooms.writer.portfolio_object(rooms.money, who, currency);
  made["limits"] = limits_object();
  made["fees"] = json::array{};
  return made;
}

rpc_answer account_summary(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "");
  const bool extended = asked.in.flag("extended", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto& who = *rooms.money.of(asked.who.account);
  auto made = summary_of(rooms, who, currency);
  if (extended)
    add_identity(made, who);
  return answered(std::move(made));
}

rpc_answer account_summaries(trading_rooms& rooms, request& asked) {
  const bool extended = asked.in.flag("extended", false);
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto& who = *rooms.money.of(asked.who.account);
  json::object made;
  if (extended)
    add_identity(made, who);
  json::array all;
  for (const auto& currency : currencies())
    all.push_back(summary_of(rooms, who, currency));
  made["summaries"] = std::move(all);
  return answered(std::move(made));
}

rpc_answer get_position(trading_rooms& rooms, request& asked) {
  const auto* at = instrument_of(rooms, asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  return answered(rooms.writer.position_object(rooms.money, *rooms.money.of(asked.who.account), at->number));
}

rpc_answer get_positions(trading_rooms& rooms, request& asked) {
  const auto currency = currency_of(asked.in, "any");
  const auto kind = kind_of(asked.in);
  if (asked.in.failed())
    return failed(asked.in.why());
  const auto& who = *rooms.money.of(asked.who.account);
  json::array all;
  for (const auto& [on, held] : who.positions) {
    const auto& what = rooms.floor.at(on).what;
    if (!held.size.is_zero() && listed_under(what, currency) && (kind == "any" || kind == name_of(what.kind)))
      all.push_back(rooms.writer.position_object(rooms.money, who, on));
  }
  return answered(std::move(all));
}

constexpr method_entry entries[] = {
    {"private/get_account_summary", account_summary},
    {"private/get_account_summaries", account_summaries},
    {"private/get_position", get_position},
    {"private/get_positions", get_positions},
};

} // namespace

std::span<const method_entry> account_methods() {
  return entries;
}

} // namespace cafnode::sim
