#pragma once

#include <functional>
#include <memory>

namespace cafnode::host {

/// What to do when the operating system speaks. Called one after the other on a thread of their own, so that a busy
/// program still hears; must not throw. Empty ones do nothing.
struct signal_handlers {
  std::function<void()> on_terminate; // SIGTERM, SIGINT: each time
  std::function<void()> on_reload;    // SIGHUP
};

/// Hears SIGTERM, SIGINT and SIGHUP from its making to its end, also where the program was started with them held back
/// (a mask outlives exec); SIGPIPE is ignored from then on, so that a peer that
/// has gone is an error of the write. One at a time in a program.
class signals {
public:
  explicit signals(signal_handlers handlers);
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

private:
  struct machinery;

  std::unique_ptr<machinery> machinery_;
};

/// For the start of a program, before it has other threads: what `signals` hears is held back from the calling thread
/// and from all that it starts, so that one that comes in the first or the last moments, when nobody hears it, does not
/// change how the program ends.
void hold_signals() noexcept;

} // namespace cafnode::host
