#include "control/record_shelf.hpp"

#include <iterator>

namespace cafnode::control {

void record_shelf::keep(std::string_view supervisor, const supervision::restart_record& record) {
  auto& its = by_supervisor_[std::string{supervisor}];
  records_.push_back({std::string{supervisor}, record});
  its.push_back(std::prev(records_.end()));
  if (its.size() > supervisor_max)
    drop(its.front());
  else if (records_.size() > most_)
    drop(records_.begin());
}

/// The oldest of its supervisor.
void record_shelf::drop(place which) {
  const auto its = by_supervisor_.find(which->supervisor);
  its->second.pop_front();
  if (its->second.empty())
    by_supervisor_.erase(its);
  records_.erase(which);
}

std::vector<kept_record> record_shelf::of(const std::string& supervisor) const {
  std::vector<kept_record> found;
  if (const auto its = by_supervisor_.find(supervisor); its != by_supervisor_.end())
    for (const auto each : its->second)
      found.push_back(*each);
  return found;
}

} // namespace cafnode::control
