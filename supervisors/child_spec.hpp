#pragma once

#include "runtime/process/reason.hpp"
#include "supervisors/progress.hpp"
#include "supervisors/restart_budget.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cafnode::process {

class process_base;

} // namespace cafnode::process

namespace cafnode::supervision {

/// Which siblings share a child's fate when it is restarted.
enum class strategy : std::uint8_t { one_for_one, one_for_all, rest_for_one, simple_one_for_one };

/// When a child that ended is started again.
enum class restart_type : std::uint8_t { permanent, transient, temporary };

/// When the end of significant children ends the supervisor in good order.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };

enum class child_type : std::uint8_t { worker, supervisor };

/// How a child is stopped: killed at once, asked and killed after `grace`, or asked and waited for without limit.
struct brutal_kill {
  friend bool operator==(const brutal_kill&, const brutal_kill&) = default;
};

struct grace {
  std::chrono::milliseconds span{5000};

  friend bool operator==(const grace&, const grace&) = default;
};

struct infinite_grace {
  friend bool operator==(const infinite_grace&, const infinite_grace&) = default;
};

using shutdown_mode = std::variant<brutal_kill, grace, infinite_grace>;

/// When a child that was started is ready. A child that says so itself is sent `await_start` by its supervisor, and
/// answers with `child_up` when it is.
enum class readiness : std::uint8_t {
  at_once,   // ready when it is started
  announced, // it says so; its siblings do not wait for that, its health counts from then on
  awaited,   // it says so; the next sibling is started after that. If it ends before, its start has failed
};

/// What a child's factory answers.
struct started {
  caf::actor child;
  readiness ready = readiness::at_once;
  std::shared_ptr<const progress> beats{}; // for a child with `progress_within`: it calls beat(), its supervisor reads
};

struct ignored {}; // nothing to run here; not an error

struct start_failed {
  caf::error reason;
};

using start_outcome = std::variant<started, ignored, start_failed>;

/// Starts one child: any CAF actor of this node, made anew at each call. Runs in the supervisor's thread and must not
/// block; an exception is a failed start. Pinned children are spawned with `supervisor.pinned_to()`.
using child_factory = std::function<start_outcome(process::process_base& supervisor)>;

/// How a child is replaced when that is planned (replace_child, a hot change), not forced by its end.
enum class replacement : std::uint8_t {
  stop_first,        // the old one is stopped, then the new one started
  make_before_break, // the new one is started; when it is ready the old one is stopped. One child only, so not under
                     // one_for_all and rest_for_one, where the siblings would go on with the old one
};

/// One line of a supervision plan. A plain value: copying it starts nothing. What stands below `significant` is beyond
/// OTP and off unless asked for.
struct child_spec {
  std::string id;
  child_factory start;
  restart_type restart = restart_type::permanent;
  std::optional<shutdown_mode> shutdown; // none: 5 s for a worker, without limit for a supervisor
  child_type type = child_type::worker;
  bool significant = false;
  /// How long a child that says itself that it is ready may take; after that it is killed: its start has failed
  /// (awaited), or it has ended with `start_failed` (announced). 1 ms to one day; none: no limit.
  std::optional<std::chrono::milliseconds> start_within;
  /// A ready child whose `started::beats` have not moved for this long is stalled: it is killed, and restarted for the
  /// reason `stuck`. Looked at once in each such span, so noticed within twice of it. 1 ms to one day.
  std::optional<std::chrono::milliseconds> progress_within;
  /// Overrides `healthy_after` of the supervisor's pacing and circuit. 0 ms to one day.
  std::optional<std::chrono::milliseconds> healthy_after;
  /// Neighbours in start order with a group other than 0 are stopped at the same time, group beside group; within one
  /// group last first. A child of group 0 is stopped alone, as in OTP.
  std::uint32_t stop_group = 0;
  replacement planned = replacement::stop_first;
  /// Of what `start` binds: a hot change restarts a child whose revision has changed, and no other.
  std::uint64_t revision = 0;
};

struct supervisor_flags {
  supervision::strategy strategy = strategy::one_for_one;
  std::size_t intensity = 1;              // more than this many restarts within `period` are too many
  std::chrono::milliseconds period{5000}; // at least 1 ms
  supervision::auto_shutdown auto_shutdown = auto_shutdown::never;
  // What follows is beyond OTP; the defaults are OTP's behaviour, except for the bounds.
  exhausted on_exhausted = exhausted::escalate; // for `intensity`
  std::vector<restart_budget> budgets;          // by class of reason
  circuit_config circuit;                       // of those budgets that open one
  std::optional<restart_pacing> pacing;
  /// One limit for a whole stop: what still runs after it is killed, all at once. None: the sum of the children's own.
  std::optional<std::chrono::milliseconds> stop_within;
  std::size_t children_max = 10'000; // static and dynamic together
  /// A child that has not ended this long after it was killed is stuck in a handler: it is reported, fenced by its
  /// incarnation and replaced.
  std::chrono::milliseconds stuck_after{5000};
};

} // namespace cafnode::supervision
