#pragma once

#include "supervisors/event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::control {

/// One supervisor or worker as its supervisor's events describe it, at the moment it was asked for.
struct tree_row {
  std::string path;
  std::string supervisor; // path of the one above; empty: nobody is known to look after it
  std::string child;      // its id there
  supervision::child_type type = supervision::child_type::worker;
  supervision::child_state state = supervision::child_state::starting;
  supervision::circuit_state circuit = supervision::circuit_state::closed;
  bool ready = false;            // meaningful while it runs
  bool exhausted = false;        // its budget had no room for its restart, and it has not been started since
  base::moment since;            // in this state
  base::time_point due{};        // of its restart, while it waits
  std::uint32_t incarnation = 0; // counts its starts, from 1
  std::uint64_t restarts_total = 0;
  process::reason_code reason = process::reason_code::normal; // of its latest end
  std::string reason_text;                                    // empty while it never ended
  std::uint32_t stalled = 0;                                  // how often it made no progress
  std::uint32_t fenced = 0;           // how often a kill did not end it; of a supervisor: it or one of its children
  std::uint32_t zombies = 0;          // of those, the processes that are still there
  std::optional<std::size_t> mailbox; // messages that wait; none: it does not run, or is no process of ours
  // For supervisors only.
  supervision::strategy strategy = supervision::strategy::one_for_one;
  std::size_t children = 0;
  std::size_t restarts_in_window = 0; // those that still count
  std::size_t intensity = 0;
  std::chrono::milliseconds period{0};
  bool gave_up = false; // its intensity was exceeded, and it has not been started again
};

struct tree_page {
  std::vector<tree_row> rows; // depth first, siblings by name
  std::string next;           // the `after` of the next page; empty: this was the last
};

/// What all rows add up to.
struct tree_counts {
  std::size_t supervisors = 0;
  std::size_t workers = 0;
  std::size_t running = 0;       // of both
  std::size_t waiting = 0;       // for their restart
  std::size_t circuits_open = 0; // or half open
  std::size_t gave_up = 0;       // supervisors
  std::size_t zombies = 0;       // processes that a kill did not end
  std::uint64_t restarts = 0;    // since the node started
  std::uint64_t dropped = 0;     // events of children for which there was no room
};

} // namespace cafnode::control
