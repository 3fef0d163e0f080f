#pragma once

#include "runtime/base/time.hpp"

namespace cafnode::sim {

/// Who wakes the exchange: calls `exchange_front::run` at `due`, or soon after. The latest wish replaces the one
/// before.
class alarm {
public:
  virtual ~alarm() = default;
  virtual void wake_at(base::time_point due) = 0;
};

} // namespace cafnode::sim
