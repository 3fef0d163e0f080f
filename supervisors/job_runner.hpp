#pragma once

#include "supervisors/child_table.hpp"
#include "supervisors/job_pool.hpp"

#include <cstdint>
#include <vector>

namespace cafnode::supervision {

/// What a job comes to next.
enum class step_kind : std::uint8_t {
  wait,     // nothing, until what it waits for has come; or it is over
  stop,     // stop the child `slot`
  stop_all, // stop all of `rest`, side by side
  pause,    // the half that stops is done, and the job has a delay
  start,    // start the child `slot`
  done,
};

struct job_step {
  step_kind kind = step_kind::wait;
  slot_key slot = 0;
};

/// Leads the jobs of a supervisor, each through its own order: stops, last first, neighbours with stop groups side by
/// side; then its pause; then starts, first first. It says what comes next, is told what is waited for and what has
/// come, and does nothing itself.
class job_runner {
public:
  [[nodiscard]] job_id open(job work) { return jobs_.open(std::move(work)); }

  /// The next step of a job; to be asked again until it is `wait`, or the job is closed.
  [[nodiscard]] job_step next(job_id id, const child_table& children);

  /// The job waits for one outcome or end more: of a child of `group`, of which the next one has to wait, too.
  void awaits(job_id id, std::uint32_t group = 0);

  /// One of them has come. False when the job is over.
  bool came(job_id id, std::uint32_t group = 0);

  /// All that the job has yet to stop, taken away from it.
  [[nodiscard]] std::vector<slot_key> take_rest(job_id id);

  /// Null when it is over.
  [[nodiscard]] const job* find(job_id id) noexcept { return jobs_.find(id); }

  /// Ends the job, and gives what it was.
  job close(job_id id);

  void close_all() { jobs_.close_all(); }

  [[nodiscard]] bool empty() const noexcept { return jobs_.empty(); }

  [[nodiscard]] std::vector<job_id> ids() const { return jobs_.ids(); }

  /// Whether some of the work in hand is of a kind that OTP's supervisor does not have.
  [[nodiscard]] bool goes_beyond_otp();

private:
  static void take_groups(job& work, const child_table& children);

  job_pool jobs_;
};

} // namespace cafnode::supervision
