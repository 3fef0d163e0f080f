#pragma once

#include "runtime/process/timer.hpp"
#include "runtime/process/timer_source.hpp"

#include <functional>
#include <map>

namespace cafnode::process {

/// The armed timers of one process. Its timers hold it weakly, so that they may outlive the process.
struct timer::shared {
  struct entry {
    timer_source::ticket ticket = 0;
    std::function<void()> fire;
  };

  explicit shared(timer_source& from) : source{&from} {}

  /// Takes out what `token` fires; empty when it was cancelled.
  std::function<void()> take(std::uint64_t token) {
    const auto found = armed.find(token);
    if (found == armed.end())
      return {};
    auto fire = std::move(found->second.fire);
    armed.erase(found);
    return fire;
  }

  void cancel(std::uint64_t token) {
    const auto found = armed.find(token);
    if (found == armed.end())
      return;
    // What the closure holds may be the last owner of another timer: the table must be whole before it goes.
    const auto gone = std::move(found->second);
    armed.erase(found);
    source->cancel(gone.ticket);
  }

  void cancel_all() {
    while (!armed.empty())
      cancel(armed.begin()->first);
  }

  timer_source* source;
  std::map<std::uint64_t, entry> armed; // by token
  std::uint64_t last_token = 0;
};

} // namespace cafnode::process
