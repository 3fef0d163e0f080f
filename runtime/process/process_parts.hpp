#pragma once

#include "runtime/process/process_base.hpp"
#include "runtime/process/timer_table.hpp"

#include <caf/actor_addr.hpp>

#include <map>
#include <vector>

namespace cafnode::process {

struct process_base::pending_ask {
  reply_function on_reply;
  failure_function on_failure;
  timer deadline;
  watch_id watching = 0;
  caf::error lost; // why the receiver is gone
};

/// What a process keeps once it uses timers, watches or asks.
struct process_base::state {
  struct watcher {
    watch_id id = 0;
    down_function down;
  };

  /// One monitor for each target, however many watch it.
  struct watched {
    caf::actor_addr address; // weak: it must not keep the target alive
    std::vector<watcher> watchers;
  };

  std::shared_ptr<timer::shared> timers; // none until the first timer
  std::map<const caf::actor_control_block*, watched> targets;
  std::map<watch_id, const caf::actor_control_block*> watches;
  std::map<ask_id, pending_ask> asks;
  watch_id last_watch = 0;
};

} // namespace cafnode::process
