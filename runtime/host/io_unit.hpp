#pragma once

#include "runtime/base/time.hpp"
#include "runtime/process/home.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {

class io_context;

} // namespace boost::asio

namespace cafnode::host {

/// Hears of an exception that left a callback on an I/O thread. On that thread.
using escape_function = std::function<void(std::string_view text)>;

/// One I/O thread: an Asio event loop that is also the home of pinned processes.
///
/// After each event of the loop the processes that became ready run, before the loop looks at its sockets again: a
/// frame that is read, handed to a process, answered by another and written again costs no thread hop and no extra
/// system call.
class io_unit final : public process::home {
public:
  /// A process handles at most this many messages before the next one runs.
  static constexpr std::size_t messages_per_turn = 64;
  /// After this many turns the sockets are looked at, however much there is still to do.
  static constexpr std::size_t turns_per_event = 64;
  /// While processes wait for their turn, at most this many events are served at each look.
  static constexpr std::size_t events_per_look = 64;

  /// `name` is that of the thread, at most 15 characters. `clock` outlives this.
  io_unit(caf::actor_system& system, const base::clock_source& clock, std::string name);
  ~io_unit() override;

  void use_escape_hook(escape_function hook);

  void start();

  /// Ends the thread and waits for it. Only when no process is pinned here any more. Later calls change nothing.
  void stop();

  /// As `stop`, but leaves a thread that is stuck alone: then this object must never be destroyed.
  void abandon() noexcept;

  /// For sockets: whatever completes there runs on this unit's thread.
  [[nodiscard]] boost::asio::io_context& context() noexcept;

  // -- home -----------------------------------------------------------------------------------------------------------

  void exec_later(caf::resumable* what) override;
  [[nodiscard]] process::timer_source& timers() noexcept override;
  [[nodiscard]] bool is_here() const noexcept override;

private:
  struct machinery;

  std::unique_ptr<machinery> machinery_;
};

} // namespace cafnode::host
