#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace cafnode::venues {

/// Counts frames that are no JSON, so that a peer that only talks garbage is left. Nothing else counts: see
/// `fault_kind`.
class fault_meter {
public:
  static constexpr std::size_t faults_max = 20;
  static constexpr std::chrono::seconds window{60};

  enum class verdict { bear, leave };

  /// One more fault at `now`. `leave` from the one on that makes more than `faults_max` within `window`.
  verdict record(base::time_point now);

private:
  std::vector<base::time_point> recent_; // oldest first, at most faults_max + 1
};

} // namespace cafnode::venues
