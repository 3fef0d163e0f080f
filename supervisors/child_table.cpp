#include "supervisors/child_table.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

namespace {

std::size_t& tally(children_count& count, const child_record& child) noexcept {
  return child.type == child_type::supervisor ? count.supervisors : count.workers;
}

} // namespace

child_table::child_table() : ids_{[this](std::uint32_t index) { return std::string_view{records_[index]->id}; }} {}

child_record& child_table::add(child_spec spec) {
  CAFNODE_INVARIANT(find(spec.id) == nullptr, "two children with one id");
  std::uint64_t generation = 0;
  auto index = static_cast<std::uint32_t>(records_.size());
  if (free_.empty()) {
    records_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
    if (generations_.size() <= index)
      generations_.resize(records_.size(), 0);
    generation = ++generations_[index];
  }
  records_[index] = std::make_unique<child_record>();
  auto& child = *records_[index];
  child.slot = (generation << 32U) | (std::uint64_t{index} + 1);
  child.order = ++last_order_;
  child.adopt(std::move(spec));
  ids_.insert(index);
  places_.push_back({child.order, child.slot});
  ++count_.specs;
  ++tally(count_, child);
  return child;
}

void child_table::remove(slot_key slot) {
  auto* child = find(slot);
  CAFNODE_INVARIANT(child != nullptr, "an unknown child was to be removed");
  CAFNODE_INVARIANT(!child->has_process(), "a child with a process was to be removed");
  const auto index = index_of(slot);
  ids_.erase(index);
  places_[first_from(child->order)].slot = 0;
  --count_.specs;
  --tally(count_, *child);
  records_[index].reset();
  free_.push_back(index);
  if (places_.size() > 8 && count_.specs * 2 < places_.size())
    compact();
}

void child_table::compact() {
  std::erase_if(places_, [](const place& each) { return each.slot == 0; });
}

std::size_t child_table::first_from(std::uint64_t order) const noexcept {
  const auto found = std::ranges::lower_bound(places_, order, {}, &place::order);
  return static_cast<std::size_t>(found - places_.begin());
}

const child_record* child_table::find(slot_key slot) const noexcept {
  const auto index = index_of(slot);
  if (index >= records_.size() || !records_[index] || records_[index]->slot != slot)
    return nullptr;
  return records_[index].get();
}

child_record* child_table::find(slot_key slot) noexcept {
  return const_cast<child_record*>(std::as_const(*this).find(slot)); // NOLINT: it is ours to change
}

child_record* child_table::find(child_ref who) noexcept {
  auto* child = find(who.slot);
  return child && child->incarnation == who.incarnation ? child : nullptr;
}

const child_record* child_table::find(std::string_view id) const noexcept {
  const auto index = ids_.find(id);
  return index == id_index::nothing ? nullptr : records_[index].get();
}

child_record* child_table::find(std::string_view id) noexcept {
  return const_cast<child_record*>(std::as_const(*this).find(id)); // NOLINT: it is ours to change
}

void child_table::set_phase(child_record& child, child_phase phase) noexcept {
  count_.active -= is_active(child.phase) ? 1 : 0;
  child.phase = phase;
  count_.active += is_active(child.phase) ? 1 : 0;
}

void child_table::change(child_record& child, child_spec spec) {
  CAFNODE_INVARIANT(child.id == spec.id, "a child keeps its id");
  --tally(count_, child);
  // The text that the index knows stays where it is.
  spec.id = std::move(child.id);
  child.adopt(std::move(spec));
  ++tally(count_, child);
}

std::vector<slot_key> child_table::slots(std::uint64_t from) const {
  std::vector<slot_key> out;
  out.reserve(places_.size());
  for (auto at = first_from(from); at < places_.size(); ++at)
    if (places_[at].slot != 0)
      out.push_back(places_[at].slot);
  return out;
}

std::vector<const child_record*> child_table::page(std::uint64_t after, std::size_t limit) const {
  std::vector<const child_record*> out;
  if (after >= last_order_)
    return out;
  for (auto at = first_from(after + 1); at < places_.size() && out.size() < limit; ++at)
    if (places_[at].slot != 0)
      out.push_back(find(places_[at].slot));
  return out;
}

void child_table::reorder(const std::vector<slot_key>& wanted) {
  CAFNODE_INVARIANT(wanted.size() == size(), "a new start order names every child");
  places_.clear();
  for (const auto slot : wanted) {
    auto* child = find(slot);
    CAFNODE_INVARIANT(child != nullptr, "a new start order names an unknown child");
    child->order = ++last_order_;
    places_.push_back({child->order, slot});
  }
}

} // namespace cafnode::supervision
