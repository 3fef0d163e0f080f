#include "runtime/base/backoff.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::base {

backoff::backoff(backoff_config config) : config_{config} {
  CAFNODE_INVARIANT(config.first.count() >= 1 && config.first <= config.cap, "back-off: 1 ms <= first <= cap");
  CAFNODE_INVARIANT(config.jitter_percent >= 0 && config.jitter_percent <= 100, "back-off: jitter is 0 to 100 %");
}

std::chrono::milliseconds backoff::next(rng& chance) {
  std::int64_t wait = config_.first.count();
  for (std::uint32_t i = 0; i < failures_ && wait < config_.cap.count(); ++i)
    wait *= 2;
  wait = std::min(wait, config_.cap.count());
  if (failures_ < 62)
    ++failures_;
  const std::int64_t spread = wait * config_.jitter_percent / 100;
  return std::chrono::milliseconds{std::max<std::int64_t>(1, chance.between(wait - spread, wait))};
}

} // namespace cafnode::base
