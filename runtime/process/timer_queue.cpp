#include "runtime/process/timer_queue.hpp"

#include "runtime/base/invariant.hpp"

#include <limits>
#include <utility>

namespace cafnode::process {

namespace {

// A queue that has emptied keeps at most this many slots.
constexpr std::size_t idle_slots_max = 1024;

std::uint32_t index_of(timer_queue::ticket armed) noexcept {
  return static_cast<std::uint32_t>(armed & std::numeric_limits<std::uint32_t>::max());
}

std::uint32_t generation_of(timer_queue::ticket armed) noexcept {
  return static_cast<std::uint32_t>(armed >> 32U);
}

} // namespace

timer_queue::ticket timer_queue::arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) {
  CAFNODE_INVARIANT(slots_.size() < std::numeric_limits<std::uint32_t>::max(), "four billion timers");
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& into = slots_[index];
  into.due = due;
  into.order = ++order_;
  into.what = {std::move(target), token};
  into.generation = static_cast<std::uint32_t>(order_ % std::numeric_limits<std::uint32_t>::max()) + 1;
  into.armed = true;
  heap_.push_back(index);
  place(heap_.size() - 1, index);
  sift_up(heap_.size() - 1);
  return (std::uint64_t{slots_[index].generation} << 32U) | index;
}

bool timer_queue::cancel(ticket armed) {
  const auto index = index_of(armed);
  if (index >= slots_.size() || !slots_[index].armed || slots_[index].generation != generation_of(armed))
    return false;
  static_cast<void>(remove_at(slots_[index].position));
  return true;
}

std::optional<timer_queue::due_timer> timer_queue::pop_due(base::time_point now) {
  if (heap_.empty() || slots_[heap_.front()].due > now)
    return std::nullopt;
  return remove_at(0);
}

std::optional<base::time_point> timer_queue::earliest() const {
  if (heap_.empty())
    return std::nullopt;
  return slots_[heap_.front()].due;
}

bool timer_queue::earlier(std::uint32_t left, std::uint32_t right) const noexcept {
  const auto& a = slots_[left];
  const auto& b = slots_[right];
  return a.due != b.due ? a.due < b.due : a.order < b.order;
}

void timer_queue::place(std::size_t position, std::uint32_t index) noexcept {
  heap_[position] = index;
  slots_[index].position = position;
}

void timer_queue::sift_up(std::size_t position) noexcept {
  const auto moving = heap_[position];
  while (position > 0) {
    const auto parent = (position - 1) / 2;
    if (!earlier(moving, heap_[parent]))
      break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, moving);
}

void timer_queue::sift_down(std::size_t position) noexcept {
  const auto moving = heap_[position];
  for (auto child = 2 * position + 1; child < heap_.size(); child = 2 * position + 1) {
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child]))
      ++child;
    if (!earlier(heap_[child], moving))
      break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, moving);
}

timer_queue::due_timer timer_queue::remove_at(std::size_t position) {
  const auto index = heap_[position];
  const auto last = heap_.back();
  heap_.pop_back();
  if (last != index) {
    place(position, last);
    sift_up(position);
    sift_down(slots_[last].position);
  }
  auto what = std::move(slots_[index].what);
  give_back(index);
  return what;
}

void timer_queue::give_back(std::uint32_t index) {
  auto& gone = slots_[index];
  gone.armed = false;
  gone.what = {};
  free_.push_back(index);
  if (heap_.empty() && slots_.size() > idle_slots_max) {
    slots_ = {};
    heap_ = {};
    free_ = {};
  }
}

} // namespace cafnode::process
