#pragma once

#include "runtime/base/backoff.hpp"
#include "runtime/process/reason.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cafnode::process {

class process_base;

} // namespace cafnode::process

namespace cafnode::supervision {

/// Which siblings share a child's fate when it is restarted.
enum class strategy { one_for_one, one_for_all, rest_for_one, simple_one_for_one };

/// When a child that ended is started again.
enum class restart_type { permanent, transient, temporary };

/// When the end of significant children ends the supervisor in good order.
enum class auto_shutdown { never, any_significant, all_significant };

enum class child_type { worker, supervisor };

/// How a child is stopped: killed at once, asked and killed after `grace`, or asked and waited for without limit.
struct brutal_kill {};

struct grace {
  std::chrono::milliseconds span{5000};
};

struct infinite_grace {};

using shutdown_mode = std::variant<brutal_kill, grace, infinite_grace>;

/// What a child's factory answers.
struct started {
  caf::actor child;
  /// False: it counts as up at once. True: it says so itself; its supervisor sends it `await_start`, and until it
  /// answers `child_up` the next sibling is not started. If it ends before that, its start has failed.
  bool confirms = false;
};

struct ignored {}; // nothing to run here; not an error

struct start_failed {
  caf::error reason;
};

using start_outcome = std::variant<started, ignored, start_failed>;

/// Starts one child: any CAF actor of this node, made anew at each call. Runs in the supervisor's thread and must not
/// block; an exception is a failed start. Pinned children are spawned with `supervisor.pinned_to()`.
using child_factory = std::function<start_outcome(process::process_base& supervisor)>;

/// One line of a supervision plan. A plain value: copying it starts nothing.
struct child_spec {
  std::string id;
  child_factory start;
  restart_type restart = restart_type::permanent;
  std::optional<shutdown_mode> shutdown; // none: 5 s for a worker, without limit for a supervisor
  child_type type = child_type::worker;
  bool significant = false;
  /// How long a child that confirms its start may take; after that it is killed, and its start has failed. 1 ms to one
  /// day; none: no limit, as in OTP.
  std::optional<std::chrono::milliseconds> start_within;
};

/// How restarts are paced. None in OTP, where a restart is at once; off unless asked for.
struct restart_pacing {
  base::backoff_config backoff;
  std::chrono::milliseconds healthy_after{30'000}; // up that long without a failure: the back-off starts over
};

struct supervisor_flags {
  supervision::strategy strategy = strategy::one_for_one;
  std::size_t intensity = 1;              // more than this many restarts within `period` end the supervisor
  std::chrono::milliseconds period{5000}; // at least 1 ms
  supervision::auto_shutdown auto_shutdown = auto_shutdown::never;
  std::optional<restart_pacing> pacing;
  /// Restarts for these reasons are paced but never counted against the intensity: an unreachable exchange must not
  /// tear the tree down. Empty in OTP.
  std::vector<process::reason_code> uncounted;
  std::size_t children_max = 10'000; // static and dynamic together
  /// A child that has not ended this long after it was killed is stuck in a handler: it is reported and given up.
  std::chrono::milliseconds stuck_after{5000};
};

} // namespace cafnode::supervision
