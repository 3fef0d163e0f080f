#include "supervisors/held_processes.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

namespace {

std::size_t place_of(slot_key slot) noexcept {
  return static_cast<std::uint32_t>(slot) - 1;
}

} // namespace

void held_processes::hold(child_ref who, caf::actor handle, std::shared_ptr<const progress> beats) {
  const auto place = place_of(who.slot);
  if (place >= first_.size())
    first_.resize(place + 1);
  auto& its = first_[place];
  if (its.handle)
    second_.push_back(std::exchange(its, {}));
  its = {who, std::move(handle)};
  if (beats) {
    const auto count = beats->count();
    beats_[who] = {std::move(beats), count};
  }
}

held_processes::entry* held_processes::find(child_ref who) noexcept {
  const auto place = place_of(who.slot);
  if (place < first_.size() && first_[place].handle && first_[place].who == who)
    return &first_[place];
  const auto found = std::ranges::find(second_, who, &entry::who);
  return found == second_.end() ? nullptr : &*found;
}

bool held_processes::has_moved(child_ref who) {
  const auto found = beats_.find(who);
  if (found == beats_.end())
    return false;
  const auto count = found->second.beats->count();
  return std::exchange(found->second.count, count) != count;
}

void held_processes::release(child_ref who) {
  beats_.erase(who);
  const auto place = place_of(who.slot);
  if (place < first_.size() && first_[place].who == who)
    first_[place] = {};
  else
    std::erase_if(second_, [&](const entry& each) { return each.who == who; });
}

std::vector<caf::actor> held_processes::all() const {
  std::vector<caf::actor> out;
  for (const auto* from : {&first_, &second_})
    for (const auto& each : *from)
      if (each.handle)
        out.push_back(each.handle);
  return out;
}

void held_processes::clear() {
  first_.clear();
  second_.clear();
  beats_.clear();
}

} // namespace cafnode::supervision
