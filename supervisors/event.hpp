#pragma once

#include "runtime/base/time.hpp"
#include "runtime/process/reason.hpp"
#include "supervisors/child_spec.hpp"

#include <cstdint>
#include <string>

namespace cafnode::supervision {

/// Where a child stands.
enum class child_state { starting, running, stopping, waiting, stopped, gone };

enum class transition {
  supervisor_started, // all its children are up
  supervisor_stopping,
  supervisor_stopped,
  child_started,
  child_ignored,
  child_start_failed,
  child_ended,        // by itself or killed
  child_stopping,     // asked to stop by its supervisor
  child_stopped,      // the end of a stop
  child_killed,       // its grace ran out
  restart_scheduled,  // `delay` from now
  intensity_exceeded, // the supervisor gives up
  child_added,
  child_deleted,
};

/// One transition of one supervisor or child, with all that the tree view needs, so that nobody has to ask the actors.
struct event {
  transition what = transition::child_started;
  std::string supervisor;        // path
  std::string child;             // id; empty for the supervisor's own transitions
  std::uint64_t incarnation = 0; // of the child, from 1
  child_type type = child_type::worker;
  child_state state = child_state::running;
  base::moment at;
  process::reason_code reason = process::reason_code::normal;
  std::string reason_text;
  std::chrono::milliseconds delay{0}; // until the restart, for restart_scheduled
  std::size_t restarts_in_window = 0; // against `intensity`
  std::size_t intensity = 0;
  std::uint64_t restarts_total = 0; // of this child
  supervision::strategy strategy = strategy::one_for_one;
};

/// Where supervisors publish. Called on the supervisor's thread: take it and return. One that several supervisors share
/// is called on several threads at once. An exception from it ends that supervisor as `crashed`.
class event_sink {
public:
  virtual ~event_sink() = default;
  virtual void publish(const event& happened) = 0;
};

} // namespace cafnode::supervision
