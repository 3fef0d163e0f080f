#include "sim/market/methods.hpp"

#include "sim/market/faults.hpp"

#include <algorithm>

namespace cafnode::sim {

listing* instrument_of(trading_rooms& rooms, params& in, int unknown_code) {
  const auto name = in.text("instrument_name");
  if (in.failed())
    return nullptr;
  auto* const found = rooms.floor.find(name);
  if (found == nullptr)
    in.refuse(fault(unknown_code, unknown_code == 10020 ? "invalid_or_unsupported_instrument" : "not_found"));
  return found;
}

std::string currency_of(params& in, std::string_view otherwise) {
  auto name = otherwise.empty() ? in.text("currency") : in.text_or("currency", otherwise);
  const auto& all = currencies();
  if (!in.failed() && name != "any" && name != "EURR" && std::find(all.begin(), all.end(), name) == all.end())
    in.refuse("currency", "invalid value");
  return name;
}

std::string kind_of(params& in) {
  return in.choice("kind", {"future", "option", "spot", "future_combo", "option_combo", "combo", "any"}, "any");
}

bool is_of_type(const order& asked, std::string_view wanted) {
  if (wanted == "all")
    return true;
  if (wanted == "limit")
    return !is_trigger(asked.type);
  const bool stop = asked.type == order_type::stop_limit || asked.type == order_type::stop_market;
  if (wanted == "trigger_all")
    return is_trigger(asked.type);
  if (wanted == "stop" || wanted == "stop_all")
    return stop;
  if (wanted == "take" || wanted == "take_all")
    return is_trigger(asked.type) && !stop;
  return wanted == name_of(asked.type);
}

} // namespace cafnode::sim
