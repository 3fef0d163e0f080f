#include "sim/market/local_exchange.hpp"

#include "sim/market/faults.hpp"
#include "sim/market/make_exchange.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

/// ccapi's users send `/public/test`; the exchange takes it.
std::string_view without_slash(std::string_view method) {
  return method.starts_with('/') ? method.substr(1) : method;
}

} // namespace

local_exchange::local_exchange(exchange_options options, audit_sink& audit, base::moment start)
    : options_{std::move(options)},
      floor_{start, options_},
      writer_{options_, floor_},
      orders_{options_},
      money_{options_, floor_.instruments()},
      market_feeds_{options_, floor_, writer_},
      user_feeds_{options_, floor_, money_, writer_},
      engine_{options_, floor_, orders_, money_, *this, audit},
      entry_{options_, floor_, orders_, money_, engine_, audit},
      flow_{options_, floor_, engine_},
      rooms_{options_, floor_, orders_, money_, engine_, entry_, writer_},
      audit_{audit},
      now_{start} {
  for (const auto& group :
       {instrument_methods(), trade_methods(), order_methods(), cancel_methods(), query_methods(), account_methods()})
    for (const auto& each : group)
      methods_.emplace(std::string{each.name}, &each);
  step(start);
}

bool local_exchange::knows(std::string_view method) const {
  return methods_.contains(without_slash(method));
}

rpc_answer local_exchange::call(const caller& who, std::string_view method, const boost::json::object& given,
                                base::moment now) {
  now_ = now;
  const auto found = methods_.find(without_slash(method));
  if (found == methods_.end())
    return failed(fault(-32601, "Method not found"));
  const auto& what = *found->second;
  const auto late = late_methods_.find(what.name);
  if (late != late_methods_.end() && late_.size() < late_max) {
    late_.push_back({now.steady + late->second, who, &what, given});
    return failed(fault(answer_withheld, "executed later"));
  }
  return run(who, what, given, now);
}

rpc_answer local_exchange::run(const caller& who, const method_entry& what, const boost::json::object& given,
                               base::moment now) {
  if (auto why = barrier(who, what); why.code != 0)
    return failed(std::move(why));
  params in{given};
  request asked{who, in, now};
  auto answer = what.run(rooms_, asked);
  user_feeds_.end_step(out_);
  return answer;
}

rpc_error local_exchange::barrier(const caller& who, const method_entry& what) {
  if (maintenance_)
    return fault(11051, "system_maintenance");
  if (!what.name.starts_with("private/"))
    return {};
  if (who.account.empty())
    return {13009, "unauthorized", boost::json::object{{"reason", "invalid_token"}}};
  if (money_.of(who.account) == nullptr)
    return fault(13028, "temporarily_unavailable");
  return settling_ && what.matches ? fault(10041, "settlement_in_progress") : rpc_error{};
}

void local_exchange::step(base::moment now) {
  now_ = now;
  run_late(now);
  if (maintenance_ || settling_)
    return;
  flow_.step(now);
  entry_.watch(now);
  user_feeds_.end_step(out_);
}

void local_exchange::run_late(base::moment now) {
  std::deque<late_call> due;
  for (auto& each : std::exchange(late_, {}))
    (each.due <= now.steady ? due : late_).push_back(std::move(each));
  for (const auto& each : due)
    static_cast<void>(run(each.who, *each.what, each.given, now));
}

std::vector<notification> local_exchange::take_notifications() {
  user_feeds_.end_step(out_);
  user_feeds_.take(now_, out_);
  market_feeds_.take(now_, out_);
  return std::exchange(out_, {});
}

bool local_exchange::channel_exists(std::string_view name, bool& needs_account) const {
  const auto parsed = parse_channel(name, floor_);
  needs_account = parsed.has_value() && parsed->needs_account();
  return parsed.has_value();
}

void local_exchange::subscribed(std::string_view name) {
  const auto parsed = parse_channel(name, floor_);
  if (!parsed)
    return;
  if (parsed->is_user())
    user_feeds_.subscribed(std::string{name}, *parsed);
  else
    market_feeds_.subscribed(std::string{name}, *parsed);
}

void local_exchange::unsubscribed(std::string_view name) {
  user_feeds_.unsubscribed(std::string{name});
  market_feeds_.unsubscribed(std::string{name});
}

std::string local_exchange::snapshot(std::string_view name, base::moment now) {
  const auto parsed = parse_channel(name, floor_);
  return parsed ? market_feeds_.snapshot(std::string{name}, *parsed, now) : std::string{};
}

std::size_t local_exchange::cancel_owned_by(std::uint64_t connection, std::string_view reason, base::moment now) {
  now_ = now;
  const auto owned = orders_.live_of_connection(connection);
  for (order* each : owned)
    engine_.cancel(*each, reason, now);
  user_feeds_.end_step(out_);
  return owned.size();
}

std::vector<order_report> local_exchange::open_orders() {
  std::vector<order_report> all;
  for (const order* each : orders_.all_live())
    all.push_back({each->id, each->account, each->label, floor_.at(each->on).what.name, each->connection, each->amount,
                   each->filled});
  return all;
}

std::vector<order_report> local_exchange::open_orders_by_label(const std::string& label) {
  auto all = open_orders();
  std::erase_if(all, [&](const order_report& each) { return each.label != label; });
  return all;
}

std::vector<label_report> local_exchange::labels_used_twice() {
  std::vector<label_report> all;
  for (const auto& [key, uses] : orders_.reused_labels())
    all.push_back({key.first, key.second, uses});
  return all;
}

std::map<std::uint64_t, std::size_t> local_exchange::open_orders_by_connection() {
  std::map<std::uint64_t, std::size_t> counts;
  for (const auto& each : open_orders())
    ++counts[each.connection];
  return counts;
}

bool local_exchange::fill_order(const std::string& order_id, decimal amount, base::moment now) {
  now_ = now;
  auto* const found = orders_.find(order_id);
  if (found == nullptr || found->state != order_state::open)
    return false;
  engine_.fill_resting(*found, amount.is_zero() ? found->left() : amount, now);
  user_feeds_.end_step(out_);
  return true;
}

bool local_exchange::cancel_order(const std::string& order_id, std::string_view reason, base::moment now) {
  now_ = now;
  auto* const found = orders_.find(order_id);
  if (found == nullptr || !found->is_live())
    return false;
  engine_.cancel(*found, reason, now);
  user_feeds_.end_step(out_);
  return true;
}

void local_exchange::set_maintenance(bool on, base::moment now) {
  now_ = now;
  if (std::exchange(maintenance_, on) != on)
    market_feeds_.announce("platform_state", boost::json::object{{"maintenance", on}}, out_);
}

void local_exchange::execute_late(const std::string& method, std::chrono::milliseconds by) {
  const auto name = without_slash(method);
  if (by.count() <= 0)
    late_methods_.erase(std::string{name});
  else if (methods_.contains(name))
    late_methods_[std::string{name}] = by;
}

std::unique_ptr<exchange> make_exchange(exchange_options options, audit_sink& audit, base::moment start) {
  return std::make_unique<local_exchange>(std::move(options), audit, start);
}

inspection& inspect(exchange& made) {
  auto* const inside = dynamic_cast<inspection*>(&made);
  CAFNODE_INVARIANT(inside != nullptr, "an exchange of another make was to be inspected");
  return *inside;
}

} // namespace cafnode::sim
