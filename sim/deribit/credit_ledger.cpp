#include "sim/deribit/credit_ledger.hpp"

#include <algorithm>
#include <array>

namespace cafnode::sim {

namespace {

constexpr std::array<std::string_view, 11> engine_methods{"private/buy",
                                                          "private/sell",
                                                          "private/edit",
                                                          "private/edit_by_label",
                                                          "private/cancel",
                                                          "private/cancel_by_label",
                                                          "private/close_position",
                                                          "private/move_positions",
                                                          "private/mass_quote",
                                                          "private/cancel_quotes",
                                                          "private/execute_block_trade"};

constexpr std::int64_t subscribe_cost = 3000;
constexpr std::int64_t instruments_cost = 10'000;

} // namespace

bool is_matching(std::string_view method) {
  return method.starts_with("private/cancel_all") ||
         std::find(engine_methods.begin(), engine_methods.end(), method) != engine_methods.end();
}

credit_class class_of(std::string_view method) {
  if (method.starts_with("private/cancel_all"))
    return credit_class::cancel_all;
  if (is_matching(method))
    return credit_class::matching;
  if (method == "public/subscribe" || method == "private/subscribe")
    return credit_class::subscribe;
  if (method == "public/get_instruments")
    return credit_class::instruments;
  return method == "private/get_transaction_log" ? credit_class::transaction_log : credit_class::ordinary;
}

bool credit_ledger::pay(const std::string& account, std::string_view method, base::time_point now) {
  if (!rules_->credits)
    return true;
  purse& own = purse_of(account, now);
  switch (class_of(method)) {
  case credit_class::ordinary:
    return own.ordinary.take(rules_->credits_cost, now);
  case credit_class::subscribe:
    return own.subscribe.take(subscribe_cost, now);
  case credit_class::instruments:
    return own.instruments.take(instruments_cost, now);
  case credit_class::transaction_log:
    return own.transaction_log.take(instruments_cost, now);
  case credit_class::matching:
    return own.matching.take(1, now);
  case credit_class::cancel_all:
    return own.cancel_all.take(1, now);
  }
  return false;
}

void credit_ledger::drain(const std::string& account, base::time_point now) {
  purse& own = purse_of(account, now);
  for (auto* bucket : {&own.ordinary, &own.subscribe, &own.matching})
    bucket->drain(now);
}

boost::json::object credit_ledger::limits() const {
  const boost::json::object matching{{"burst", rules_->matching_burst}, {"rate", rules_->matching_per_second}};
  const auto requests = [this](std::int64_t credits) {
    return credits / std::max<std::int64_t>(rules_->credits_cost, 1);
  };
  return {
      {"non_matching_engine",
       boost::json::object{{"burst", requests(rules_->credits_pool)}, {"rate", requests(rules_->credits_per_second)}}},
      {"limits_per_currency", false},
      {"matching_engine",
       boost::json::object{{"trading", boost::json::object{{"total", matching}}}, {"cancel_all", matching}}},
  };
}

credit_ledger::purse& credit_ledger::purse_of(const std::string& account, base::time_point now) {
  const auto found = purses_.find(account);
  if (found != purses_.end())
    return found->second;
  const auto bucket = [this, now](std::int64_t pool) {
    return base::token_bucket{{pool, rules_->credits_per_second}, now};
  };
  const base::token_bucket engine{{rules_->matching_burst, rules_->matching_per_second}, now};
  return purses_
      .emplace(account,
               purse{bucket(rules_->credits_pool), bucket(30'000), bucket(500'000), bucket(80'000), engine, engine})
      .first->second;
}

} // namespace cafnode::sim
