#pragma once

#include "runtime/process/timer.hpp"
#include "runtime/process/timer_source.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace cafnode::process {

/// The armed timers of one process. Its timers hold it weakly, so that they may outlive the process. Arming and
/// cancelling take a constant time and, once there is room, no memory.
struct timer::shared {
  /// A table that has emptied keeps at most this many places.
  static constexpr std::size_t idle_places_max = 64;

  explicit shared(timer_source& from) : source{&from} {}

  /// The token of a timer that is about to be armed. Never 0, and never one that was given before.
  [[nodiscard]] std::uint64_t next_token() {
    if (free.empty()) {
      free.push_back(static_cast<std::uint32_t>(places.size()));
      places.push_back({0, {}, uses});
    }
    return token_of(free.back());
  }

  /// Arms the timer of `next_token()`.
  void arm(timer_source::ticket ticket, std::function<void()> fire) {
    auto& taken = places[free.back()];
    free.pop_back();
    taken.ticket = ticket;
    taken.fire = std::move(fire);
  }

  [[nodiscard]] bool is_armed(std::uint64_t token) const noexcept { return find(token) != nullptr; }

  /// Takes out what `token` fires; empty when it was cancelled.
  std::function<void()> take(std::uint64_t token) {
    return is_armed(token) ? release(index_of(token)).fire : std::function<void()>{};
  }

  void cancel(std::uint64_t token) {
    if (!is_armed(token))
      return;
    // What the closure holds may be the last owner of another timer: the table must be whole before it goes.
    const auto gone = release(index_of(token));
    source->cancel(gone.ticket);
  }

  void cancel_all() {
    for (std::size_t i = 0; i < places.size(); ++i)
      if (places[i].ticket != 0)
        cancel(token_of(static_cast<std::uint32_t>(i)));
  }

  /// Places for timers, armed or free.
  [[nodiscard]] std::size_t size() const noexcept { return places.size(); }

  timer_source* source;

private:
  struct place {
    timer_source::ticket ticket = 0; // 0: free
    std::function<void()> fire;
    std::uint32_t uses = 0; // before this one, so that an old token finds nothing
  };

  static std::size_t index_of(std::uint64_t token) noexcept { return static_cast<std::uint32_t>(token) - 1; }

  [[nodiscard]] std::uint64_t token_of(std::uint32_t index) const noexcept {
    return (std::uint64_t{places[index].uses} << 32U) | (index + 1);
  }

  [[nodiscard]] const place* find(std::uint64_t token) const noexcept {
    const auto index = index_of(token);
    const bool armed = index < places.size() && places[index].ticket != 0 && places[index].uses == token >> 32U;
    return armed ? &places[index] : nullptr;
  }

  place release(std::size_t index) {
    auto& used = places[index];
    place gone{std::exchange(used.ticket, 0), std::exchange(used.fire, nullptr), used.uses++};
    uses = std::max(uses, used.uses);
    free.push_back(static_cast<std::uint32_t>(index));
    if (free.size() == places.size() && places.size() > idle_places_max) {
      places = {};
      free = {};
    }
    return gone;
  }

  std::vector<place> places;
  std::vector<std::uint32_t> free; // indexes into them
  std::uint32_t uses = 0;          // most of any place so far: where a new one begins
};

} // namespace cafnode::process
