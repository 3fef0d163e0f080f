#include "actors/session/setup_queue.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <numeric>

namespace cafnode::session {

setup_queue::ticket setup_queue::enter(standing as, const venues::credits& cost) {
  lines_.at(static_cast<std::size_t>(as)).emplace(++last_, cost);
  return last_;
}

void setup_queue::leave(ticket which) {
  for (auto& one : lines_)
    one.erase(which);
  granted_.erase(which);
}

bool setup_queue::collect(ticket which) {
  return granted_.erase(which) > 0;
}

const setup_queue::line* setup_queue::next_line() const {
  const bool fair = turns_ % fair_turn == fair_turn - 1;
  const line* best = nullptr;
  for (const auto& one : lines_) {
    if (one.empty())
      continue;
    if (best == nullptr || (fair && one.begin()->first < best->begin()->first))
      best = &one;
  }
  return best;
}

std::optional<venues::credits> setup_queue::next() const {
  const auto* from = next_line();
  return from == nullptr ? std::nullopt : std::optional{from->begin()->second};
}

void setup_queue::grant_next() {
  const auto* from = next_line();
  CAFNODE_INVARIANT(from != nullptr, "a turn was given to nobody");
  const auto which = from->begin()->first;
  leave(which);
  granted_.insert(which);
  ++turns_;
}

std::size_t setup_queue::ahead_of(ticket which) const {
  std::size_t before = 0;
  for (const auto& one : lines_) {
    if (const auto at = one.find(which); at != one.end())
      // Tickets are given in order, so their distance is no less than the number between them.
      return before + std::min<std::size_t>(one.size() - 1, which - one.begin()->first);
    before += one.size();
  }
  return 0;
}

std::size_t setup_queue::waiting() const noexcept {
  return std::accumulate(lines_.begin(), lines_.end(), std::size_t{0},
                         [](std::size_t sum, const line& one) { return sum + one.size(); });
}

} // namespace cafnode::session
