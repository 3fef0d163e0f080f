#pragma once

#include "runtime/base/time.hpp"
#include "runtime/process/reason.hpp"
#include "supervisors/child_ref.hpp"
#include "supervisors/child_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::supervision {

struct restart_record;

/// Where a child stands.
enum class child_state : std::uint8_t { starting, running, stopping, waiting, stopped, gone };

enum class transition : std::uint8_t {
  supervisor_started, // all its children are up
  supervisor_stopping,
  supervisor_stopped,
  child_starting, // it runs, and is waited for until it says that it is ready
  child_started,
  child_ready, // one that announces it
  child_ignored,
  child_start_failed,
  child_ended,        // by itself or killed
  child_stopping,     // asked to stop by its supervisor
  child_stopped,      // the end of a stop
  child_killed,       // its grace ran out, or the time it had to be ready
  child_stalled,      // it made no progress: it is killed, too
  child_fenced,       // a kill did not end it: it is stuck, and given up
  restart_scheduled,  // `delay` from now
  restart_completed,  // all that a failure took down is up again; see `record`
  budget_exhausted,   // of a class of reasons that does not escalate: the child is stopped, or its circuit opens
  circuit_opened,     // `delay` until one attempt
  circuit_half_open,  // that attempt
  circuit_closed,     // it was healthy for long enough
  intensity_exceeded, // the supervisor gives up
  child_added,
  child_changed, // in place, by a hot change
  child_deleted,
  change_applied, // a hot change of specs
  change_undone,
};

/// One transition of one supervisor or child, with all that the tree view needs, so that nobody has to ask the actors.
struct event {
  transition what = transition::child_started;
  std::string supervisor;        // path
  std::string role;              // of the supervisor, as its plan says
  std::string child;             // id; empty for the supervisor's own transitions
  std::uint32_t incarnation = 0; // of the child, from 1
  child_type type = child_type::worker;
  child_state state = child_state::running;
  circuit_state circuit = circuit_state::closed;
  bool ready = false; // the child: it said so, or need not
  base::moment at;
  process::reason_code reason = process::reason_code::normal; // of the end; for child_started of the one before it
  std::string reason_text;
  std::chrono::milliseconds delay{0}; // until the restart, for restart_scheduled and circuit_opened
  std::size_t restarts_in_window = 0; // against `intensity`
  std::size_t intensity = 0;
  std::chrono::milliseconds period{0};
  std::uint64_t restarts_total = 0; // of this child
  supervision::strategy strategy = supervision::strategy::one_for_one;
  std::size_t children = 0; // of the supervisor
  child_ref who;            // within the supervisor
  // What follows is there during the call only.
  const restart_record* record = nullptr; // for restart_completed
  const caf::actor* process = nullptr;    // of the child, while it has one
};

/// Where supervisors publish. Called on the supervisor's thread: take it and return. One that several supervisors share
/// is called on several threads at once. An exception from it ends that supervisor as `crashed`. The event is used
/// again for the next one: keep a copy, never the address.
class event_sink {
public:
  virtual ~event_sink() = default;
  virtual void publish(const event& happened) = 0;
};

} // namespace cafnode::supervision
