#include "runtime/host/io_engine.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cafnode::host {

io_seat::io_seat(io_seat&& other) noexcept
    : unit_{std::exchange(other.unit_, nullptr)}, taken_{std::move(other.taken_)} {}

io_seat& io_seat::operator=(io_seat&& other) noexcept {
  if (this != &other) {
    give_back();
    unit_ = std::exchange(other.unit_, nullptr);
    taken_ = std::move(other.taken_);
  }
  return *this;
}

io_seat::~io_seat() {
  give_back();
}

io_unit& io_seat::unit() const {
  CAFNODE_INVARIANT(unit_ != nullptr, "an empty seat is on no I/O thread");
  return *unit_;
}

void io_seat::give_back() noexcept {
  if (const auto taken = std::move(taken_))
    taken->fetch_sub(1, std::memory_order_relaxed);
}

io_engine::io_engine(caf::actor_system& system, const base::clock_source& clock, std::size_t threads) {
  CAFNODE_INVARIANT(threads > 0, "an I/O engine without a thread");
  for (std::size_t i = 0; i < threads; ++i) {
    places_.push_back(std::make_unique<place>());
    places_.back()->unit = std::make_unique<io_unit>(system, clock, "io." + std::to_string(i));
  }
}

io_engine::~io_engine() {
  stop();
}

void io_engine::start() {
  for (const auto& each : places_)
    each->unit->start();
}

void io_engine::stop() {
  for (auto each = places_.rbegin(); each != places_.rend(); ++each)
    (*each)->unit->stop();
}

void io_engine::abandon() noexcept {
  for (const auto& each : places_)
    each->unit->abandon();
}

void io_engine::use_escape_hook(const escape_function& hook) {
  for (const auto& each : places_)
    each->unit->use_escape_hook(hook);
}

io_seat io_engine::take_seat() {
  const auto fewer = [](const auto& left, const auto& right) { return left->taken->load() < right->taken->load(); };
  auto& best = **std::min_element(places_.begin(), places_.end(), fewer);
  best.taken->fetch_add(1, std::memory_order_relaxed);
  return {*best.unit, best.taken};
}

io_unit& io_engine::unit(std::size_t index) {
  return *places_.at(index)->unit;
}

std::size_t io_engine::taken(std::size_t index) const {
  return places_.at(index)->taken->load(std::memory_order_relaxed);
}

} // namespace cafnode::host
