#include "runtime/observe/storm_limit.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::observe {

namespace {

constexpr std::string_view overflow_key = "*"; // no message is called so

} // namespace

std::optional<std::uint64_t> storm_limit::pass(std::string_view key, base::time_point now) {
  now_ = std::max(now_, now);
  auto& spent = budget_of(key);
  if (spent.bucket.take(1, now_))
    return std::exchange(spent.held_back, 0);
  ++spent.held_back;
  return std::nullopt;
}

storm_limit::budget& storm_limit::budget_of(std::string_view key) {
  std::string name{key};
  if (const auto found = budgets_.find(name); found != budgets_.end())
    return found->second;
  if (budgets_.size() >= config_.keys_max)
    forget_idle();
  if (budgets_.size() >= config_.keys_max)
    name = overflow_key;
  return budgets_.try_emplace(std::move(name), budget{base::token_bucket{config_.each, now_}, 0}).first->second;
}

void storm_limit::forget_idle() {
  std::erase_if(budgets_, [&](const auto& entry) {
    return entry.second.held_back == 0 && entry.second.bucket.available(now_) == config_.each.pool;
  });
}

} // namespace cafnode::observe
