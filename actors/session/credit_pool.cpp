#include "actors/session/credit_pool.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

constexpr std::int64_t micro_per_credit = 1'000'000;
constexpr std::chrono::milliseconds lost_together{100};

} // namespace

credit_pool::credit_pool(base::token_bucket_config config, base::time_point now, base::duration lost_after)
    : config_{config}, lost_after_{lost_after}, at_{now} {
  resize(config, now);
}

void credit_pool::resize(base::token_bucket_config config, base::time_point now) {
  CAFNODE_INVARIANT(config.pool >= 1 && config.pool <= 1'000'000'000, "credit pool: its size is 1 to 10^9");
  CAFNODE_INVARIANT(config.per_second >= 1 && config.per_second <= 1'000'000'000, "credit pool: refill is 1 to 10^9");
  advance(now);
  config_ = config;
  micro_ = std::min(micro_, std::max<std::int64_t>(0, config_.pool - unanswered_) * micro_per_credit);
}

void credit_pool::refill(base::time_point to) {
  CAFNODE_INVARIANT(to >= at_, "credit pool: the clock ran backwards");
  const std::int64_t ceiling = std::max<std::int64_t>(0, config_.pool - unanswered_) * micro_per_credit;
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(to - at_).count();
  // Not all of it is counted when the clock stands between two microseconds.
  at_ += std::chrono::microseconds{elapsed};
  if (micro_ >= ceiling)
    return;
  // A credit a second is a micro-credit a microsecond; the division keeps the product inside 64 bits.
  const bool full = elapsed >= (ceiling - micro_) / config_.per_second + 1;
  micro_ = full ? ceiling : std::min(ceiling, micro_ + elapsed * config_.per_second);
}

void credit_pool::settle(std::int64_t cost) {
  CAFNODE_INVARIANT(cost >= 0 && cost <= unanswered_, "credit pool: more was answered than asked");
  unanswered_ -= cost;
}

void credit_pool::advance(base::time_point now) {
  while (!lost_.empty() && lost_.front().due <= now) {
    refill(std::max(at_, lost_.front().due));
    settle(lost_.front().cost);
    lost_.pop_front();
  }
  refill(now);
}

bool credit_pool::take(std::int64_t cost, base::time_point now, std::int64_t reserve) {
  CAFNODE_INVARIANT(cost >= 0 && reserve >= 0, "credit pool: cost and reserve are not negative");
  advance(now);
  if (micro_ < (cost + reserve) * micro_per_credit)
    return false;
  micro_ -= cost * micro_per_credit;
  unanswered_ += cost;
  return true;
}

void credit_pool::force(std::int64_t cost, base::time_point now) {
  advance(now);
  micro_ = std::max(micro_ - cost * micro_per_credit, -config_.pool * micro_per_credit);
  unanswered_ += cost;
}

void credit_pool::answered(std::int64_t cost, base::time_point now) {
  advance(now);
  settle(cost);
}

void credit_pool::unsent(std::int64_t cost, base::time_point now) {
  advance(now);
  settle(cost);
  micro_ = std::min(micro_ + cost * micro_per_credit,
                    std::max<std::int64_t>(0, config_.pool - unanswered_) * micro_per_credit);
}

void credit_pool::lost(std::int64_t cost, base::time_point now) {
  advance(now);
  if (cost == 0)
    return;
  const auto due = now + lost_after_;
  if (!lost_.empty() && due - lost_.back().due < lost_together)
    lost_.back().cost += cost;
  else
    lost_.push_back({due, cost});
}

void credit_pool::drain(base::time_point now) {
  advance(now);
  micro_ = std::min<std::int64_t>(micro_, 0);
}

std::int64_t credit_pool::available(base::time_point now) {
  advance(now);
  return micro_ / micro_per_credit;
}

base::duration credit_pool::wait_for(std::int64_t cost, base::time_point now, std::int64_t reserve) {
  advance(now);
  if (cost + reserve > config_.pool)
    return base::duration::max();
  const std::int64_t missing = (cost + reserve) * micro_per_credit - micro_;
  if (missing <= 0)
    return base::duration::zero();
  return std::chrono::microseconds{(missing + config_.per_second - 1) / config_.per_second};
}

} // namespace cafnode::session
