#include "runtime/base/token_bucket.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::base {

namespace {

constexpr std::int64_t micro_per_credit = 1'000'000;

} // namespace

token_bucket::token_bucket(token_bucket_config config, time_point now)
    : config_{config}, micro_{config.pool * micro_per_credit}, at_{now} {
  CAFNODE_INVARIANT(config.pool >= 1 && config.pool <= 1'000'000'000, "token bucket: pool is 1 to 10^9");
  CAFNODE_INVARIANT(config.per_second >= 1 && config.per_second <= 1'000'000'000, "token bucket: refill is 1 to 10^9");
}

std::int64_t token_bucket::micro_at(time_point now) const {
  CAFNODE_INVARIANT(now >= at_, "token bucket: the clock ran backwards");
  const std::int64_t full = config_.pool * micro_per_credit;
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - at_).count();
  // A credit a second is a micro-credit a microsecond; the division keeps the product inside 64 bits.
  if (elapsed >= (full - micro_) / config_.per_second + 1)
    return full;
  return std::min(full, micro_ + elapsed * config_.per_second);
}

bool token_bucket::take(std::int64_t cost, time_point now, std::int64_t reserve) {
  CAFNODE_INVARIANT(cost >= 0 && reserve >= 0, "token bucket: cost and reserve are not negative");
  const std::int64_t there = micro_at(now);
  if (there < (cost + reserve) * micro_per_credit)
    return false;
  micro_ = there - cost * micro_per_credit;
  at_ = now;
  return true;
}

std::int64_t token_bucket::available(time_point now) const {
  return micro_at(now) / micro_per_credit;
}

duration token_bucket::wait_for(std::int64_t cost, time_point now, std::int64_t reserve) const {
  if (cost + reserve > config_.pool)
    return duration::max();
  const std::int64_t missing = (cost + reserve) * micro_per_credit - micro_at(now);
  if (missing <= 0)
    return duration::zero();
  return std::chrono::microseconds{(missing + config_.per_second - 1) / config_.per_second};
}

void token_bucket::drain(time_point now) {
  CAFNODE_INVARIANT(now >= at_, "token bucket: the clock ran backwards");
  micro_ = 0;
  at_ = now;
}

} // namespace cafnode::base
