#pragma once

#include "runtime/process/timer_source.hpp"

#include <caf/execution_unit.hpp>

namespace cafnode::process {

/// A thread that runs pinned processes: an execution unit of CAF with timers of its own.
///
/// `exec_later` may be called from any thread. On the home's own thread it only queues, and the queue is drained when
/// the event that runs now (a socket callback, a timer, a resumed actor) has ended: no actor ever runs inside another's
/// handler, and a message between two processes of one home costs no thread hop.
class home : public caf::execution_unit {
public:
  using caf::execution_unit::execution_unit;

  [[nodiscard]] virtual timer_source& timers() noexcept = 0;

  /// Whether the caller is on this home's thread.
  [[nodiscard]] virtual bool is_here() const noexcept = 0;
};

} // namespace cafnode::process
