#pragma once

#include "runtime/host/io_unit.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace cafnode::host {

class io_engine;

/// A place on one I/O thread, held by a connection for as long as it lives. It may outlive its engine: what a process
/// was made of goes with the last handle to it, which can be a moment after its end, on a thread of the scheduler.
/// Movable; any thread.
class io_seat {
public:
  io_seat() = default;
  io_seat(io_seat&& other) noexcept;
  io_seat& operator=(io_seat&& other) noexcept;
  io_seat(const io_seat&) = delete;
  io_seat& operator=(const io_seat&) = delete;
  ~io_seat();

  /// Where the processes of the connection are pinned. Not for an empty seat, nor for one whose engine is gone.
  [[nodiscard]] io_unit& unit() const;

  [[nodiscard]] explicit operator bool() const noexcept { return unit_ != nullptr; }

private:
  friend class io_engine;
  using counter = std::atomic<std::size_t>;

  io_seat(io_unit& unit, std::shared_ptr<counter> taken) noexcept : unit_{&unit}, taken_{std::move(taken)} {}

  void give_back() noexcept;

  io_unit* unit_ = nullptr;
  std::shared_ptr<counter> taken_;
};

/// All I/O threads of one actor system.
class io_engine {
public:
  /// `threads` units, at least 1, not started yet. `clock` outlives this.
  io_engine(caf::actor_system& system, const base::clock_source& clock, std::size_t threads);
  ~io_engine();

  /// Starts the units in order.
  void start();

  /// Ends them in reverse order and waits for each. Only when no process is pinned any more.
  void stop();

  /// Leaves threads that are stuck alone: then this object must never be destroyed.
  void abandon() noexcept;

  /// Before start(). `hook` runs on any of the I/O threads.
  void use_escape_hook(const escape_function& hook);

  /// A place on the unit where the fewest are taken; the first of equals.
  [[nodiscard]] io_seat take_seat();

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

  [[nodiscard]] io_unit& unit(std::size_t index);

  /// How many seats of a unit are taken.
  [[nodiscard]] std::size_t taken(std::size_t index) const;

private:
  struct place {
    std::unique_ptr<io_unit> unit;
    std::shared_ptr<io_seat::counter> taken = std::make_shared<io_seat::counter>(0);
  };

  std::vector<std::unique_ptr<place>> places_;
};

} // namespace cafnode::host
