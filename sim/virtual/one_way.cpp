#include "sim/virtual/one_way.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::sim {

std::size_t parcel::bytes() const noexcept {
  constexpr std::size_t around = 10; // a frame's head, or something like it
  const std::size_t of_call = call ? call->target.size() + call->body.size() : 0;
  return around + of_call + (text ? text->size() : 0);
}

void one_way::put(parcel what) {
  const base::duration span{chance_.between(travel_.least.count(), travel_.most.count())};
  auto due = agenda_.now().steady + span;
  if (!queue_.empty())
    due = std::max(due, queue_.back().due);
  bytes_ += what.bytes();
  queue_.push_back({due, std::move(what)});
  arm(queue_.front().due);
}

void one_way::hold(bool still) {
  held_ = still;
  if (!queue_.empty()) // it does not come out from within whoever lets go
    arm(queue_.front().due);
}

void one_way::drop() noexcept {
  queue_.clear();
  bytes_ = 0;
}

void one_way::arm(base::time_point due) {
  if (armed_ || held_)
    return;
  armed_ = true;
  agenda_.at(due, [self = shared_from_this()] { self->hand_out(); });
}

void one_way::hand_out() {
  armed_ = false;
  while (!held_ && !queue_.empty() && queue_.front().due <= agenda_.now().steady) {
    parcel next = std::move(queue_.front().what);
    queue_.pop_front();
    bytes_ -= next.bytes();
    if (taker_)
      taker_(std::move(next));
  }
  if (!queue_.empty())
    arm(queue_.front().due);
}

} // namespace cafnode::sim
