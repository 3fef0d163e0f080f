#include "supervisors/id_index.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

std::size_t id_index::place_of(std::string_view text) const noexcept {
  return std::hash<std::string_view>{}(text) & (places_.size() - 1);
}

std::uint32_t id_index::find(std::string_view text) const {
  if (places_.empty())
    return nothing;
  for (auto at = place_of(text); places_[at] != nothing; at = (at + 1) & (places_.size() - 1))
    if (places_[at] != removed && text_(places_[at]) == text)
      return places_[at];
  return nothing;
}

void id_index::insert(std::uint32_t number) {
  CAFNODE_INVARIANT(number < removed, "a number that is too large for an index");
  if ((used_ + 1) * 2 > places_.size())
    grow();
  put(number);
  ++size_;
}

void id_index::put(std::uint32_t number) noexcept {
  auto at = place_of(text_(number));
  while (places_[at] != nothing && places_[at] != removed)
    at = (at + 1) & (places_.size() - 1);
  used_ += places_[at] == nothing ? 1 : 0;
  places_[at] = number;
}

void id_index::erase(std::uint32_t number) {
  CAFNODE_INVARIANT(size_ > 0, "nothing is in this index");
  auto at = place_of(text_(number));
  while (places_[at] != number) {
    CAFNODE_INVARIANT(places_[at] != nothing, "a number that is not in was to be removed");
    at = (at + 1) & (places_.size() - 1);
  }
  places_[at] = removed;
  --size_;
}

void id_index::grow() {
  std::size_t room = 8;
  while (room < (size_ + 1) * 4)
    room *= 2;
  const auto old = std::exchange(places_, std::vector<std::uint32_t>(room, nothing));
  used_ = 0;
  for (const auto number : old)
    if (number < removed)
      put(number);
}

} // namespace cafnode::supervision
