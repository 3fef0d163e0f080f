#include "actors/venues/fault_meter.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::venues {

fault_meter::verdict fault_meter::record(base::time_point now) {
  CAFNODE_INVARIANT(recent_.empty() || recent_.back() <= now, "the clock ran backwards");
  const auto is_recent = [now](base::time_point at) { return now - at < window; };
  recent_.erase(recent_.begin(), std::find_if(recent_.begin(), recent_.end(), is_recent));
  if (recent_.size() > faults_max)
    recent_.erase(recent_.begin());
  recent_.push_back(now);
  return recent_.size() > faults_max ? verdict::leave : verdict::bear;
}

} // namespace cafnode::venues
