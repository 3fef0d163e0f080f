#pragma once

#include "runtime/base/backoff.hpp"
#include "runtime/base/time.hpp"
#include "supervisors/child_phase.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/end_reason.hpp"
#include "supervisors/event.hpp"
#include "supervisors/restart_window.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::supervision {

/// Names a piece of work of a supervision_machine; 0: none.
using job_id = std::uint64_t;

/// What few specs ask for; a record without it has OTP's defaults.
struct child_options {
  std::optional<std::chrono::milliseconds> start_within;
  std::optional<std::chrono::milliseconds> progress_within;
  std::optional<std::chrono::milliseconds> healthy_after;
  std::uint32_t stop_group = 0;
  replacement planned = replacement::stop_first;
  std::uint64_t revision = 0;
};

/// A child failed and is not back.
struct downtime {
  base::time_point since;
  std::uint32_t incarnation = 0; // that failed
  end_reason why;
  std::uint32_t attempts = 0; // restarts tried since then
};

/// The restarts of one child for the reasons of one budget, a bit each.
struct reason_window {
  std::uint16_t reasons = 0;
  restart_window window;
};

/// What is known of a child that has failed, and of no other.
struct child_trouble {
  std::string last_text; // of its last end
  end_reason pending;    // of the end that is to come, of one that is doomed, or that has not been dealt with
  std::optional<base::backoff> pace;
  std::optional<base::backoff> circuit_pace;
  std::vector<reason_window> windows; // of the budgets that count each child alone
  std::optional<downtime> down;
  std::optional<base::time_point> not_before; // it asked not to be started again earlier
};

/// Which timer of its own bounds the end of a child; instances that are stopped together have none.
enum class end_timer : std::uint8_t { none, grace, stuck };

/// All that a supervisor remembers of one child. Kept small: there may be a million.
struct child_record {
  std::string id;
  child_factory start;
  std::unique_ptr<child_options> options; // may be null
  std::unique_ptr<child_trouble> trouble; // null until it has failed
  slot_key slot = 0;
  std::uint64_t order = 0;         // place in the start order, ascending
  job_id job = 0;                  // the job that waits for its start, its stop or its replacement
  std::uint64_t started_order = 0; // of the running incarnation, against its siblings
  base::time_point ready_since{};  // meaningful while it is ready
  std::int64_t grace_ms = grace_default;
  std::uint32_t incarnation = 0; // of the process that runs, or ran last
  std::uint32_t attempts = 0;    // the highest incarnation that was given out
  std::uint32_t restarts = 0;
  restart_type restart = restart_type::permanent;
  child_type type = child_type::worker;
  child_phase phase = child_phase::stopped; // set by child_table::set_phase
  process::reason_code last = process::reason_code::normal;
  circuit_state circuit = circuit_state::closed;
  end_timer bounded_by = end_timer::none;
  bool significant = false;
  bool own_start = false; // an instance that was given a factory of its own

  static constexpr std::int64_t grace_default = -1;
  static constexpr std::int64_t grace_infinite = -2;
  static constexpr std::int64_t grace_brutal = -3;

  [[nodiscard]] child_ref ref() const noexcept { return {slot, incarnation}; }

  [[nodiscard]] child_state state() const noexcept { return state_of(phase); }

  [[nodiscard]] bool has_process() const noexcept { return supervision::has_process(phase); }

  [[nodiscard]] bool has_ended() const noexcept { return supervision::has_ended(phase); }

  [[nodiscard]] bool is_ready() const noexcept { return supervision::is_ready(phase); }

  [[nodiscard]] bool is_killed() const noexcept { return supervision::is_killed(phase); }

  /// What is known of its failures; made when it is not there.
  [[nodiscard]] child_trouble& troubles() {
    if (!trouble)
      trouble = std::make_unique<child_trouble>();
    return *trouble;
  }

  [[nodiscard]] end_reason last_end() const { return {last, trouble ? trouble->last_text : std::string{}}; }

  [[nodiscard]] std::uint32_t stop_group() const noexcept { return options ? options->stop_group : 0; }

  [[nodiscard]] std::optional<std::chrono::milliseconds> start_within() const noexcept {
    return options ? options->start_within : std::nullopt;
  }

  [[nodiscard]] std::optional<std::chrono::milliseconds> progress_within() const noexcept {
    return options ? options->progress_within : std::nullopt;
  }

  /// Its own, or what its supervisor says.
  [[nodiscard]] std::chrono::milliseconds healthy_after(std::chrono::milliseconds otherwise) const noexcept {
    return options && options->healthy_after ? *options->healthy_after : otherwise;
  }

  /// Why a start failed that took longer than the spec allows.
  [[nodiscard]] end_reason late_start() const;

  /// How it is stopped, with the defaults for its type.
  [[nodiscard]] shutdown_mode shutdown() const;

  /// Takes over all of `spec`.
  void adopt(child_spec spec);

  /// The whole spec, as it was given.
  [[nodiscard]] child_spec spec() const;
};

} // namespace cafnode::supervision
