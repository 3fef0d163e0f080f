#pragma once

#include "runtime/base/time.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace cafnode::supervision {

/// Until when a group of children waits together for its restart. One that joins never brings the others back earlier,
/// and may delay them.
class group_wait {
public:
  [[nodiscard]] bool is_on() const noexcept { return due_.has_value(); }

  /// One more is to wait for `delay`. Gives how long all of them wait now.
  base::duration join(base::time_point now, base::duration delay) {
    due_ = std::max(due_.value_or(now), now + delay);
    return *due_ - now;
  }

  /// How long it still is; nothing is left when the wait is over, or there is none.
  [[nodiscard]] base::duration left(base::time_point now) const noexcept {
    return due_ ? std::max(*due_ - now, base::duration{}) : base::duration{};
  }

  /// False when there was none.
  bool end() noexcept { return std::exchange(due_, std::nullopt).has_value(); }

private:
  std::optional<base::time_point> due_;
};

} // namespace cafnode::supervision
