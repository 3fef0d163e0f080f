#pragma once

#include "runtime/base/invariant.hpp"
#include "sim/market/order.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cafnode::sim {

/// The latest trades of one instrument. All its memory is taken when it is made, so that a simulator that runs for
/// days holds no more than one that has just begun.
class tape {
public:
  explicit tape(std::size_t trades_max) : kept_(trades_max) {
    CAFNODE_INVARIANT(trades_max > 0, "a tape that keeps nothing");
  }

  /// Forgets the oldest when there is no more room.
  void add(trade made) {
    kept_[next_] = std::move(made);
    next_ = (next_ + 1) % kept_.size();
    count_ = std::min(count_ + 1, kept_.size());
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// Shows each trade, the oldest first.
  template<class Visit>
  void each(const Visit& visit) const {
    const std::size_t first = next_ + kept_.size() - count_;
    for (std::size_t place = 0; place < count_; ++place)
      visit(kept_[(first + place) % kept_.size()]);
  }

private:
  std::vector<trade> kept_;
  std::size_t next_ = 0; // the place of the next one
  std::size_t count_ = 0;
};

} // namespace cafnode::sim
